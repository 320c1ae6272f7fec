import type { Command } from 'commander';
import { addWifiCommands } from '../wifi/commands';

/** Registers the tools for the network of a classroom. What a command needs is imported when it runs. */
export function addNetworkCommands(program: Command): void {
  addWifiCommands(program);

  program
    .command('discover')
    .description('find the devices of a subnet, and what they offer')
    .option('--subnet <network>', 'as 192.168.0.0/24 (default: the one of the default route)')
    .option('--allow-public', 'scan a network that is not private')
    .option('--watch <period>', 'repeat, as 5m or 30s, and tell who is new and who has left')
    .option('--state <file>', 'where the last scan is kept (default: in the folder for such files)')
    .option('--timeout <ms>', 'how long a host may take to answer', '1000')
    .option('--concurrency <count>', 'how many are asked at once', '128')
    .option('--rate <count>', 'how many are asked in a second', '400')
    .option('--json', 'print JSON')
    .addHelpText('after', example('lamplighter discover --subnet 192.168.0.0/24 --watch 5m'))
    .action(async (flags) => (await import('./discover')).discoverCommand(flags));

  program
    .command('ports')
    .argument('<host>', 'name or IPv4 address')
    .description('look which TCP ports of a host are open, closed or filtered')
    .option('--ports <list>', 'as 1-1024,1883 (default: those that discover looks at)')
    .option('--allow-public', 'look at a host that is not in a private network')
    .option('--timeout <ms>', 'how long an answer may take', '1000')
    .option('--concurrency <count>', 'how many are asked at once', '128')
    .option('--rate <count>', 'how many are asked in a second', '400')
    .option('--open', 'show only those that are open')
    .option('--json', 'print JSON')
    .addHelpText('after', example('lamplighter ports 192.168.0.10 --ports 1-1024,1883'))
    .action(async (host, flags) => (await import('./ports')).portsCommand(host, flags));
}

function example(line: string): string {
  return `\nExample:\n  $ ${line}`;
}
