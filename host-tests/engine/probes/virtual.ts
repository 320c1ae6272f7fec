import {
  BoardInterpreter,
  type ChipName,
  Flash,
  VirtualBoard,
  VirtualClock,
  createStorage,
  esp32StorageBytes,
} from '../../../simulator';
import { type Network, VirtualNetwork } from '../../../simulator/network';
import { wirings } from '../../simulator/bare-board';
import { answerMs, serve } from './peer';
import type { Probe, Subject } from './probe';
import { groups, isOver, outputs, program, startMs, startOutput } from './program';

const host = '192.168.1.10';
const port = 1883;
/** Longest that a group of probes may take on the board's clock. */
const limitMs = 60_000;
const join = '(function(next){require("Wifi").connect("home",{},function(){setTimeout(next,100)})})';

/** What each of the probes prints on a virtual board. */
export function runVirtual(chip: ChipName, subject: Subject): string[] {
  return groups(subject).flatMap((probes) => runGroup(chip, probes, subject));
}

function runGroup(chip: ChipName, probes: readonly Probe[], { ms = 0, network: online }: Subject): string[] {
  const clock = new VirtualClock();
  const network = new VirtualNetwork(clock);
  network.addAccessPoint('home');
  network.listen(host, port, (stream) => {
    const answer = serve({
      write: (text) => stream.write(text),
      end: () => stream.destroy(),
      reset: () => stream.reset(),
      later: (run) => void clock.at(clock.now() + answerMs, run),
    });
    stream.onData((data) => answer(data.toString('latin1')));
  });
  network.listenUdp(host, port, (datagram, { address, port: from }) => {
    clock.at(clock.now() + answerMs, () =>
      network.sendDatagram({ address: host, port }, address, from, datagram),
    );
  });
  const before = `var HOST="${host}",PORT=${port};`;
  const files = { '.bootcde': program(probes, ms, before, online ? join : undefined) };
  const lines = powerOn(chip, clock, withBusy(network), files);
  while (!isOver(lines.at(-1) ?? '') && clock.now() < limitMs) clock.advance(1);
  return outputs(lines);
}

/** What a virtual board prints that starts with these files. */
export function runVirtualStart(chip: ChipName, files: Record<string, string>): string {
  const clock = new VirtualClock();
  const lines = powerOn(chip, clock, new VirtualNetwork(clock), files);
  clock.advance(startMs);
  return startOutput(lines);
}

/** Returns the lines that the board prints, now and later. */
function powerOn(
  chip: ChipName,
  clock: VirtualClock,
  network: Network,
  files: Record<string, string>,
): string[] {
  const flash = new Flash(chip === 'esp32' ? { bytes: esp32StorageBytes } : {});
  for (const [name, text] of Object.entries(files)) createStorage(flash).write(name, text);
  const lines: string[] = [];
  const board = new VirtualBoard({
    chip,
    clock,
    flash,
    network,
    mac: '5c:cf:7f:01:02:03',
    wiring: wirings[chip],
    print: (line) => lines.push(line),
  });
  board.powerOn();
  return lines;
}

/** A board whose code can also keep the processor busy: a loop that waits for the clock would wait for ever. */
function withBusy(network: Network): Network {
  return {
    attach(station) {
      const { interpreter } = station;
      if (interpreter instanceof BoardInterpreter) {
        const busy = interpreter.realm.native((ms: number) => interpreter.stall(ms));
        interpreter.realm.define('busy', busy);
      }
      return network.attach(station);
    },
  };
}
