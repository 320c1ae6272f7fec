/**
 * The other end of the network benchmark: an echo over UDP and one over TCP. Made from one place and only when kit.json asks for
 * it, so that a kit without it has no variable for it, and no open port.
 */
import { boardEchoMax, echoText } from '../shared/echo';
import type { KitState } from '../shared/kit';
import type { LinkState } from '../shared/link';
import type { EchoSettings } from '../shared/settings';

/**
 * Sockets are looked at so often, ms, and opened again: an ESP32 may lose one to an empty datagram.
 */
const lookMs = 5_000;
/** A client that says nothing for so many looks is let go, so that another may come. */
const idleLooks = 12;
/** What comes while the DHT22 is read waits so long, ms. */
const sampleMs = 100;
/** Bytes of answers that may wait for the client: they lie in variables, and what it asks meanwhile stays unanswered. */
const unsentMax = 512;

export function serveEcho(settings: EchoSettings, kit: KitState, link: LinkState): void {
  const udpPort = settings.udpPort;
  const tcpPort = settings.tcpPort;
  // What is named here lives as long as the functions below.
  settings = undefined as never;
  let udp: DatagramSocket | undefined;
  let server: Server | undefined;
  /** The one client over TCP, and what it has sent since its last newline. */
  let client: Socket | undefined;
  let rest = '';
  let unsent = 0;
  let idle = 0;
  /** Timer of the one datagram that may wait for the DHT22. */
  let held = 0;

  const answer = function (question: string): string {
    return question.length > boardEchoMax ? '' : echoText(question, '' + Math.round(getTime() * 1000));
  };

  const onDatagram = function (question: string, from: Sender): void {
    if (kit.sampling) {
      if (!held) held = setTimeout(onDatagram, sampleMs, question, from);
      return;
    }
    held = 0;
    const text = answer(question);
    try {
      // Without an address an ESP8266 loses the socket, and one of its ten for good.
      if (text && link.wifi) udp!.send(text, from.port, from.address);
    } catch {
      // It is closed already.
    }
  };

  const onData = function (data: string): void {
    idle = 0;
    rest += data;
    if (kit.sampling && rest.length < unsentMax) {
      setTimeout(onData, sampleMs, '');
      return;
    }
    try {
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const text = answer(rest.substr(0, end + 1));
        rest = rest.substr(end + 1);
        if (!text) client!.end();
        else if (unsent < unsentMax) {
          client!.write(text);
          unsent += text.length;
        }
      }
      if (rest.length > boardEchoMax) client!.end();
    } catch {
      // It is closed already.
      rest = '';
    }
  };

  const onClient = function (socket: Socket): void {
    // One at a time: each takes variables, and one of the chip's ten sockets.
    if (client) {
      socket.end();
      return;
    }
    client = socket;
    rest = '';
    unsent = idle = 0;
    socket.on('data', onData);
    socket.on('drain', function () {
      unsent = 0;
    });
    socket.on('close', function () {
      client = undefined;
    });
  };

  setInterval(function () {
    if (client && ++idle > idleLooks) client.end();
    if (!link.wifi || (udp && server)) return;
    try {
      if (!udp) {
        const opened = require('dgram').createSocket('udp4');
        opened.on('message', onDatagram);
        opened.on('close', function () {
          udp = undefined;
        });
        udp = opened.bind(udpPort);
      }
      if (!server) server = require('net').createServer(onClient).listen(tcpPort);
      print('echo: UDP ' + udpPort + ', TCP ' + tcpPort);
    } catch {
      print('echo: no socket for UDP ' + udpPort + ', TCP ' + tcpPort + '; next attempt in 5 s');
    }
  }, lookMs);
}
