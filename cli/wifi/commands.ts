import type { Command } from 'commander';
import { group } from '../network/group';

/** Registers `lamplighter wifi ...`. What a command needs is imported when it runs. */
export function addWifiCommands(program: Command): void {
  const wifi = group(
    program.command('wifi').description('WiFi of this computer or of a kit: info, scan, config, monitor'),
  );

  wifi
    .command('info')
    .description('show the WiFi connection: network, addresses, signal, channel, speed')
    .option('-i, --interface <name>', 'look at this interface (default: the first that is connected)')
    .option('--kit <number>', 'ask this kit, over MQTT')
    .option('--broker <url>', 'mqtt:// or mqtts://user:password@host:port (default: mqtt://127.0.0.1)')
    .option('--wait <time>', 'how long to wait for the telemetry of the kit', '25s')
    .option('--json', 'print JSON')
    .addHelpText('after', example('lamplighter wifi info --json'))
    .action(async (flags) => (await import('./info')).wifiInfoCommand(flags));

  wifi
    .command('scan')
    .description('list the networks nearby, the strongest first')
    .option('-i, --interface <name>', 'scan with this interface (default: the first that is connected)')
    .option('--json', 'print JSON')
    .addHelpText('after', example('sudo lamplighter wifi scan'))
    .action(async (flags) => (await import('./scan')).wifiScanCommand(flags));

  wifi
    .command('config')
    .description('write the networks of kit.config.ts as a configuration for this computer')
    .option('--format <name>', 'wpa_supplicant, networkmanager or nmcli', 'wpa_supplicant')
    .option('-o, --output <path>', 'file to write, a folder for networkmanager (default: in this folder)')
    .option('--country <code>', 'where this computer stands, as KR (default: as kit.config.ts says)')
    .option('--config <file>', 'read this file instead of kit.config.ts')
    .option('--hash', 'write the key that comes of a password, not the password')
    .option('--wpa3', 'join also where WPA3 alone is taken (wpa_supplicant, not with --hash)')
    .option('--force', 'replace files that are there; a backup is kept')
    .option('--check', 'have wpa_supplicant or nmcli read what was written')
    .option('--apply', 'connect now, to the first network that is there')
    .option('--json', 'print JSON')
    .addHelpText('after', example('lamplighter wifi config --hash --check'))
    .action(async (flags) => (await import('./config')).wifiConfigCommand(flags));

  wifi
    .command('monitor')
    .description('write the signal down as CSV, and tell when it is weak, gone and back')
    .option('-i, --interface <name>', 'watch this interface (default: the first that is connected)')
    .option('--source <source>', 'watch a kit instead, as kit:2')
    .option('--broker <url>', 'mqtt:// or mqtts://user:password@host:port (default: mqtt://127.0.0.1)')
    .option('--every <time>', 'time between two looks, as 30s or 1m', '10s')
    .option('--warn <dbm>', 'tell when the signal is weaker than this', '-70')
    .option('-o, --output <file>', 'append to this file', 'wifi.csv')
    .option('--count <number>', 'stop after so many looks (default: Ctrl-C)')
    .option('--json', 'print each row as JSON, too')
    .addHelpText('after', example('lamplighter wifi monitor --every 30s --warn -75'))
    .action(async (flags) => (await import('./monitor')).wifiMonitorCommand(flags));
}

function example(line: string): string {
  return `\nExample:\n  $ ${line}`;
}
