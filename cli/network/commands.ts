import type { Command } from 'commander';
import { addWifiCommands } from '../wifi/commands';
import { group } from './group';

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
    .option('--concurrency <count>', 'how many are asked at once', '256')
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
    .option('--concurrency <count>', 'how many are asked at once', '256')
    .option('--rate <count>', 'how many are asked in a second', '400')
    .option('--open', 'show only those that are open')
    .option('--json', 'print JSON')
    .addHelpText('after', example('lamplighter ports 192.168.0.10 --ports 1-1024,1883'))
    .action(async (host, flags) => (await import('./ports')).portsCommand(host, flags));

  const bench = group(
    program
      .command('bench')
      .description('measure round trips over UDP and TCP to another computer or to a kit'),
  );
  bench
    .command('serve')
    .description('be the other end: answer the messages of bench run')
    .option('--listen <address>', 'address to listen on', '127.0.0.1')
    .option('--udp-port <port>', 'port of the UDP echo', '9999')
    .option('--tcp-port <port>', 'port of the TCP echo', '9997')
    .option('--json', 'print JSON')
    .addHelpText('after', example('lamplighter bench serve --listen 0.0.0.0'))
    .action(async (flags) => (await import('./bench')).benchServeCommand(flags));
  bench
    .command('run')
    .argument('[host]', 'name or IPv4 address of a computer that runs bench serve')
    .description('send messages, time their answers, and compare UDP with TCP')
    .option('--count <number>', 'messages for each protocol', '1000')
    .option('--size <bytes>', 'bytes of a message, 48 to 1400', '100')
    .option('--every <ms>', 'send at this pace; 0: the next follows the answer', '0')
    .option('--timeout <ms>', 'an answer that takes longer counts as lost', '1000')
    .option('--warm-up <number>', 'messages before those that are counted', '50')
    .option('--protocol <name>', 'udp, tcp or both', 'both')
    .option('--udp-port <port>', 'port of the UDP echo', '9999')
    .option('--tcp-port <port>', 'port of the TCP echo', '9997')
    .option('--kit <host>', 'measure a kit with its echo switched on as well, or alone, and compare')
    .option('--kit-udp-port <port>', "port of the kit's UDP echo", '9999')
    .option('--kit-tcp-port <port>', "port of the kit's TCP echo", '9997')
    .option('--lang <language>', 'language of the comparison, en or ko', 'en')
    .option('--csv <file>', 'write every round trip')
    .option('--svg <file>', 'draw how the delays are distributed')
    .option('--allow-public', 'measure to a host that is not in a private network')
    .option('--json', 'print JSON')
    .addHelpText('after', example('lamplighter bench run 192.168.0.10 --kit 192.168.0.21 --svg delays.svg'))
    .action(async (host, flags) => (await import('./bench')).benchRunCommand(host, flags));

  program
    .command('report')
    .description(
      'report readings over HTTP: those of standard input, or simulated ones; what cannot be sent waits on disk',
    )
    .option('--server <url>', 'http://host:5000 or http://user:password@host:5000', 'http://127.0.0.1:5000')
    .option('--sensor <id>', 'of lines without sensor_id; first part of the name of simulated sensors')
    .option('--simulate <sensors>', 'report so many simulated sensors')
    .option('--every <seconds>', 'time between two readings of a simulated sensor', '10')
    .option('--count <number>', 'readings of each simulated sensor (default: Ctrl-C)')
    .option('--concurrency <sensors>', 'how many sensors are reported at the same time', '4')
    .option('--state <folder>', 'where the queue and the log lie (default: in the folder for such files)')
    .option('--wait <seconds>', 'at the end, how long to wait for the server (default: until Ctrl-C)')
    .option('--log-size <kB>', 'size of a log file', '1024')
    .option('--log-count <files>', 'how many log files are kept', '5')
    .option('--ack', 'print a line for each reading when it is safe on disk')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('lamplighter report --server http://pi:5000 --simulate 3 --every 2 --count 10'),
    )
    .action(async (flags) => (await import('./report')).reportCommand(flags));

  program
    .command('send')
    .argument('<protocol>', 'tcp, udp, http or mqtt')
    .description('be a simulated sensor: send readings, show what goes out and what is answered')
    .option('--host <host>', 'name or address of the gateway', '127.0.0.1')
    .option('--port <port>', 'its port (default: 9999, 9998, 5000 or 1883)')
    .option('--server <url>', 'over HTTP instead of host and port: http://user:password@host:5000')
    .option('--broker <url>', 'over MQTT instead of host and port: mqtt://user:password@host:1883')
    .option('--count <number>', 'how many readings', '10')
    .option('--every <time>', 'time between two, as 2s or 500ms', '2s')
    .option('--sensor <id>', 'who it is (default: temp_sensor_01; kit_99 over MQTT)')
    .option('--json', 'print JSON lines')
    .addHelpText('after', example('lamplighter send tcp --count 10 --every 2s --sensor temp_sensor_01'))
    .action(async (protocol, flags) => (await import('./send')).sendCommand(protocol, flags));

  program
    .command('listen')
    .argument('<protocol>', 'tcp or udp')
    .description('be a small server for lessons: show what arrives, answer as the gateway does, keep nothing')
    .option('--port <port>', 'port to listen on (default: 9999 for tcp, 9998 for udp)')
    .option('--open', 'let the network in, not only this computer')
    .option('--json', 'print JSON lines')
    .addHelpText('after', example('lamplighter listen tcp --port 9999'))
    .action(async (protocol, flags) => (await import('./listen')).listenCommand(protocol, flags));
}

function example(line: string): string {
  return `\nExample:\n  $ ${line}`;
}
