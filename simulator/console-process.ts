import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type ChipName, chips } from './chips';
import { VirtualBoard, type Wiring } from './board';
import { RealClock } from './clock';
import { ConsoleServer } from './console-server';
import { Flash } from './flash';
import { HostNetwork } from './network';

export interface ConsoleProcessOptions {
  /** 0: any free one. */
  port: number;
  chip: ChipName;
  /** The file that holds the flash; kept in memory when absent. */
  flash?: string | undefined;
  mac: string;
  wiring: Wiring;
}

/** What is soldered to a board that nobody has described: NodeMCU and ESP32 DevKit. */
const usualWiring: Record<ChipName, Wiring> = {
  esp8266: { led: 16, relay: 2, dht22: 0, cds: 'A0', sda: 4, scl: 5, oled: 0x3c },
  esp32: { led: 2, relay: 26, dht22: 27, cds: 34, sda: 21, scl: 22, oled: 0x3c },
};

const usage = `usage: console-process [--port N] [--chip esp8266|esp32] [--flash FILE] [--mac aa:bb:cc:dd:ee:ff]
                       [--wiring '{"led":16,"relay":2,"dht22":0,"cds":"A0","sda":4,"scl":5,"oled":60}']`;

/** Switches a virtual board on in this process, with its console on a port, and returns the port. */
export async function runConsoleBoard(
  options: ConsoleProcessOptions,
  print: (line: string) => void,
): Promise<number> {
  const { chip, mac, wiring } = options;
  const flash = new Flash({ bytes: chips[chip].storageBytes, ...(options.flash && { file: options.flash }) });
  const board = new VirtualBoard({
    chip,
    clock: new RealClock(),
    flash,
    network: new HostNetwork(),
    mac,
    wiring,
    print: (line) => {
      print(line);
      server.print(line);
    },
  });
  const server = new ConsoleServer(board);
  board.powerOn();
  return server.listen(options.port);
}

/** Starts the same in a process of its own; what the board prints is on its standard output, one line each. */
export function spawnConsoleBoard(options: ConsoleProcessOptions): ChildProcess {
  const { port, chip, flash, mac, wiring } = options;
  const args = ['--port', String(port), '--chip', chip, '--mac', mac, '--wiring', JSON.stringify(wiring)];
  if (flash !== undefined) args.push('--flash', flash);
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return spawn(process.execPath, ['--import', loader, fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The arguments as options; throws an Error that says what is wrong. */
export function parseConsoleArguments(args: string[]): ConsoleProcessOptions {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { port: string, chip: string, flash: string, mac: string, wiring: string },
  });
  const { port = '0', chip = 'esp8266', flash, mac = '5c:cf:7f:00:00:02', wiring } = values;
  if (!/^\d+$/.test(port) || Number(port) > 65_535) {
    throw new Error(`--port: expected a number from 0 to 65535, got ${port}`);
  }
  if (chip !== 'esp8266' && chip !== 'esp32')
    throw new Error(`--chip: expected esp8266 or esp32, got ${chip}`);
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw new Error(`--mac: expected six bytes such as 5c:cf:7f:00:00:02, got ${mac}`);
  }
  return { port: Number(port), chip, flash, mac, wiring: { ...usualWiring[chip], ...parseWiring(wiring) } };
}

function parseWiring(text: string | undefined): Partial<Wiring> {
  if (text === undefined) return {};
  try {
    const wiring: unknown = JSON.parse(text);
    if (typeof wiring === 'object' && wiring !== null && !Array.isArray(wiring)) return wiring;
  } catch {
    // Said below.
  }
  throw new Error(`--wiring: expected a JSON object of pins, got ${text}`);
}

async function main(): Promise<void> {
  try {
    const port = await runConsoleBoard(parseConsoleArguments(process.argv.slice(2)), (line) =>
      console.log(line),
    );
    console.log(`console on 127.0.0.1:${port}`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exitCode = 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void main();
