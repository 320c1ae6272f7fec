/**
 * The composition root of the board: hands time, pins, WiFi and the socket to the pure steps of
 * `shared/`, and does what they ask for. Whatever needs many nested calls is noted in `todo` and
 * done by `drain`, flat: the ESP8266 crashes at about eight.
 */
import { Effect } from '../shared/effects';
import { newKit, stateJson, step, tickMs, KitEventType, type KitState } from '../shared/kit';
import {
  keepAliveS,
  newLink,
  reasonText,
  seedOf,
  stepLink,
  LinkEventType,
  Phase,
  type LinkState,
} from '../shared/link';
import { greetingText, messageText, telemetryJson, withAge } from '../shared/messages';
import { acknowledge, age, enqueue, newOutbox, outboxMax, restart } from '../shared/outbox';
import {
  connectPacket,
  newInbound,
  nextPacket,
  pingreqPacket,
  pubackPacket,
  publishPacket,
  subscribePacket,
  Flag,
  Packet,
} from '../shared/packets';
import {
  settingsError,
  type BoardName,
  type KitSettings,
  type NetworkSettings,
  type PinSettings,
} from '../shared/settings';
import { slotHeaderLength } from '../shared/slots';
import { decodeDht22 } from '../shared/dht22';
import { version } from '../shared/version';
import { readDht22 } from './dht22';
import { draw, retry } from './screen';

/** To do; a phase of the link to enter is the bit of its number. */
const enum Todo {
  Phases = (1 << (Phase.Online + 1)) - 1,
  Address = 1 << 9,
  Pingreq = 1 << 10,
  Closed = 1 << 11,
  Sample = 1 << 12,
  State = 1 << 13,
  Telemetry = 1 << 14,
  Draw = 1 << 15,
}

/** Bytes that may wait in the socket before answers are held back or shed: they lie in variables. */
const unsentMax = 1000;
/** Bytes that may arrive during the 50 ms of a DHT22 reading before it is given up for them. */
const unreadMax = 1000;
/** Below this many free variables what is queued is dropped. */
const lowWater = 120;
/** Link and outbox count time in beats of this length, ms. */
const beatMs = 500;
/** Longest time that one tick stands for, ms. */
const tickMsMax = 60_000;
const subscribeId = 1;
/** Packet identifiers of commands that were obeyed lately: a duplicate is obeyed once. */
const recentMax = 8;

const wifi = require('Wifi');
const inbound = newInbound();
const outbox = newOutbox();
/** Replies that wait for `flush`: the rest of the topic, then the text. */
const replies: string[] = [];
let recent: number[] = [];

let kit: KitState;
let link: LinkState;
let socket: Socket;
let pins: PinSettings;
let relayOn: number;
let ledOn: number;
let oled: number;
let board: BoardName;
/** JSON text of what does not change while online, for `state`. */
let about: string;
/** Address of the broker. */
let broker: string;

let todo = 0;
/** 1 while the DHT22 is read: nothing draws, parses or sends. */
let sampling = 0;
let unsent = 0;
let sequence = 0;
let beat = 0;
let lastS = getTime();
const startS = lastS;

function readSettings(): KitSettings {
  return JSON.parse(require('Storage').read(KIT, slotHeaderLength)!);
}

function act(effect: Effect, value?: number | string, text?: string): void {
  if (effect === Effect.Lamp) digitalWrite(pins.relay, value ? relayOn : 1 - relayOn);
  else if (effect === Effect.Changed) todo |= Todo.State;
  else if (effect === Effect.Result) enqueue(outbox, value as string, 0);
  else if (effect === Effect.Reply) {
    if (replies.length < 2 * outboxMax) {
      replies.push(value as string);
      replies.push(text!);
    } else outbox.dropped++;
  } else if (effect === Effect.Sample) todo |= Todo.Sample;
  else if (effect === Effect.Telemetry) todo |= Todo.Telemetry;
  else if (effect === Effect.Led) digitalWrite(pins.led, value ? ledOn : 1 - ledOn);
  else if (effect === Effect.Enter) todo |= (1 << (value as number)) | Todo.Draw;
  else if (effect === Effect.CheckAddress) todo |= Todo.Address;
  else if (effect === Effect.Pingreq) todo |= Todo.Pingreq;
  else if (effect === Effect.Leave) wifi.disconnect();
  else if (effect === Effect.Close) close();
  else {
    todo |= Todo.Draw;
    console.log(
      'link: ' + reasonText(link.reason) + '; next attempt in ' + Math.ceil(link.leftMs / 1000) + ' s',
    );
  }
}

/** One event for the link, and what follows from it. */
function toLink(type: LinkEventType, value: number): void {
  stepLink(link, { type, value, lit: kit.lampMs > 0 ? 1 : 0 }, act);
  drain();
}

function close(): void {
  if (socket) {
    // Parser state and events belong to one socket.
    socket.removeAllListeners();
    try {
      socket.end();
    } catch {
      // It is closed already.
    }
  }
  inbound.bytes = '';
  inbound.at = inbound.skip = unsent = 0;
  recent = [];
  restart(outbox);
}

function open(port: number): void {
  try {
    socket = require('net').connect({ host: broker, port });
    socket.on('connect', onOpened);
    socket.on('data', onData);
    socket.on('drain', onDrain);
    socket.on('close', onClose);
  } catch {
    todo |= Todo.Closed;
  }
}

function onOpened(): void {
  toLink(LinkEventType.Opened, 0);
}

function onData(data: string): void {
  inbound.bytes += data;
  link.quietMs = 0;
  if (!sampling || inbound.bytes.length > unreadMax) receive();
}

function onDrain(): void {
  unsent = 0;
  drain();
}

function onClose(): void {
  toLink(LinkEventType.Closed, 0);
}

/** Obeys what has arrived, packet by packet. */
function receive(): void {
  const prefix = 'iot/' + kit.kit + '/';
  for (let type = nextPacket(inbound); type; type = nextPacket(inbound)) {
    const id = inbound.id;
    if (type === Packet.Publish) {
      const flags = inbound.flags;
      // One too long to hold can only be a set topic, and none that there is.
      const topic = inbound.topic || prefix + '...';
      const twice = flags & Flag.Duplicate && recent.indexOf(id) >= 0;
      if (!twice && (topic + '/').substr(0, prefix.length) === prefix)
        step(
          kit,
          {
            type: KitEventType.Command,
            set: topic.substr(prefix.length),
            payload: inbound.payload,
            size: inbound.size,
            retained: flags & Flag.Retain,
          },
          act,
        );
      if (flags & Flag.Qos1) {
        send(pubackPacket(id));
        if (recent.push(id) > recentMax) recent.shift();
      }
    } else if (type === Packet.Puback) acknowledge(outbox, id);
    else if (type !== Packet.Pingresp)
      stepLink(
        link,
        {
          type:
            type === Packet.Connack
              ? LinkEventType.Connack
              : type === Packet.Suback
                ? LinkEventType.Suback
                : LinkEventType.Malformed,
          value:
            type === Packet.Connack
              ? id & 255
              : (inbound.payload.charCodeAt(0) & 128) | (inbound.payload.charCodeAt(1) & 128),
          lit: 0,
        },
        act,
      );
  }
  drain();
}

/** Does what is to do, as long as there is something and no reading is under way. */
function drain(): void {
  while (todo && !sampling) {
    const now = todo;
    todo = 0;
    if (now & Todo.Closed) stepLink(link, { type: LinkEventType.Closed, value: 0, lit: 0 }, act);
    if (now & Todo.Phases) enter(now);
    if (now & Todo.Address) {
      const ip = wifi.getIP().ip;
      if (ip && ip !== '0.0.0.0') stepLink(link, { type: LinkEventType.Address, value: 0, lit: 0 }, act);
    }
    if (now & Todo.Pingreq) send(pingreqPacket);
    if (now & Todo.State && link.phase === Phase.Online)
      publish('/state', stateJson(kit, about), Flag.Retain);
    if (now & Todo.Telemetry) report();
    if (now & (Todo.State | Todo.Telemetry | Todo.Draw) && oled) draw(oled, kit, link.phase);
    if (now & Todo.Sample) sample();
  }
  if (!sampling && link.phase === Phase.Online) flush();
}

/** Starts what the phases of the link wait for; `phases` has a bit for each. */
function enter(phases: number): void {
  if (phases & (1 << Phase.Join)) join(readSettings().networks[link.network]);
  if (phases & (1 << Phase.Resolve)) resolve(readSettings().broker.host);
  if (phases & (1 << Phase.Ping)) ping();
  if (phases & (1 << Phase.Open)) open(readSettings().broker.port);
  if (phases & (1 << Phase.Login)) {
    const login = readSettings().broker;
    send(
      connectPacket({
        clientId: 'kit_' + kit.kit,
        keepAliveS,
        willTopic: topic('/status'),
        willPayload: 'offline',
        user: login.user,
        password: login.password,
      }),
    );
  }
  if (phases & (1 << Phase.Subscribe)) send(subscribePacket(subscribeId, topic(''), topic('/+/set')));
  if (phases & (1 << Phase.Online)) announce();
}

function join(network: NetworkSettings): void {
  wifi.connect(network.ssid, { password: network.password }, function (error) {
    if (error) toLink(LinkEventType.Dropped, 0);
  });
}

/** An address needs no resolving, and on ESP32 2v29 `getHostByName` gives garbage: there `connect` resolves. */
function resolve(host: string): void {
  broker = host;
  if (host[0] <= '9' || (link.blocking && process.version === '2v29'))
    stepLink(link, { type: LinkEventType.Resolved, value: 1, lit: 0 }, act);
  else
    wifi.getHostByName(host, function (ip) {
      broker = ip || '';
      toLink(LinkEventType.Resolved, ip ? 1 : 0);
    });
}

function ping(): void {
  try {
    wifi.ping(broker, function (answer) {
      if (answer.timeoutCount < answer.totalCount) toLink(LinkEventType.Pinged, 1);
    });
  } catch {
    // A name cannot be pinged.
    stepLink(link, { type: LinkEventType.Pinged, value: 1, lit: kit.lampMs > 0 ? 1 : 0 }, act);
  }
}

function announce(): void {
  const ip = wifi.getIP();
  about = ',"board":"' + board + '","version":"' + version + '","ip":"' + ip.ip + '","mac":"' + ip.mac + '"';
  publish('', greetingText(kit.kit), 0);
  publish('/status', 'online', Flag.Retain);
  todo |= Todo.State;
  if (link.reconnects)
    enqueue(
      outbox,
      '{"ok":true,"event":"reconnected","reason":"' +
        reasonText(link.reason) +
        '","offlineS":' +
        Math.round(link.offlineMs / 1000) +
        '}',
      0,
    );
  console.log('link: online as kit_' + kit.kit + ', ' + ip.ip);
}

function topic(rest: string): string {
  return 'iot/' + kit.kit + rest;
}

function publish(rest: string, text: string, flags: number): void {
  send(publishPacket(topic(rest), text, flags, 0));
}

function send(bytes: string): void {
  try {
    socket.write(bytes);
    unsent += bytes.length;
  } catch {
    todo |= Todo.Closed;
  }
}

/** Sends what waits, as long as the socket takes it. */
function flush(): void {
  while (unsent < unsentMax && replies.length) publish('/' + replies.shift()!, replies.shift()!, 0);
  while (unsent < unsentMax && outbox.sent < outbox.results.length) {
    const index = outbox.sent++;
    const text = outbox.results[index];
    if (text)
      send(
        publishPacket(
          topic('/result'),
          text,
          index < outbox.repeat ? Flag.Qos1 + Flag.Duplicate : Flag.Qos1,
          outbox.id + index,
        ),
      );
  }
  while (unsent < unsentMax && outbox.telemetry.length) {
    const entry = outbox.telemetry.shift()!;
    publish('/telemetry', withAge(entry, uptimeMs()), 0);
  }
  if (unsent < unsentMax && outbox.dropped) {
    publish('/result', '{"ok":false,"error":"too much at once","dropped":' + outbox.dropped + '}', 0);
    outbox.dropped = 0;
  }
}

/** Telemetry: the fixed text and JSON when online, kept for later when not. */
function report(): void {
  const details = wifi.getDetails();
  const status = details.rssi === undefined ? wifi.getStatus() : details;
  const text = telemetryJson(kit, {
    rssiDbm: status.rssi,
    uptimeS: Math.round(uptimeMs() / 1000),
    freeVars: process.memory(false).free,
    reconnects: Math.max(link.reconnects, 0),
    boot: BOOT,
    sequence: ++sequence,
  });
  retry();
  if (link.phase !== Phase.Online || unsent >= unsentMax) enqueue(outbox, text, uptimeMs());
  else {
    publish('/message', messageText(kit.light, kit.temperature, kit.humidity), 0);
    publish('/telemetry', text, 0);
  }
}

function uptimeMs(): number {
  return Math.round((getTime() - startS) * 1000);
}

function sample(): void {
  sampling = 1;
  readDht22(pins.dht22, function (bits) {
    const reading = decodeDht22(bits);
    sampling = 0;
    step(kit, { type: KitEventType.Reading, temperature: reading[0], humidity: reading[1] }, act);
    receive();
  });
}

/** Every 100 ms: the kit; every 500 ms the link, too. A stall is one longer tick. */
function tick(): void {
  const nowS = getTime();
  let ms = Math.round((nowS - lastS) * 1000);
  // Espruino makes up for missed periods back to back: the first of them has counted the time.
  if (ms >= 0 && ms < tickMs / 4) return;
  // The clock was set back, or far ahead.
  if (ms < 0) ms = tickMs;
  if (ms > tickMsMax) ms = tickMsMax;
  lastS = nowS;
  step(kit, { type: KitEventType.Tick, ms, sample: (analogRead(pins.cds) * 1024) | 0 }, act);
  beat += ms;
  if (beat >= beatMs) {
    const beatNow = beat;
    beat = 0;
    if (process.memory(false).free < lowWater) outbox.telemetry = [];
    if (kit.lampMs > 0) todo |= Todo.Draw;
    age(outbox, beatNow);
    toLink(LinkEventType.Tick, beatNow);
  } else if (todo) drain();
}

/** Reads the settings into what lives, and starts; returns what is wrong with them. */
function start(): string {
  const settings = readSettings();
  const mac = wifi.getIP().mac;
  const error = settingsError(settings);
  // First of all, since the handler of OUT OF MEMORY needs them.
  pins = settings.pins;
  relayOn = settings.relayOn;
  console.log('Lamplighter ' + version + ', boot ' + BOOT + ', board ' + mac);
  if (error) return error;
  if (settings.mac && settings.mac !== mac) return 'mac: this board is ' + mac + ', not ' + settings.mac;
  ledOn = settings.ledOn;
  oled = settings.oled;
  board = settings.board;
  kit = newKit(settings.kit, settings.lamp, settings.telemetryMs);
  link = newLink(settings.networks.length, board === 'esp32' ? 1 : 0, seedOf(mac, settings.kit));
  if (oled) I2C1.setup({ scl: pins.scl, sda: pins.sda, bitrate: 400_000 });
  if (settings.console) {
    E.setPassword(settings.console);
    E.lockConsole();
    require('TelnetServer').setOptions({ mode: 'on' });
  }
  return '';
}

// The loader has stopped it, but WiFi restores a saved one after the boot code.
wifi.stopAP();

E.on('errorFlag', function (flags) {
  // Out of memory cannot be caught, and it deletes the interval that keeps the hold.
  if (flags.includes('MEMORY')) {
    digitalWrite(pins.relay, 1 - relayOn);
    E.reboot();
  }
});

const startError = start();
if (startError) console.log('kit.json: ' + startError + '; the outputs stay off');
else {
  wifi.on('associated', function () {
    toLink(LinkEventType.Associated, 0);
  });
  wifi.on('connected', function () {
    toLink(LinkEventType.Address, 0);
  });
  wifi.on('disconnected', function () {
    toLink(LinkEventType.Dropped, 0);
  });
  setInterval(tick, tickMs);
}
