import { Command, CommanderError } from 'commander';
import { checkout } from '../build/checkout';
import { version } from '../shared/version';
import { BoardError } from '../flashing/console/board-error';
import { exitCodeOf } from './board-console/exit-code';
import { configFile, kitFilesFolder } from './config-file';
import { flashExitCodes, type RawFlashOptions } from './flash/flash-options';
import { addNetworkCommands } from './network/commands';
import { Interrupted } from './network/interrupt';
import { addGatewayCommands } from './gateway/commands';
import { parseStartOptions, type RawStartOptions, wholeNumber } from './start-options';

const program = new Command('lamplighter')
  .description('Boards that run Espruino with a lamp, two sensors and a display, and a gateway for them')
  .version(version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .helpCommand(false)
  .configureOutput({ writeErr: () => undefined })
  .exitOverride();

program
  .command('start')
  .description('run the firmware on a virtual board, with a gateway and a live view of it all')
  .option('--broker <url>', 'use the broker at mqtt://user:password@host:port instead of an own one')
  .option('--mqtt-port <port>', 'TCP port of the own broker, 0 for any that is free (default: 1883)')
  .option('--web-port <port>', 'port of dashboard and HTTP API (default: 5000, or any when that is busy)')
  .option('--tcp-port <port>', 'port for readings over TCP (default: 9999, or any when that is busy)')
  .option('--udp-port <port>', 'port for readings over UDP (default: 9998, or any when that is busy)')
  .option('--data <file>', 'the history (default: data/virtual.db)')
  .option('--board <name>', 'nodemcu or esp32 (default: as kit.config.ts says)')
  .option('--kit <number>', 'number of the (first) kit (default: the first of kit.config.ts)')
  .option('--boards <count>', 'how many kits to run, numbered on from the first (default: 1)')
  .option('--config <file>', 'read this file instead of kit.config.ts')
  .option('--png <file>', 'keep a picture of the display in this file')
  .action(async (raw: RawStartOptions) => {
    const options = parseStartOptions(raw, process.cwd());
    // Imported when needed: compiler and bundler take longer to load than `--help` may take.
    const { start } = await import('./start');
    await start(options, print);
  });

addGatewayCommands(program, print);

program
  .command('build')
  .description('build firmware, dashboard and release in dist/, and write dist/kits/<kit>.json')
  .option('--config <file>', 'read this file instead of kit.config.ts')
  .action(async ({ config }: ConfigOption) => {
    if (!checkout) throw new Error('this is a packed release: everything in it is built already');
    const { build } = await import('./build');
    await build(print);
    const { writeKitFilesIfReady } = await import('./kit-config');
    await writeKitFilesIfReady(kitFiles(config));
  });

program
  .command('kits')
  .description('check kit.config.ts and write dist/kits/<kit>.json with the secrets of .env')
  .option('--config <file>', 'read this file instead of kit.config.ts')
  .action(async ({ config }: ConfigOption) => {
    const { writeKitFiles } = await import('./kit-config');
    await writeKitFiles(kitFiles(config));
  });

program
  .command('doctor')
  .description(
    'look at computer, configuration, board, WiFi and broker, and say what is wrong and what to do',
  )
  .option(
    '-p, --port <port>',
    'serial port or tcp://address:port of the board (default: the only one on USB)',
  )
  .option('--kit <number>', 'number of the kit (default: what the board says it is)')
  .option('--config <file>', 'read this file instead of kit.config.ts')
  .option('--json', 'print the findings as JSON')
  .action(async ({ config, kit, port, json = false }: DoctorFlags) => {
    const { doctor } = await import('./doctor');
    process.exitCode = await doctor(
      {
        config: configFile(config),
        kit: kitNumber(kit),
        port,
        json,
        nodeVersion: process.version,
      },
      print,
    );
  });

program
  .command('flash')
  .description('build, and write firmware and configuration to boards, over USB or WiFi')
  .option(
    '-p, --port <port>',
    'serial port or tcp://address:port of a board, may be repeated (default: the only one on USB)',
    (port: string, ports: string[] = []) => [...ports, port],
  )
  .option('--kit <numbers>', 'their kits in this order, as 2,3 (default: what the boards are already)')
  .option('--config-only', 'write the configuration and leave the firmware')
  .option('--dry-run', 'look at the boards, say what would be written, and write nothing')
  .option('--runtime <image>', 'first write this image of Espruino to the chip, with esptool')
  .option('--timeout <seconds>', 'how long the upload, and the start after it, may take (default: 120)')
  .option('--ui', 'serve a page on this computer that flashes a board from the browser, over USB')
  .option('--config <file>', 'read this file instead of kit.config.ts')
  .addHelpText('after', () => `\n${flashExitCodes}`)
  .action(async (raw: RawFlashOptions) => {
    const interrupted = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
    const terminal = {
      out: process.stdout,
      print,
      printError: (line: string) => process.stderr.write(`lamplighter: ${line}\n`),
      signal: interrupted.signal,
      attended: process.stdout.isTTY,
    };
    if (raw.ui) {
      const { flashUi } = await import('./flash-ui');
      process.exitCode = await flashUi(configFile(raw.config), raw, terminal);
      return;
    }
    const { flash } = await import('./flash');
    process.exitCode = await flash(configFile(raw.config), raw, terminal);
  });

program
  .command('console')
  .description("open the board's console; Ctrl-] leaves it. In a pipe: lines in, answers out")
  .option(
    '-p, --port <port>',
    'serial port or tcp://address:port of the board (default: the only one on USB)',
  )
  .option('-b, --baud <rate>', 'speed of the serial port (default: 115200)')
  .option('--kit <number>', 'number of the kit whose password to use (default: try those of all kits)')
  .option('--config <file>', 'read this file instead of kit.config.ts')
  .action(async ({ baud, config, kit, port }: ConsoleFlags) => {
    const { openConsole } = await import('./console');
    const options = { port, baudRate: baudRate(baud), config: configFile(config), kit: kitNumber(kit) };
    process.exitCode = await openConsole(options, process.stdin, process.stdout, (line) =>
      process.stderr.write(`${line}\n`),
    );
  });

program
  .command('rescue')
  .description('get hold of a board whose firmware wedges, before it starts, and help it')
  .option('-p, --port <port>', 'serial port of the board (default: the only one on USB)')
  .option('-b, --baud <rate>', 'speed of the serial port (default: 115200)')
  .option('--fallback', 'give the newest firmware up, so that the one before it runs')
  .option('--safe-mode', 'start once with the outputs off')
  .option('--erase', "erase Lamplighter's files; others stay")
  .option('--restart', 'start the board as it is')
  .action(async ({ baud, port, ...flags }: RescueFlags) => {
    const { rescue } = await import('./rescue');
    const { rescueTerminal, remedyOf } = await import('./rescue/terminal');
    await rescue({ port, baudRate: baudRate(baud), remedy: remedyOf(flags) }, rescueTerminal(process));
  });

addNetworkCommands(program);

interface ConfigOption {
  config?: string;
}

interface ConsoleFlags extends ConfigOption {
  baud?: string;
  kit?: string;
  port?: string;
}

interface RescueFlags {
  baud?: string;
  port?: string;
  fallback?: true;
  safeMode?: true;
  erase?: true;
  restart?: true;
}

interface DoctorFlags extends ConfigOption {
  kit?: string;
  port?: string;
  json?: boolean;
}

function kitNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber('--kit', text, 1, 9999);
}

function baudRate(text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber('--baud', text, 1200, 921_600);
}

function kitFiles(config: string | undefined) {
  return { config: configFile(config), folder: kitFilesFolder(), print };
}

function print(line: string): void {
  process.stdout.write(line + '\n');
}

/** A mistake of the user's is one sentence; a mistake of ours keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof CommanderError) return sentenceOf(error);
  const ours = [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
  if (ours || !(error instanceof Error))
    return `this is a bug of Lamplighter's: ${(error as Error)?.stack ?? error}`;
  return error.message;
}

function sentenceOf({ code, message }: CommanderError): string {
  const sentence = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const commands = program.commands.map((command) => command.name()).join(', ');
  if (code === 'commander.unknownCommand') return `${sentence}: expected one of ${commands}`;
  if (process.argv[2] !== 'start') return sentence;
  // `npm start --kit 3` keeps the option to itself and hands on the 3.
  if (code === 'commander.excessArguments')
    return 'options of npm start stand behind --, as in npm start -- --kit 3';
  return `${sentence}; npm start -- --help lists the options`;
}

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // Who reads the output may have seen enough, as in `npm start | head`.
  if (code === 'EPIPE') process.exit();
  process.stderr.write(`lamplighter: the output cannot be written: ${message}\n`);
  process.exit(1);
});

if (process.argv.length <= 2) program.outputHelp();
else
  program.parseAsync().catch((error: unknown) => {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    if (error instanceof Interrupted) {
      process.exitCode = error.exitCode;
      return;
    }
    console.error(`lamplighter: ${explain(error)}`);
    process.exitCode = error instanceof BoardError ? exitCodeOf(error.kind) : 1;
  });
