/**
 * The composition root of the board: hands time, pins, WiFi and the socket to the pure steps of
 * `shared/`, and does what they ask for. Whatever needs many nested calls is noted in `todo` and
 * done by `drain`, flat: the ESP8266 crashes at about eight.
 */
import { Effect } from '../shared/effects';
import { newKit, stateJson, step, tickMs, KitEventType, type KitEvent, type KitState } from '../shared/kit';
import {
  keepAliveS,
  newLink,
  reasonText,
  seedOf,
  stepLink,
  LinkEventType,
  Phase,
  type LinkEvent,
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

/** To do: a bit for each phase of the link to enter, then one for each effect that `act` notes. */
const enum Todo {
  Phases = (1 << (Phase.Online + 1)) - 1,
  /** The phases that begin with a look into kit.json. */
  Settings = (1 << Phase.Join) | (1 << Phase.Resolve) | (1 << Phase.Open) | (1 << Phase.Login),
  FirstEffect = Phase.Online + 1,
  State = 1 << (FirstEffect + Effect.Changed),
  Sample = 1 << (FirstEffect + Effect.Sample),
  Telemetry = 1 << (FirstEffect + Effect.Telemetry),
  Address = 1 << (FirstEffect + Effect.CheckAddress),
  Pingreq = 1 << (FirstEffect + Effect.Pingreq),
  Close = 1 << (FirstEffect + Effect.Close),
  Leave = 1 << (FirstEffect + Effect.Leave),
  Failed = 1 << (FirstEffect + Effect.Failed),
  /** Events for the link that came up where no step may be called. */
  Closed = 1 << 26,
  Resolved = 1 << 27,
  Pinged = 1 << 28,
  Draw = 1 << 29,
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
/** Replies that wait for `drain`: the rest of the topic, then the text. */
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

/**
 * Does the one thing, or notes it. One early return after the other: each further `else` of a chain
 * would lie deeper on the C stack.
 */
function act(effect: Effect, value?: number | string, text?: string): void {
  if (effect === Effect.Result) return enqueue(outbox, value as string, 0);
  if (effect === Effect.Lamp) return digitalWrite(pins.relay, value ? relayOn : 1 - relayOn);
  if (effect === Effect.Led) return digitalWrite(pins.led, value ? ledOn : 1 - ledOn);
  if (effect === Effect.Reply) {
    if (replies.length < 2 * outboxMax) {
      replies.push(value as string);
      replies.push(text!);
    } else outbox.dropped++;
    return;
  }
  if (effect === Effect.Enter) todo |= (1 << (value as number)) | Todo.Draw;
  else todo |= 1 << (effect + Todo.FirstEffect);
}

function linkEvent(type: LinkEventType, value: number): LinkEvent {
  return { type, value, lit: kit.lampMs > 0 ? 1 : 0 };
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
  stepLink(link, linkEvent(LinkEventType.Opened, 0), act);
  drain();
}

function onData(data: string): void {
  inbound.bytes += data;
  link.quietMs = 0;
  if (!sampling || inbound.bytes.length > unreadMax) receive();
  drain();
}

function onDrain(): void {
  unsent = 0;
  drain();
}

function onClose(): void {
  stepLink(link, linkEvent(LinkEventType.Closed, 0), act);
  drain();
}

/** Obeys what has arrived, packet by packet. */
function receive(): void {
  const prefix = 'iot/' + kit.kit + '/';
  for (let type = nextPacket(inbound); type; type = nextPacket(inbound)) {
    const id = inbound.id;
    const flags = inbound.flags;
    if (type === Packet.Publish) {
      // One too long to hold can only be a set topic, and none that there is.
      const topic = inbound.topic || prefix + '...';
      const twice = flags & Flag.Duplicate && recent.indexOf(id) >= 0;
      const ours = (topic + '/').substr(0, prefix.length) === prefix;
      const event: KitEvent = {
        type: KitEventType.Command,
        set: topic.substr(prefix.length),
        payload: inbound.payload,
        size: inbound.size,
        retained: flags & Flag.Retain,
      };
      if (ours && !twice) step(kit, event, act);
      if (flags & Flag.Qos1 && id) {
        send(pubackPacket(id));
        if (recent.push(id) > recentMax) recent.shift();
      }
      continue;
    }
    if (type === Packet.Puback) acknowledge(outbox, id);
    if (type === Packet.Connack) stepLink(link, linkEvent(LinkEventType.Connack, id & 255), act);
    if (type === Packet.Suback) {
      const codes = inbound.payload;
      stepLink(link, linkEvent(LinkEventType.Suback, (codes.charCodeAt(0) | codes.charCodeAt(1)) & 128), act);
    }
    if (type === Packet.Malformed) stepLink(link, linkEvent(LinkEventType.Malformed, 0), act);
    // The session has ended, and what lies behind does not count.
    if (link.phase === Phase.Pause) return;
  }
}

/** Does what is to do, unless a reading is under way, and sends what waits as long as the socket takes it. */
function drain(): void {
  while (todo && !sampling) {
    // A phase that the link has left meanwhile is not to be entered any more.
    const now = todo & (~Todo.Phases | (1 << link.phase));
    todo = 0;
    if (now & Todo.Closed) stepLink(link, linkEvent(LinkEventType.Closed, 0), act);
    if (now & Todo.Resolved) stepLink(link, linkEvent(LinkEventType.Resolved, 1), act);
    if (now & Todo.Pinged) stepLink(link, linkEvent(LinkEventType.Pinged, 1), act);
    if (now & Todo.Close) close();
    if (now & Todo.Failed) failed(now);
    if (now & Todo.Phases) enter(now);
    if (now & (1 << Phase.Online)) announce();
    if (now & Todo.Address) checkAddress();
    if (now & Todo.Pingreq) send(pingreqPacket);
    if (now & Todo.Telemetry) report();
    if (now & Todo.State && link.phase === Phase.Online) {
      const state = stateJson(kit, about);
      publish('/state', state, Flag.Retain, 0);
    }
    if (now & (Todo.State | Todo.Telemetry | Todo.Draw) && oled) draw(oled, kit, link.phase);
    if (now & Todo.Sample) sample();
  }
  if (sampling || link.phase !== Phase.Online) return;
  while (unsent < unsentMax && replies.length) {
    const rest = '/' + replies.shift()!;
    publish(rest, replies.shift()!, 0, 0);
  }
  while (unsent < unsentMax && outbox.sent < outbox.results.length) {
    const index = outbox.sent++;
    const text = outbox.results[index];
    const flags = index < outbox.repeat ? Flag.Qos1 + Flag.Duplicate : Flag.Qos1;
    if (text) publish('/result', text, flags, outbox.id + index);
  }
  while (unsent < unsentMax && outbox.telemetry.length) {
    const text = withAge(outbox.telemetry.shift()!, uptimeMs());
    publish('/telemetry', text, 0, 0);
  }
  if (unsent < unsentMax && outbox.dropped) {
    const text = '{"ok":false,"error":"messages were dropped","dropped":' + outbox.dropped + '}';
    outbox.dropped = 0;
    publish('/result', text, 0, 0);
  }
}

function failed(now: number): void {
  todo |= Todo.Draw;
  if (now & Todo.Leave) wifi.disconnect();
  const reason = reasonText(link.reason);
  console.log('link: ' + reason + '; next attempt in ' + Math.round(link.leftMs / 1000) + ' s');
}

function checkAddress(): void {
  const ip = wifi.getIP().ip;
  if (ip && ip !== '0.0.0.0') stepLink(link, linkEvent(LinkEventType.Address, 0), act);
}

/** Starts what the phases of the link wait for; `phases` has a bit for each. */
function enter(phases: number): void {
  const mine = 'iot/' + kit.kit;
  if (phases & (1 << Phase.Ping)) ping();
  if (phases & (1 << Phase.Subscribe)) send(subscribePacket(subscribeId, mine, mine + '/+/set'));
  // The other phases need what lies in flash; reading it takes variables for a moment.
  if (!(phases & Todo.Settings)) return;
  const settings = readSettings();
  const login = settings.broker;
  if (phases & (1 << Phase.Join)) join(settings.networks[link.network]);
  if (phases & (1 << Phase.Resolve)) resolve(login.host);
  if (phases & (1 << Phase.Open)) open(login.port);
  if (!(phases & (1 << Phase.Login))) return;
  const bytes = connectPacket({
    clientId: 'kit_' + kit.kit,
    keepAliveS,
    willTopic: mine + '/status',
    willPayload: 'offline',
    user: login.user,
    password: login.password,
  });
  send(bytes);
}

function join(network: NetworkSettings): void {
  wifi.connect(network.ssid, { password: network.password }, function (error) {
    if (error) stepLink(link, linkEvent(LinkEventType.Dropped, 0), act);
  });
}

/** An address needs no resolving, and on ESP32 2v29 `getHostByName` gives garbage: there `connect` resolves. */
function resolve(host: string): void {
  broker = host;
  if (host[0] <= '9' || (link.blocking && process.version === '2v29')) todo |= Todo.Resolved;
  else
    wifi.getHostByName(host, function (ip) {
      broker = ip || '';
      stepLink(link, linkEvent(LinkEventType.Resolved, ip ? 1 : 0), act);
      drain();
    });
}

function ping(): void {
  try {
    wifi.ping(broker, function (answer) {
      if (answer.timeoutCount < answer.totalCount) stepLink(link, linkEvent(LinkEventType.Pinged, 1), act);
      drain();
    });
  } catch {
    // A name cannot be pinged.
    todo |= Todo.Pinged;
  }
}

function announce(): void {
  const ip = wifi.getIP();
  about = ',"board":"' + board + '","version":"' + version + '","ip":"' + ip.ip + '","mac":"' + ip.mac + '"';
  todo |= Todo.State;
  console.log('link: online as kit_' + kit.kit + ', ' + ip.ip);
  const greeting = greetingText(kit.kit);
  publish('', greeting, 0, 0);
  publish('/status', 'online', Flag.Retain, 0);
  if (!link.reconnects) return;
  const reason = reasonText(link.reason);
  const offlineS = Math.round(link.offlineMs / 1000);
  enqueue(
    outbox,
    '{"ok":true,"event":"reconnected","reason":"' + reason + '","offlineS":' + offlineS + '}',
    0,
  );
}

function publish(rest: string, text: string, flags: number, id: number): void {
  const bytes = publishPacket('iot/' + kit.kit + rest, text, flags, id);
  send(bytes);
}

function send(bytes: string): void {
  try {
    socket.write(bytes);
    unsent += bytes.length;
  } catch {
    todo |= Todo.Closed;
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
  if (link.phase !== Phase.Online || unsent >= unsentMax) return enqueue(outbox, text, uptimeMs());
  const message = messageText(kit.light, kit.temperature, kit.humidity);
  act(Effect.Reply, 'message', message);
  act(Effect.Reply, 'telemetry', text);
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
    drain();
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
    stepLink(link, linkEvent(LinkEventType.Tick, beatNow), act);
  }
  // Each beat, too: what was not acknowledged may have to be sent once more.
  if (todo || !beat) drain();
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
  // The tick that ends the hold may come late: the board draws and sends between ticks.
  settings.lamp.holdMs -= tickMs;
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
    stepLink(link, linkEvent(LinkEventType.Associated, 0), act);
    drain();
  });
  wifi.on('connected', function () {
    stepLink(link, linkEvent(LinkEventType.Address, 0), act);
    drain();
  });
  wifi.on('disconnected', function () {
    stepLink(link, linkEvent(LinkEventType.Dropped, 0), act);
    drain();
  });
  setInterval(tick, tickMs);
}
