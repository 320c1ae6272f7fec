/**
 * The composition root of the board: hands time, pins, WiFi and the socket to the pure steps of
 * `shared/`, and does what they ask for. Whatever needs many nested calls is noted in `todo` and
 * done by `drain`, flat: the ESP8266 crashes at about eight.
 */
import { Effect } from '../shared/effects';
import {
  answer,
  isAnswerable,
  kitJson,
  newKit,
  obey,
  passBusyTime,
  passTime,
  takeMessage,
  takeReading,
  tickMs,
  type KitState,
} from '../shared/kit';
import {
  keepAliveS,
  newLink,
  reasonText,
  seedOf,
  stayOnline,
  takeLinkEvent,
  tickLink,
  LinkEventType,
  Phase,
  type LinkState,
} from '../shared/link';
import { greeting, messageText, telemetryJson } from '../shared/messages';
import { acknowledge, age, enqueue, newOutbox, outboxMax, restart, type Outbox } from '../shared/outbox';
import {
  chr,
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
import { settingsError, type EchoSettings, type KitSettings } from '../shared/settings';
import { slotHeaderLength } from '../shared/slots';
import { decodeDht22 } from '../shared/dht22';
import { version } from '../shared/version';
import { readDht22 } from './dht22';
import { serveEcho } from './echo';
import * as limit from './limits';
import { newReporter, type Reporter } from './report';
import { draw, retry } from './screen';
import { Todo } from './todo';
import { hasAddress, join, lookUp, ping, rssiDbm, wifi } from './wifi';

const inbound = newInbound();
/** And what kit.json may ask for besides, absent unless it does: whom telemetry is told as well, and an echo. */
const outbox: Outbox & { tell?: Reporter; echo?: EchoSettings } = newOutbox();
/** Replies that wait for `drain`: the rest of the topic, then the text. */
const replies: string[] = [];
let recent: number[] = [];

let kit!: KitState;
let link!: LinkState;
let socket: Socket;
let relayPin: Pin;
let ledPin: Pin;
let dht22Pin: Pin;
let cdsPin: Pin;
let relayOn: number;
let ledOn: number;
let oled: number;
/** The topic `iot/<kit>`, how a PUBLISH on it goes on after its length, and where its payload begins. */
let mine: string;
let head: string;
let headEnd: number;
/** The end of the document on `state`, which does not change while online; and the address of the broker. */
let about: string;
let broker: string;

let todo = 0;
/** An event for the link that came up where no step may be called. */
let later = LinkEventType.Tick;
/** 1 while the DHT22 is read: nothing draws, parses or sends. */
let sampling = 0;
let unsent = 0;
/** 1 while a command is obeyed that came whole; 1 when something waits for the socket, or is to be sent once more. */
let shallow = 0;
let full = 0;
let sequence = 0;
/** The last three samples of the light, ten bits each, the newest lowest; and the one before them. */
let past = 0;
let oldest = 0;
/** Ticks for which light is looked at closely, and those that have gone by of those that are taken as one. */
let odd = 0;
let ticks = 0;
/** A sample from `low` to below `high` is no news. */
let low = 0;
let high = 0;
let beat = 0;
let uptimeMs = 0;
let lastS = getTime();
/** Identifiers of two timers that need no variables: one puts the lamp off, one restarts a board that is stuck. */
let lampEnd = 0;
let dog: number;
let petMs = 0;

function readSettings(): KitSettings {
  return JSON.parse(require('Storage').read(KIT, slotHeaderLength)!);
}

/** Does the one thing, or notes it. */
function act(effect: Effect, value?: number | string, text?: string): void {
  if (effect < Effect.Changed) {
    const on = effect ? ledOn : relayOn;
    digitalWrite(effect ? ledPin : relayPin, value ? on : 1 - on);
    if (!effect) {
      low = limit.anyLight;
      todo |= Todo.Draw;
      // A native callback works even when no variable is left to call one of ours.
      if (lampEnd) clearTimeout(lampEnd);
      lampEnd = value ? setTimeout(digitalWrite, kit.fullMs + tickMs, relayPin, 1 - relayOn) : 0;
    }
  } else if (text) reply('/' + value, text);
  else if (effect === Effect.Result) enqueue(outbox, value as string, 0);
  else
    todo |= effect === Effect.Enter ? (1 << (value as number)) | Todo.Draw : 1 << (effect + Todo.FirstEffect);
}

/** Notes a text for the rest of a topic, or sends it where that is possible and nothing lies above on the C stack. */
function reply(rest: string, text: string): void {
  if (shallow && unsent < limit.unsentMax && !replies[0]) send(publishPacket(mine + rest, text, 0, 0));
  else {
    full = 1;
    replies.push(rest);
    if (replies.push(text) > 2 * outboxMax) {
      replies.splice(0, 2);
      outbox.dropped++;
    }
  }
}

function tellLink(type: LinkEventType, value: number): void {
  takeLinkEvent(link, type, value, kit.lampMs, act);
}

/** The socket takes what is written: it is open, or has sent what waited. */
function onWritable(): void {
  if (unsent >= limit.unsentMax) full = 1;
  unsent = 0;
  if (full || link.phase === Phase.Open) {
    if (link.phase === Phase.Open) tellLink(LinkEventType.Opened, 0);
    drain();
  }
}

function onClose(): void {
  tellLink(LinkEventType.Closed, 0);
  drain();
}

/** Most of what comes is one of our commands or a PUBACK, whole: both are known at sight. */
function onData(data: string): void {
  link.quietMs = 0;
  const first = inbound.bytes || inbound.skip || sampling ? '' : data[0];
  if (first === '@' && data[3] && !data[4])
    acknowledge(outbox, data.charCodeAt(2) * 256 + data.charCodeAt(3));
  else {
    const whole =
      first === '0' && data.substr(2, headEnd - 2) === head && data.charCodeAt(1) + 2 === data.length;
    const payload = whole ? data.substr(headEnd) : '';
    if (payload[0] === 'U') passTick();
    shallow = link.phase === Phase.Online ? 1 : 0;
    const obeyed = payload && obey(kit, payload, payload, act);
    shallow = 0;
    if (!obeyed) receive(data);
    drain();
  }
}

/** Understands what has arrived, packet by packet. */
function receive(data: string): void {
  inbound.bytes += data;
  if (sampling && inbound.bytes.length < limit.unreadMax) return;
  passTick();
  for (let type = nextPacket(inbound); type; type = nextPacket(inbound)) {
    const id = inbound.id;
    const flags = inbound.flags;
    if (type === Packet.Publish) {
      // One too long to hold can only be a set topic, and none that there is.
      const topic = inbound.topic || mine + '/...';
      const twice = flags & Flag.Duplicate && recent.indexOf(id) >= 0;
      if (!twice && (topic + '/').substr(0, mine.length + 1) === mine + '/') {
        const set = topic.substr(mine.length + 1);
        const payload = inbound.payload;
        const retained = flags & Flag.Retain;
        if (set || retained || !obey(kit, payload, payload, act)) {
          const command = takeMessage(kit, set, payload, inbound.size, retained, act);
          if (command) obey(kit, command, set + ' ' + payload, act);
          if (isAnswerable(kit)) answer(kit, act);
          low = limit.anyLight;
        }
      }
      if (flags & Flag.Qos1 && id) {
        send(pubackPacket(id));
        if (recent.push(id) > limit.recentMax) recent.shift();
      }
      continue;
    }
    if (type === Packet.Puback) acknowledge(outbox, id);
    if (type === Packet.Connack) tellLink(LinkEventType.Connack, id & 255);
    if (type === Packet.Suback) {
      const codes = inbound.payload;
      tellLink(LinkEventType.Suback, (codes.charCodeAt(0) | codes.charCodeAt(1)) & 128);
    }
    if (type === Packet.Malformed) tellLink(LinkEventType.Malformed, 0);
    // The session has ended, and what lies behind does not count.
    if (link.phase === Phase.Pause) return;
  }
}

/** Does what is to do, unless a reading is under way, and sends what waits as long as the socket takes it. */
function drain(): void {
  while ((todo || later) && !sampling) {
    const event = later;
    later = LinkEventType.Tick;
    if (event) tellLink(event, 1);
    /*@__NOINLINE__*/ work();
  }
  if ((full || outbox.dropped) && !sampling && link.phase === Phase.Online) /*@__NOINLINE__*/ sendKept();
  while (
    outbox.results[outbox.sent] !== undefined &&
    unsent < limit.unsentMax &&
    !sampling &&
    link.phase === Phase.Online
  ) {
    const index = outbox.sent++;
    const text = outbox.results[index];
    const flags = index < outbox.again ? Flag.Qos1 + Flag.Duplicate : Flag.Qos1;
    if (text) send(publishPacket(mine + '/result', text, flags, outbox.id + index));
  }
}

/** What could not be sent at once, and how much was dropped. */
function sendKept(): void {
  while (replies[0] && unsent < limit.unsentMax) {
    const topic = mine + replies.shift()!;
    send(publishPacket(topic, replies.shift()!, 0, 0));
  }
  while (outbox.telemetry[0] && unsent < limit.unsentMax) {
    const text = outbox.telemetry.shift()!;
    const ageMs = uptimeMs - parseInt(outbox.telemetry.shift()!);
    const aged = text.substr(0, text.length - 1) + ',"ageMs":' + ageMs + '}';
    send(publishPacket(mine + '/telemetry', aged, 0, 0));
  }
  if (outbox.dropped && unsent < limit.unsentMax) {
    const text = '{"ok":false,"error":"messages were dropped","dropped":' + outbox.dropped + '}';
    outbox.dropped = 0;
    send(publishPacket(mine + '/result', text, 0, 0));
  }
  full = unsent < limit.unsentMax ? 0 : 1;
}

function send(bytes: string): void {
  try {
    socket.write(bytes);
    unsent += bytes.length;
  } catch {
    later = LinkEventType.Closed;
  }
}

/** One round of what is to do. */
function work(): void {
  // A phase that the link has left meanwhile is not to be entered any more.
  const now = todo & (~Todo.Phases | (1 << link.phase));
  todo = 0;
  if (now & Todo.State && link.phase === Phase.Online) {
    const text = kitJson(kit, about);
    send(publishPacket(mine + '/state', text, Flag.Retain, 0));
  }
  if (now & Todo.Pingreq) send(pingreqPacket);
  if (now & Todo.Link) /*@__NOINLINE__*/ workLink(now);
  if (now & Todo.Telemetry) /*@__NOINLINE__*/ report();
  if (now & (Todo.Telemetry | Todo.Draw) && oled) /*@__NOINLINE__*/ draw(oled, kit, link.phase);
  if (now & Todo.Sample) /*@__NOINLINE__*/ sample();
}

/** Does what the link asks for, `now` as in `Todo`. What follows is called from here only, and costs no variable. */
function workLink(now: number): void {
  if (now & Todo.Close) close();
  if (now & (Todo.Failed | (1 << Phase.Online))) {
    const reason = reasonText(link.reason);
    if (now & Todo.Failed) failed(now, reason);
    else {
      announce();
      const offlineS = Math.round(link.offlineMs / 1000);
      const text = '{"ok":true,"event":"reconnected","reason":"' + reason + '","offlineS":' + offlineS + '}';
      if (link.reconnects) enqueue(outbox, text, 0);
    }
  }
  if (now & Todo.Address && hasAddress()) later = LinkEventType.Address;
  if (now & (1 << Phase.Ping)) {
    const asked = ping(broker, function (answered) {
      if (answered) tellLink(LinkEventType.Pinged, 1);
      drain();
    });
    if (!asked) later = LinkEventType.Pinged;
  }
  if (now & (1 << Phase.Subscribe)) send(subscribePacket(limit.subscribeId, mine, mine + '/+/set'));
  if (now & (Todo.Good | Todo.Restart)) markGood();
  if (now & Todo.Restart) leave();
  // The other phases need what lies in flash; reading it takes variables for a moment.
  if (!(now & Todo.Settings)) return;
  const settings = readSettings();
  const login = settings.broker;
  if (now & (1 << Phase.Join))
    join(settings.networks[link.network], function () {
      tellLink(LinkEventType.Dropped, 0);
    });
  if (now & (1 << Phase.Resolve)) resolve(login.host);
  if (now & (1 << Phase.Open)) open(login.port);
  if (!(now & (1 << Phase.Login))) return;
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

function failed(now: number, reason: string): void {
  todo |= Todo.Draw;
  if (now & Todo.Leave) wifi.disconnect();
  print('link: ' + reason + '; next attempt in ' + Math.round(link.leftMs / 1000) + ' s');
}

function announce(): void {
  const ip = wifi.getIP();
  const board = link.blocking ? 'esp32' : 'nodemcu';
  about = ',"board":"' + board + '","version":"' + version + '","ip":"' + ip.ip + '","mac":"' + ip.mac + '"}';
  todo |= Todo.State;
  full = 1;
  print('link: online as kit_' + kit.kit + ', ' + ip.ip);
  send(publishPacket(mine, greeting + kit.kit, 0, 0));
  send(publishPacket(mine + '/status', kit.safe ? 'safe-mode' : 'online', Flag.Retain, 0));
}

/** The broker's host; what `connect` resolves itself counts as resolved. */
function resolve(host: string): void {
  const asked = lookUp(host, link.blocking, function (ip) {
    broker = ip || '';
    tellLink(LinkEventType.Resolved, ip ? 1 : 0);
    drain();
  });
  broker = host;
  if (!asked) later = LinkEventType.Resolved;
}

function open(port: number): void {
  const beginS = getTime();
  try {
    socket = require('net').connect({ host: broker, port });
    socket.on('connect', onWritable);
    socket.on('drain', onWritable);
    socket.on('data', onData);
    socket.on('close', onClose);
  } catch {
    later = LinkEventType.Closed;
  }
  // The time for which an ESP32 has stood still is none of the pause that may follow.
  beat -= Math.round((getTime() - beginS) * 1000);
}

/** Restarts the board, and not for a crash. */
function leave(): void {
  if (link.phase === Phase.Online) send(publishPacket(mine + '/status', 'offline', Flag.Retain, 0));
  setTimeout(function () {
    E.reboot();
  }, limit.partingMs);
}

/** Tells the loader that this boot has gone well, or ends by intent. */
function markGood(): void {
  const at = GOOD;
  // First, since a byte that a tool has written already throws.
  GOOD = 0;
  if (at) require('Storage').write('boots' + (at & 1), '1', at >> 1);
}

/** Telemetry: the fixed text and JSON when online, kept for later when not. */
function report(): void {
  const health = {
    rssiDbm: rssiDbm(),
    uptimeS: Math.round(uptimeMs / 1000),
    freeVars: process.memory(false).free,
    reconnects: Math.max(link.reconnects, 0),
    boot: BOOT,
    sequence: ++sequence,
  };
  retry();
  if (outbox.tell && outbox.tell(health)) return;
  const text = telemetryJson(kit, health);
  if (link.phase !== Phase.Online || unsent >= limit.unsentMax) return enqueue(outbox, text, uptimeMs);
  const message = messageText(kit.light, kit.temperature, kit.humidity);
  reply('/message', message);
  reply('/telemetry', text);
}

function sample(): void {
  sampling = 1;
  readDht22(dht22Pin, function (bits) {
    const reading = decodeDht22(bits);
    sampling = 0;
    takeReading(kit, reading[0], reading[1], act);
    if (inbound.bytes) receive('');
    drain();
  });
}

/** Every 100 ms, and mostly no more than this: while light is no news and nothing waits, several ticks are taken as one. */
function tick(): void {
  let sample = (analogRead(cdsPin) * 1024) | 0;
  // ESP8266 gives 1024 for what is above its range.
  sample -= sample >> 10;
  oldest = past >> 20;
  past = (past << 10) | sample;
  if (++ticks >= limit.beatTicks || sample < low || sample >= high) {
    /*@__NOINLINE__*/ pass();
    if (beat >= limit.beatMs) /*@__NOINLINE__*/ beatOn();
    if (todo || full || !beat) drain();
  }
}

/** Time, light, and what came of them. */
function pass(): void {
  ticks = link.phase === Phase.Online ? 0 : limit.beatTicks / 2;
  const sample = past & 1023;
  kit.light = (sample + ((past >> 10) & 1023) + ((past >> 20) & 1023) + (oldest & 1023)) >> 2;
  if (!kit.settled) {
    // Nothing of the lamp's own light comes into the mean of what follows it.
    kit.light = sample;
    past = sample * 0x100401;
    oldest = sample;
  }
  passTick();
  const dark = kit.dark;
  low = dark ? 0 : kit.darkUnder;
  high = dark ? kit.lightFrom : limit.anyLight;
  if (sample < low || sample >= high) odd = limit.oddTicks;
  if (odd) odd--;
  if (odd || !kit.settled || kit.asked) low = limit.anyLight;
  // Telemetry is not kept waiting.
  const dueTicks = Math.ceil(kit.dueMs / tickMs);
  if (dueTicks < limit.beatTicks - ticks) ticks = limit.beatTicks - dueTicks;
}

/** Lets the kit catch up with the clock. A stall is one longer tick. */
function passTick(): void {
  const nowS = getTime();
  let ms = Math.round((nowS - lastS) * 1000);
  // The clock was set back, or far ahead.
  if (ms < 0) ms = tickMs;
  if (ms > limit.tickMsMax) ms = limit.tickMsMax;
  // Espruino makes up for missed periods back to back: the first of them has counted the time.
  if (ms >= tickMs / 4) {
    lastS = nowS;
    beat += ms;
    uptimeMs += ms;
    if (/*@__NOINLINE__*/ passTime(kit, ms)) /*@__NOINLINE__*/ passBusyTime(kit, ms, act);
  }
}

/** Once in a beat or two the link, too. */
function beatOn(): void {
  const ms = beat;
  beat = 0;
  if (outbox.telemetry[0] && process.memory(false).free < limit.lowWater) outbox.telemetry = [];
  if (kit.lampMs > 0) todo |= Todo.Draw;
  if (uptimeMs >= petMs) {
    petMs = uptimeMs + limit.pettedMs;
    changeInterval(dog, limit.dogMs);
  }
  if (GOOD && uptimeMs >= limit.goodMs) todo |= Todo.Good;
  if (kit.safe && uptimeMs >= limit.safeMs) todo |= Todo.Restart;
  if (link.phase === Phase.Online) /*@__NOINLINE__*/ stayOnline(link, ms, act);
  else /*@__NOINLINE__*/ tickLink(link, ms, kit.lampMs, act);
  if (outbox.sent) age(outbox, ms);
}

/** Reads the settings into what lives, and starts; returns what is wrong with them. */
function start(): string {
  const settings = readSettings();
  const pins = settings.pins;
  const mac = wifi.getIP().mac;
  const error = settingsError(settings);
  // First of all, since the handler of OUT OF MEMORY needs them.
  relayPin = pins.relay;
  relayOn = settings.relayOn;
  print('Lamplighter ' + version + ', boot ' + BOOT + ', board ' + mac + (SAFE ? ', safe mode' : ''));
  if (error) return error;
  if (settings.mac && settings.mac !== mac) return 'mac: this board is ' + mac + ', not ' + settings.mac;
  ledPin = pins.led;
  ledOn = settings.ledOn;
  dht22Pin = pins.dht22;
  cdsPin = pins.cds;
  oled = settings.oled;
  mine = 'iot/' + settings.kit;
  head = '\0' + chr(mine.length) + mine;
  headEnd = head.length + 2;
  // The tick that ends the hold may come late: the board draws and sends between ticks.
  settings.lamp.holdMs -= tickMs;
  kit = newKit(settings.kit, settings.lamp, settings.telemetryMs, SAFE);
  const blocking = settings.board === 'esp32' ? 1 : 0;
  link = newLink(settings.networks.length, blocking, seedOf(mac, settings.kit));
  if (oled) I2C1.setup({ scl: pins.scl, sda: pins.sda, bitrate: 400_000 });
  if (settings.console) {
    E.setPassword(settings.console);
    E.lockConsole();
    require('TelnetServer').setOptions({ mode: 'on' });
  }
  // For a moment: a function that is made here would keep alive all that stands here.
  if (settings.report && !SAFE) outbox.tell = settings.report as never;
  if (settings.echo && !SAFE) outbox.echo = settings.echo;
  return '';
}

function run(): void {
  wifi.on('associated', function () {
    tellLink(LinkEventType.Associated, 0);
    drain();
  });
  wifi.on('disconnected', function () {
    tellLink(LinkEventType.Dropped, 0);
    drain();
  });
  setInterval(tick, tickMs);
  dog = setInterval(E.reboot, limit.dogMs);
}

// The loader has stopped it, but WiFi restores a saved one after the boot code.
wifi.stopAP();
E.on('errorFlag', function (flags) {
  // It cannot be caught, and it deletes the interval that keeps the hold.
  if (flags.includes('MEMORY')) {
    digitalWrite(relayPin, 1 - relayOn);
    E.reboot();
  }
});
const startError = start();
if (startError) {
  print('kit.json: ' + startError + '; the outputs stay off');
  // Whoever mends that needs a board that stays where it is.
  workLink(Todo.Good);
} else run();
if (outbox.tell) outbox.tell = newReporter(outbox.tell as never, kit, link, outbox);
if (outbox.echo) serveEcho(outbox.echo, kit, link);
