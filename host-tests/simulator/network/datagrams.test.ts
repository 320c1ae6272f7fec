import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { RealClock } from '../../../simulator';
import { type Chip, HostNetwork } from '../../../simulator/network';
import { TestStation, type World, brokerIp, onlineWorld, world } from './station';

const chips: readonly Chip[] = ['esp8266', 'esp32'];

const watchUdp = `
  function udp(port) {
    var socket = require("dgram").createSocket("udp4");
    socket.on("message", function (data, from) { print("message " + data.length + " " + from.address + " " + from.port); });
    socket.on("error", function (error) { print("error " + error.code + " " + error.message); });
    socket.on("close", function (hadError) { print("close " + hadError); });
    return port ? socket.bind(port) : socket;
  }`;

/** A board that is online, with its bound socket `s`, and a host that keeps what it hears. */
function bound(chip: Chip): World & { heard: string[]; pass: () => string[] } {
  const all = onlineWorld(chip);
  const heard: string[] = [];
  all.network.listenUdp(brokerIp, 9998, (datagram, { address, port }) =>
    heard.push(`${address}:${port} ${datagram.toString('latin1')}`),
  );
  all.station.run(`${watchUdp}; var s = udp(20002)`);
  const pass = (): string[] => {
    all.clock.advance(10_000);
    return all.station.told();
  };
  pass();
  return { ...all, heard, pass };
}

describe.each(chips)('UDP of an %s', (chip) => {
  it('comes from the port it is bound to', () => {
    const { station, heard, pass } = bound(chip);
    station.run(`s.send("hello", 9998, "${brokerIp}")`);
    expect(pass()).toEqual([]);
    expect(heard).toEqual(['192.168.1.100:20002 hello']);
  });

  it('hears what a host sends to that port', () => {
    const { network, pass } = bound(chip);
    network.sendDatagram({ address: brokerIp, port: 5 }, '192.168.1.100', 20_002, Buffer.from('hello'));
    network.sendDatagram({ address: brokerIp, port: 5 }, '192.168.1.100', 20_003, Buffer.from('nobody'));
    expect(pass()).toEqual([`message 5 ${brokerIp} 5`]);
  });

  it('that is empty is a message to an ESP8266, and closes the socket of an ESP32', () => {
    const { station, network, pass } = bound(chip);
    network.sendDatagram({ address: brokerIp, port: 5 }, '192.168.1.100', 20_002, Buffer.alloc(0));
    expect(pass()).toEqual(chip === 'esp32' ? ['close false', 'close false'] : [`message 0 ${brokerIp} 5`]);
    expect(station.attachment.socketCount()).toBe(chip === 'esp32' ? 0 : 1);
  });

  it('is lost without a word where nobody listens, on a host without its cable, and on the way', () => {
    const { station, network, heard, pass } = bound(chip);
    const listener = network.listenUdp(brokerIp, 9998, (datagram) => heard.push(datagram.toString()));
    station.run(`s.send("a", 9997, "${brokerIp}"); s.send("b", 9998, "192.168.1.99")`);
    pass();
    network.setUp(brokerIp, false);
    station.run(`s.send("c", 9998, "${brokerIp}")`);
    pass();
    network.setUp(brokerIp, true);
    listener.lost = true;
    station.run(`s.send("d", 9998, "${brokerIp}")`);
    expect(pass()).toEqual([]);
    expect(heard).toEqual([]);
    listener.lost = false;
    station.run(`s.send("e", 9998, "${brokerIp}")`);
    pass();
    expect(heard).toEqual(['e']);
  });

  it('takes a port once', () => {
    const { station, pass } = bound(chip);
    station.run('try { udp(20002) } catch (error) { print(error.message) }');
    expect(pass().filter((line) => !line.startsWith('ERROR'))).toEqual([
      'Unable to create socket',
      'close false',
    ]);
    expect(station.attachment.socketCount()).toBe(1);
  });

  it('gives its port back when it is closed, and when the board starts anew', () => {
    const { station, network, clock, pass } = bound(chip);
    station.run('s.close()');
    pass();
    expect(station.attachment.socketCount()).toBe(0);
    station.run('udp(20002)');
    station.stop('software-reset');
    const again = new TestStation(network, clock, chip);
    again.run(`${watchUdp}; udp(20002)`);
    clock.advance(100);
    expect(again.attachment.socketCount()).toBe(1);
    expect(again.told()).toEqual([]);
  });

  it('that is closed sends what was written before', () => {
    const { station, heard, pass } = bound(chip);
    station.run(`s.send("bye", 9998, "${brokerIp}"); s.close()`);
    expect(pass()).toEqual(['close false']);
    expect(heard).toHaveLength(1);
  });
});

describe('UDP', () => {
  it('of an ESP8266 fails for good when it sends without an address', () => {
    const { clock, network, station } = world('esp8266');
    const heard: string[] = [];
    network.listenUdp(brokerIp, 9998, (datagram) => heard.push(datagram.toString()));
    station.run(`${watchUdp}; var s = udp(20002); s.send("a", 9998, "${brokerIp}")`);
    clock.advance(100);
    expect(station.told()).toEqual(['error -4 no route', 'close true']);
    station.run('try { s.send("b", 1, "1.2.3.4") } catch (error) { print(error.message) }');
    expect(station.told()).toEqual(['This socket is closed']);
    expect(heard).toEqual([]);
  });

  it('of an ESP8266 sends nothing from a socket that is not bound', () => {
    const { station, heard, pass } = bound('esp8266');
    station.run(`udp().send("a", 9998, "${brokerIp}")`);
    expect(pass()).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('of an ESP32 without an address is lost', () => {
    const { clock, station } = world('esp32');
    station.run(`${watchUdp}; var s = udp(20002); s.send("a", 9998, "${brokerIp}")`);
    clock.advance(100);
    expect(station.told()).toEqual([]);
    expect(station.attachment.socketCount()).toBe(1);
  });

  it.each([
    ['esp8266', 260, '260'],
    ['esp8266', 268, '260'],
    ['esp8266', 269, undefined],
    ['esp32', 528, '528'],
    ['esp32', 1400, '528'],
  ] as const)('of an %s hears of a datagram of %i bytes %s', (chip, bytes, told) => {
    const { network, pass } = bound(chip);
    network.sendDatagram({ address: brokerIp, port: 5 }, '192.168.1.100', 20_002, Buffer.alloc(bytes));
    expect(pass()).toEqual(told === undefined ? [] : [`message ${told} ${brokerIp} 5`]);
  });

  it('of an ESP32 to a name blocks it until the name is known; one that does not exist leads nowhere', () => {
    const { station, network, heard, pass } = bound('esp32');
    network.dns.set('pi', { ip: brokerIp, afterMs: 300 });
    station.run('var t = now(); s.send("a", 9998, "pi"); print(now() - t)');
    station.run('t = now(); s.send("b", 9998, "pi"); print(now() - t)');
    station.run('s.send("c", 9998, "nobody")');
    expect(pass()).toEqual(['300', '0']);
    expect(heard).toHaveLength(2);
  });
});

describe('UDP on real sockets', () => {
  it.each(chips)('goes from an %s to a program of this computer and back', async (chip) => {
    const timing = { findMs: 1, associateMs: 1, addressMs: 1 };
    const network = new HostNetwork({ timing });
    const station = new TestStation(network, new RealClock(), chip);
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      station.run(`${watchUdp}; Wifi.stopAP(); Wifi.connect("any", {}, function () { ready() })`);
      await new Promise<void>((resolve) => {
        station.interpreter.realm.define('ready', station.interpreter.realm.native(resolve));
      });
      const arrived = once(server, 'message');
      station.run('var s = require("dgram").createSocket("udp4").bind(0)');
      station.run(`s.send("hello", ${server.address().port}, "127.0.0.1")`);
      const [datagram, from] = (await arrived) as [Buffer, { port: number }];
      expect(datagram.toString()).toBe('hello');
      const heard = new Promise<string>((resolve) => {
        station.interpreter.realm.define('heard', station.interpreter.realm.native(resolve));
      });
      station.run('s.on("message", function (data) { heard(data) })');
      server.send('back', from.port, '127.0.0.1');
      expect(await heard).toBe('back');
      network.cut = true;
      server.send('lost', from.port, '127.0.0.1');
    } finally {
      server.close();
      station.stop();
    }
  });
});
