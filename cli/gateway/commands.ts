import { type Command, Option } from 'commander';
import { configFileFlag, configFileVariable, readSome } from '../../gateway/settings';
import { helpOf, syntaxOf, valuesHelp } from '../../gateway/settings/help';
import { type Name, names } from '../../gateway/settings/table';

type Flags = Record<string, string | true | undefined>;

/** The commands of the gateway: what there is to set stands in its table of settings. */
export function addGatewayCommands(program: Command): void {
  const gateway = program
    .command('gateway')
    .description('run broker, ingest, history and dashboard, for kits and sensors to talk to');
  for (const name of names) gateway.addOption(optionOf(name));
  gateway
    .addOption(configFileOption())
    .addHelpText('after', () => `\n${valuesHelp()}\n\n${sources}`)
    .action(async (flags: Flags) => {
      const { gateway } = await import('./gateway');
      await gateway(flags);
    });

  program
    .command('export')
    .description('write the history as CSV; the gateway may be running')
    .option('--sensor <id>', 'only of this sensor; kit_2 is kit 2 (default: all)')
    .option('--from <time>', '2026-03-01, 2026-03-01T08:00:00Z or seconds since 1970 (default: the oldest)')
    .option('--to <time>', 'in the same way (default: now)')
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .addOption(optionOf('data'))
    .addOption(configFileOption())
    .action(async (flags: Flags) => {
      const { data } = some(['data'], flags);
      const { exportCsv } = await import('../export');
      const { sensor, from, to, output } = flags as Record<string, string>;
      await exportCsv(
        {
          data,
          ...(sensor !== undefined && { sensor }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(output !== undefined && { output }),
        },
        process.stdout,
        Date.now(),
      );
    });
}

const sources = `Each option is also a variable, as LAMPLIGHTER_WEB_PORT is for --web-port, and a key of the JSON file, as webPort is.
An option goes before a variable, and a variable before the file.`;

function optionOf(name: Name): Option {
  return new Option(syntaxOf(name), helpOf(name));
}

function configFileOption(): Option {
  return new Option(
    `--${configFileFlag} <file>`,
    `JSON file with settings, named by ${configFileVariable} as well`,
  );
}

function some<N extends Name>(wanted: readonly N[], flags: Flags) {
  return readSome(wanted, { flags, environment: process.env, directory: process.cwd() });
}
