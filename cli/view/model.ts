import { printable } from './text';

/**
 * What can be seen of the running kits from outside: their parts, their console lines and the messages
 * on the broker. Nothing here knows the firmware.
 */
export type Event =
  | { type: 'led' | 'lamp'; kit: number; lit: boolean }
  | { type: 'display'; kit: number }
  | { type: 'room'; kit: number; room: Room }
  | { type: 'wifi'; kit: number; cut: boolean }
  | { type: 'reset'; kit: number; reason: string }
  | { type: 'console'; kit: number; line: string }
  | { type: 'message'; topic: string; payload: Uint8Array; retained: boolean }
  | { type: 'broker'; state: BrokerState; reason?: string }
  | { type: 'note'; text: string };

/** What the sensors feel. */
export interface Room {
  /** 0..1023 */
  light: number;
  temperatureC: number;
  humidityPct: number;
}

/** `lost`: it does not answer; `stopped`: the embedded one, by the user. */
export type BrokerState = 'connecting' | 'connected' | 'lost' | 'stopped';

export interface Model {
  broker: { address: string; state: BrokerState };
  /** Address of the dashboard, when there is one. */
  dashboard?: string;
  /** Command lines worth trying, for the kit that is chosen. */
  tries: (kit: number) => string[];
  kits: KitModel[];
  /** Index into `kits`. */
  chosen: number;
  help: boolean;
  /** The newest last. */
  log: LogEntry[];
}

export interface KitModel {
  kit: number;
  /** The board's name as people say it. */
  board: string;
  /** Absent when none is fitted. */
  display?: Display;
  led: boolean;
  lamp: { lit: boolean; cause?: string; untilMs?: number };
  holdMs: number;
  darkBelow: number;
  room: Room;
  wifiCut: boolean;
  /** The retained message on `iot/<kit>/status`; `starting` from a reset until there is one. */
  status: string;
}

/** What the virtual OLED shows: 64 lines of pixels as 32 of half blocks or 16 of Braille patterns. */
export interface Display {
  readonly on: boolean;
  toText(style: 'half' | 'braille'): string;
}

export interface LogEntry {
  atMs: number;
  /** A topic, or who says it. */
  from: string;
  text: string;
  kind: 'message' | 'console' | 'note';
}

/** More rows than any terminal has. */
const logLimit = 200;
/** Bytes shown of a payload and characters of a console line. */
const shownLimit = 400;

/** Bytes of a `state` or `result`; a kit's own have about 250. */
const stateLimit = 2000;

/** Changes the model by what was seen at `atMs`, in milliseconds of any steady epoch. */
export function apply(model: Model, event: Event, atMs: number): void {
  const entry = logEntry(event, atMs);
  if (entry) {
    model.log.push(entry);
    if (model.log.length > logLimit) model.log.shift();
  }
  if (event.type === 'broker') model.broker.state = event.state;
  const kit = model.kits.find((each) => each.kit === kitOf(event));
  if (kit) applyToKit(kit, event, atMs);
}

function applyToKit(kit: KitModel, event: Event, atMs: number): void {
  switch (event.type) {
    case 'led':
      kit.led = event.lit;
      return;
    case 'lamp':
      kit.lamp = event.lit ? { lit: true, untilMs: atMs + kit.holdMs } : { lit: false };
      return;
    case 'room':
      kit.room = event.room;
      return;
    case 'wifi':
      kit.wifiCut = event.cut;
      return;
    case 'reset':
      kit.status = 'starting';
      return;
    case 'message':
      applyMessage(kit, event.topic.split('/')[2], event, atMs);
  }
}

function applyMessage(
  kit: KitModel,
  name: string | undefined,
  { payload, retained }: Event & { type: 'message' },
  atMs: number,
): void {
  if (name === 'status') kit.status = shown(payload);
  // What was retained tells how the lamp was, some time ago.
  if ((name !== 'state' && name !== 'result') || retained) return;
  const { lamp, cause, remaining } = lampFields(payload);
  // The relay is the truth; a message tells what a relay cannot: why, and that the hold began anew.
  if (lamp !== (kit.lamp.lit ? 'ON' : 'OFF')) return;
  if (cause !== undefined) kit.lamp.cause = cause;
  if (kit.lamp.lit && remaining !== undefined) kit.lamp.untilMs = atMs + remaining * 1000;
}

/** `lamp`, `cause` and `remaining` (seconds) of a JSON message; other programs may publish anything there. */
function lampFields(payload: Uint8Array): { lamp?: string; cause?: string; remaining?: number } {
  if (payload.length > stateLimit) return {};
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(new TextDecoder().decode(payload)));
  } catch {
    return {};
  }
  const { lamp, cause, remaining } = fields;
  return {
    ...(typeof lamp === 'string' && { lamp }),
    ...(typeof cause === 'string' && { cause: printable(cause).slice(0, 20) }),
    ...(typeof remaining === 'number' && { remaining }),
  };
}

/** The kit that an event is about; undefined when it is about none. */
export function kitOf(event: Event): number | undefined {
  if (event.type === 'message') {
    const match = /^iot\/(\d{1,5})(\/|$)/.exec(event.topic);
    return match ? Number(match[1]) : undefined;
  }
  return 'kit' in event ? event.kit : undefined;
}

/** What the event adds to the list of messages; changes of parts have a place of their own on the screen. */
function logEntry(event: Event, atMs: number): LogEntry | undefined {
  switch (event.type) {
    case 'message':
      return { atMs, kind: 'message', ...messageText(event) };
    case 'console':
      return { atMs, kind: 'console', from: `kit ${event.kit}`, text: shownLine(event.line) };
    case 'reset':
      return { atMs, kind: 'note', from: `kit ${event.kit}`, text: `reset: ${event.reason}` };
    case 'wifi':
      return { atMs, kind: 'note', from: `kit ${event.kit}`, text: wifiText(event.cut) };
    case 'broker':
      return { atMs, kind: 'note', from: 'broker', text: brokerText(event) };
    case 'note':
      return { atMs, kind: 'note', from: 'note', text: event.text };
    default:
      return undefined;
  }
}

/** The event as one line of a plain log; undefined for what a log cannot show. */
export function plainText(event: Event): string | undefined {
  switch (event.type) {
    case 'led':
      return `kit ${event.kit}  LED ${event.lit ? 'on' : 'off'}`;
    case 'lamp':
      return `kit ${event.kit}  lamp ${event.lit ? 'lit' : 'off'}`;
    case 'room':
      return (
        `kit ${event.kit}  light ${event.room.light}, ` +
        `${event.room.temperatureC.toFixed(1)} °C, ${event.room.humidityPct.toFixed(1)} %`
      );
    default: {
      const entry = logEntry(event, 0);
      return entry && `${entry.from}  ${entry.kind === 'console' ? 'says: ' : ''}${entry.text}`;
    }
  }
}

function messageText({ topic, payload, retained }: Event & { type: 'message' }): {
  from: string;
  text: string;
} {
  const text = payload.length === 0 ? '(empty)' : shown(payload);
  return { from: shownLine(topic), text: text + (retained ? ' (retained)' : '') };
}

function wifiText(cut: boolean): string {
  return cut ? 'WiFi is cut' : 'WiFi is back';
}

function brokerText({ state, reason }: Event & { type: 'broker' }): string {
  const said = {
    connecting: 'connecting',
    connected: 'connected',
    lost: 'does not answer',
    stopped: 'stopped',
  };
  return said[state] + (reason ? `: ${reason}` : '');
}

/** The start of a payload as text; what was left out is told. */
function shown(payload: Uint8Array): string {
  const text = printable(new TextDecoder().decode(payload.subarray(0, shownLimit)));
  return payload.length > shownLimit ? `${text}… (${payload.length} bytes)` : text;
}

function shownLine(line: string): string {
  return printable(line.length > shownLimit ? line.slice(0, shownLimit) + '…' : line);
}
