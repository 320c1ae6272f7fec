import { BoardInterpreter, type Clock, VirtualClock } from '../../../simulator';
import type { Attachment, Chip, Network, Release } from '../../../simulator/network';
import { VirtualNetwork } from '../../../simulator/network';

/** The globals of a board without any pins: the interpreter, and the network's modules. */
export class TestStation {
  readonly interpreter: BoardInterpreter;
  readonly attachment: Attachment;
  /** What board code has printed. */
  readonly printed: string[] = [];

  constructor(
    network: Network,
    readonly clock: Clock,
    chip: Chip,
    mac = '5c:cf:7f:00:00:01',
  ) {
    this.interpreter = new BoardInterpreter({ clock, print: (line) => this.printed.push(line) });
    this.attachment = network.attach({ chip, mac, interpreter: this.interpreter });
    const { realm } = this.interpreter;
    const modules: Record<string, object> = {
      Wifi: this.attachment.wifi,
      net: this.attachment.net,
      dgram: this.attachment.dgram,
      TelnetServer: this.attachment.telnet,
    };
    realm.define(
      'require',
      realm.native((name: string) => modules[name]),
    );
    realm.define(
      'now',
      realm.native(() => Math.round(this.interpreter.now())),
    );
    realm.define(
      'busy',
      realm.native((ms: number) => this.interpreter.stall(ms)),
    );
    this.run('var Wifi = require("Wifi"), net = require("net")');
  }

  run(code: string): unknown {
    return this.interpreter.evaluate(code, 'test');
  }

  /** What was printed since the last call. */
  told(): string[] {
    return this.printed.splice(0);
  }

  stop(how?: 'power-lost' | 'software-reset'): void {
    this.interpreter.halt();
    this.attachment.detach(how);
  }
}

/** Prints every event of WiFi that a firmware may hear. */
export const watchWifi = `
  "associated connected disconnected dhcp_timeout".split(" ").forEach(function (event) {
    Wifi.on(event, function (details) { print(event + " " + JSON.stringify(details)); });
  });`;

/** Prints every event of a socket, in the order they come. */
export const watchSocket = `
  function watch(socket, silent) {
    if (!silent) socket.on("data", function (data) { print("data " + data.length); });
    socket.on("drain", function () { print("drain"); });
    socket.on("error", function (error) { print("error " + error.code + " " + error.message); });
    socket.on("end", function () { print("end"); });
    socket.on("close", function (hadError) { print("close " + hadError); });
    return socket;
  }
  function dial(host, then) {
    return watch(net.connect({ host: host, port: 1883 }, function (socket) { print("connect"); if (then) then(socket); }));
  }`;

export const brokerIp = '192.168.1.10';

export interface World {
  clock: VirtualClock;
  network: VirtualNetwork;
  station: TestStation;
}

/** One access point, "home" with the password "secret12", and one board. */
export function world(chip: Chip, release: Release = '2v29'): World {
  const clock = new VirtualClock();
  const network = new VirtualNetwork(clock, { release });
  network.addAccessPoint('home', { password: 'secret12' });
  return { clock, network, station: new TestStation(network, clock, chip) };
}

/** The same, with the board on the access point and the socket helpers loaded. */
export function onlineWorld(chip: Chip, release: Release = '2v29'): World {
  const all = world(chip, release);
  all.station.run(`${watchSocket}; Wifi.stopAP(); Wifi.connect("home", { password: "secret12" })`);
  all.clock.advance(5_000);
  all.station.told();
  return all;
}
