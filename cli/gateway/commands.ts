import { type Command, Option } from 'commander';
import { configFileFlag, configFileVariable, readSome } from '../../gateway/settings';
import { helpOf, syntaxOf, valuesHelp } from '../../gateway/settings/help';
import { type Name, names } from '../../gateway/settings/table';

type Flags = Record<string, string | true | undefined>;

/** The commands of the gateway: what there is to set stands in its table of settings. */
export function addGatewayCommands(program: Command, print: (line: string) => void): void {
  const terminal = { stdin: process.stdin, stderr: process.stderr, print };
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

  const credentials = program
    .command('credentials')
    .description('who may connect to the gateway: add, remove, list')
    .action(() => credentials.outputHelp());
  credentials
    .command('add <name>')
    .description('make a user, or change one; asks for the password, or reads it from a pipe')
    .option('--role <role>', 'kit, kits, controller or sensor (default: kit 2 for kit2)')
    .option('--kit <number>', 'which kit, with the role kit')
    .option('--sensor-id <ids>', 'as which a sensor may report, with commas between them (default: any)')
    .option('--generate', 'make a password up, and show it')
    .addOption(optionOf('credentials'))
    .addOption(configFileOption())
    .addHelpText('after', () => `\n${roles}`)
    .action(async (name: string, flags: Flags) => {
      const { addCredential } = await import('../credentials');
      const { role, kit, sensorId } = flags as Record<string, string>;
      const generate = flags['generate'] === true;
      await addCredential(name, { file: credentialsFile(flags), role, kit, sensorId, generate }, terminal);
    });
  credentials
    .command('remove <name>')
    .description('remove a user; whoever is connected with it is disconnected')
    .addOption(optionOf('credentials'))
    .addOption(configFileOption())
    .action(async (name: string, flags: Flags) => {
      const { removeCredential } = await import('../credentials');
      await removeCredential(name, credentialsFile(flags), terminal);
    });
  credentials
    .command('list')
    .description('list the users and what each may do')
    .addOption(optionOf('credentials'))
    .addOption(configFileOption())
    .action(async (flags: Flags) => {
      const { listCredentials } = await import('../credentials');
      await listCredentials(credentialsFile(flags), terminal);
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

const roles = `Roles:
  kit         one kit: the topics of its own number, and its readings over HTTP
  kits        a user that all kits share: each the topics of its own number
  controller  everything: all kits, the dashboard, the API
  sensor      readings over HTTP, nothing else; not as a kit that has a user of its own`;

function credentialsFile(flags: Flags): string {
  return some(['credentials'], flags).credentials;
}

function some<N extends Name>(wanted: readonly N[], flags: Flags) {
  return readSome(wanted, { flags, environment: process.env, directory: process.cwd() });
}
