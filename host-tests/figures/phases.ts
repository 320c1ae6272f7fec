import type { EngineForm } from '../engine/interpreter';
import { highWater, paint, read, type Reading } from './high-water';
import { dht22Frame, MeasuredBoard, pause, tell } from './measured-board';

/** What a kit does, as far as it costs variables, in the order in which it is measured. */
export const phaseNames = ['boot', 'commands', 'telemetry', 'reconnect', 'burst'] as const;
export type Phase = (typeof phaseNames)[number];

/** Variables above an idle interpreter with the same stand-ins for WiFi, pins, ADC, DHT22 and I2C. */
export interface Variables {
  /** In use once online and at rest, after a garbage collection. */
  atRest: number;
  /** The most in use at once, for each phase. */
  peaks: Record<Phase, number>;
  /** At rest once more, after all phases. */
  afterwards: number;
}

const bootMs = 30_000;
/** Long enough for all commands of a phase between two messages of telemetry. */
const telemetryMs = 6000;
/** After the last packet the board still draws, and acknowledgements arrive. */
const settleMs = 700;
const burst = 100;
/** [MQTT-2.2.3] a remaining length has at most four bytes. */
const malformed = Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]);

const commands = [
  'led',
  'LED/ON',
  'LED/OFF',
  'cds',
  'USBLED/ON',
  'USBLED',
  'dht22',
  'dht22_t',
  'dht22_h',
  'x'.repeat(300),
];

export async function measureVariables(form: EngineForm, dist: string): Promise<Variables> {
  const idle = await idleVariables(form);
  const board = await MeasuredBoard.bootFirmware(form, dist, { telemetryMs });
  try {
    const peaks = {} as Record<Phase, number>;
    const painted = checked(await board.reading());
    await telemetry(board, bootMs);
    const first = await board.reading(read);
    peaks.boot = highWater(painted, first) - idle;
    const phase = async (name: Phase, doIt: () => Promise<void>): Promise<void> => {
      const before = await board.reading(paint);
      await doIt();
      peaks[name] = highWater(before, await board.reading(read)) - idle;
    };
    await phase('commands', () => allCommands(board));
    await phase('telemetry', () => redrawn(board));
    await phase('reconnect', () => reconnects(board));
    await phase('burst', () => manyAtOnce(board));
    await telemetry(board, 2 * telemetryMs);
    const last = await board.reading(read);
    return { atRest: first.inUse - idle, peaks, afterwards: last.inUse - idle };
  } finally {
    await board.stop();
  }
}

/** Has a kit with this firmware do all that is measured, and then what nobody should send it; returns its console. */
export async function exercise(form: EngineForm, dist: string, firmware: string): Promise<string[]> {
  const board = await MeasuredBoard.bootFirmware(form, dist, { telemetryMs }, firmware);
  try {
    await telemetry(board, bootMs);
    await allCommands(board);
    await redrawn(board);
    await board.type(tell.dht22(''));
    await telemetry(board, 2 * telemetryMs);
    await manyAtOnce(board);
    await reconnects(board);
    const online = board.broker.count('status');
    board.broker.sendBytes(malformed);
    await board.until('a reconnect', () => board.broker.count('status') > online, bootMs);
    await pause(settleMs);
    return board.interpreter.lines;
  } finally {
    await board.stop();
  }
}

/** Variables of the interpreter, of its stand-ins, and of the line that is typed to ask. */
export async function idleVariables(form: EngineForm): Promise<number> {
  const board = await MeasuredBoard.boot(form, {}, '', { telemetryMs });
  try {
    await pause(settleMs);
    return (await board.reading(read)).inUse;
  } finally {
    await board.stop();
  }
}

/** Paint that does not cover the free variables would tell too little. */
function checked(painted: Reading): Reading {
  if (painted.untouched < painted.inUse)
    throw new Error(
      `the interpreter's memory cannot be read: ${painted.untouched} free variables were found`,
    );
  return painted;
}

async function telemetry(board: MeasuredBoard, withinMs: number): Promise<void> {
  const before = board.broker.count('telemetry');
  await board.until('telemetry', () => board.broker.count('telemetry') > before, withinMs);
  await pause(settleMs);
}

async function allCommands(board: MeasuredBoard): Promise<void> {
  for (const payload of commands) await board.command(payload);
  await board.command('Toggle', `iot/${board.settings.kit}/lamp/set`);
  await board.command('Toggle', `iot/${board.settings.kit}/lamp/set`);
  await pause(settleMs);
}

async function redrawn(board: MeasuredBoard): Promise<void> {
  await board.type(tell.dht22(dht22Frame(-18.9, 67.3)));
  await telemetry(board, 2 * telemetryMs);
}

/** The broker ends the session; then WiFi is gone for a while. */
async function reconnects(board: MeasuredBoard): Promise<void> {
  for (const loseIt of [async () => board.broker.drop(), () => board.type(tell.accessPoint(false))]) {
    const online = board.broker.count('status');
    await loseIt();
    await pause(3000);
    await board.type(tell.accessPoint(true));
    await board.until('a reconnect', () => board.broker.count('status') > online, bootMs);
    await pause(settleMs);
  }
}

/** A hundred commands in one segment may be shed; one that comes later may not. */
async function manyAtOnce(board: MeasuredBoard): Promise<void> {
  const topic = `iot/${board.settings.kit}`;
  const packet = { cmd: 'publish', topic, payload: 'cds', qos: 0, dup: false, retain: false } as const;
  board.broker.send(...Array.from({ length: burst }, () => packet));
  await pause(settleMs);
  await board.command('led');
  await pause(settleMs);
}
