/**
 * Reports over HTTP, TCP or UDP: which readings wait, which are under way, and when to try, as pure functions over one record.
 * The board calls each of them at one place only, within the branch that a kit without reports never enters: there the
 * minifier writes their text, so that they are no variables.
 */
import type { KitState } from './kit';
import { tenths, type Health } from './messages';

export interface ReportState {
  /** Oldest first, each as `keepReading` writes it: some 6 variables, where its JSON text would take 25. */
  queue: string[];
  /** So many of the first are under way, or may have arrived although nobody said so: they stay together and keep their key. */
  batch: number;
  /** 1 while an attempt is under way. */
  busy: number;
  /** Rest of the attempt's time, or of the pause before the next one, ms. */
  leftMs: number;
  /** The pause after the next failure, ms. */
  pauseMs: number;
  /** Time that has passed while something waited, ms. */
  clockMs: number;
  /** The same when the batch was begun to be sent: what its readings' age counts to. */
  sentMs: number;
  /** Length of the body that is sent. */
  bytes: number;
  /** Readings that were dropped and not told of yet. */
  dropped: number;
}

/** Most that waits: five minutes at the usual cadence. */
export const queueMax = 30;
/** Below this many free variables only the newest reading waits, and what is under way. */
const lowWater = 150;
/** Readings in one HTTP request. */
export const batchMax = 10;
/** Pause after a failure, doubled from the first to the second, ms. */
export const pauseMsMin = 5_000;
export const pauseMsMax = 300_000;
/** Time for a whole attempt: name, ping, connection, request and answer, ms. */
export const attemptMs = 15_000;
/** Who has answered is left this time to close the connection: the end that closes first has to remember it for minutes, ms. */
const partingMs = 1_000;

/** What came of an attempt, beside the status codes of HTTP. */
export const enum Outcome {
  None,
  /** No connection, no answer, or one that cannot be read. */
  Failed,
  /** Not now: the lamp was lit meanwhile, and a connect could block. */
  Later,
  Ok = 200,
  Refused = 400,
}

/** What the board has to do. */
export const enum ReportStep {
  Wait,
  /** Begin an attempt. */
  Begin,
  /** The attempt is over: the readings were taken, refused for good, or kept for a later attempt. */
  Taken,
  Refused,
  Kept,
}

export function newReport(): ReportState {
  return {
    queue: [],
    batch: 0,
    busy: 0,
    leftMs: 0,
    pauseMs: pauseMsMin,
    clockMs: 0,
    sentMs: 0,
    bytes: 0,
    dropped: 0,
  };
}

/** Adds a reading that was made `ms` after the last step. The oldest that is not under way makes room for it. */
export function keepReading(state: ReportState, kit: KitState, health: Health, ms: number): void {
  const queue = state.queue;
  let entry = state.clockMs + ms + ',' + kit.temperature + ',' + kit.humidity + ',' + kit.light + ',';
  entry += (health.rssiDbm || '') + ',' + health.uptimeS + ',' + health.freeVars + ',';
  queue.push(entry + health.reconnects + ',' + health.sequence);
  const most = health.freeVars < lowWater ? state.batch + 1 : queueMax;
  while (queue.length > most) {
    queue.splice(state.batch, 1);
    state.dropped++;
  }
}

/**
 * `ms` have passed. `ready` is not 0 when an attempt may begin, `outcome` what came of the one under way, and `open` not 0
 * while its connection is still to be closed by the other end.
 */
export function stepReport(
  state: ReportState,
  ms: number,
  ready: number,
  outcome: number,
  open: number,
): ReportStep {
  state.clockMs += ms;
  state.leftMs -= ms;
  if (state.busy) {
    if (outcome && open && state.leftMs > partingMs) state.leftMs = partingMs;
    if (state.leftMs > 0 && (!outcome || open)) return ReportStep.Wait;
    state.busy = 0;
    state.leftMs = 0;
    if (outcome === Outcome.Later) return ReportStep.Kept;
    const taken = outcome >= 200 && outcome < 300;
    // 408 and 429 ask for another attempt; what else is wrong with a request stays wrong.
    if (taken || (outcome >= 400 && outcome < 500 && outcome !== 408 && outcome !== 429)) {
      state.queue.splice(0, state.batch);
      if (!taken) state.dropped += state.batch;
      state.batch = 0;
      state.pauseMs = pauseMsMin;
      if (!state.queue.length) state.clockMs = 0;
      return taken ? ReportStep.Taken : ReportStep.Refused;
    }
    state.leftMs = state.pauseMs;
    state.pauseMs = Math.min(state.pauseMs * 2, pauseMsMax);
    return ReportStep.Kept;
  }
  if (!state.queue.length || state.leftMs > 0 || !ready) return ReportStep.Wait;
  state.busy = 1;
  state.leftMs = attemptMs;
  return ReportStep.Begin;
}

/**
 * The JSON text of reading number `from` of the batch, as old as it is at `state.sentMs`: its telemetry with the sensor's name in
 * front. With the first comes the length of the body that holds them all, in `state.bytes`: the texts of the others are made
 * once more when it is their turn, since together they would take up to 250 variables.
 */
export function nextJson(state: ReportState, from: number, kit: number, boot: number): string {
  let found = '';
  let bytes = 1;
  for (let i = from; i < (from ? from + 1 : state.batch); i++) {
    const values = state.queue[i]!.split(',');
    const temperature = parseInt(values[1]!);
    let text = '{"sensor_id":"kit_' + kit + '",';
    if (!isNaN(temperature)) {
      text += '"temperatureC":' + tenths(temperature, '');
      text += ',"humidityPct":' + tenths(parseInt(values[2]!), '') + ',';
    }
    text += '"light":' + values[3];
    if (values[4]) text += ',"rssiDbm":' + values[4];
    text += ',"uptimeS":' + values[5] + ',"freeVars":' + values[6] + ',"reconnects":' + values[7];
    text += ',"boot":' + boot + ',"seq":' + values[8];
    text += ',"ageMs":' + (state.sentMs - parseInt(values[0]!)) + '}';
    if (i === from) found = text;
    bytes += text.length + 1;
  }
  if (!from) state.bytes = bytes;
  return found;
}

/**
 * Everything of a request but its body. The number of the boot and that of the batch's first reading make the key by which a batch that
 * comes twice counts once; and `born`, since a board whose flash was erased counts both from 1 again.
 */
export function requestHead(
  state: ReportState,
  host: string,
  login: string,
  kit: number,
  boot: number,
  born: number,
): string {
  let text = 'POST /api/sensors/kit_' + kit + '/data HTTP/1.1\r\nHost: ' + host;
  if (login) text += '\r\nAuthorization: Basic ' + login;
  text += '\r\nContent-Type: application/json\r\nConnection: close\r\nIdempotency-Key: kit_' + kit;
  text += '-' + boot + '-' + state.queue[0]!.split(',')[8] + '-' + born;
  return text + '\r\nContent-Length: ' + state.bytes + '\r\n\r\n';
}

/** What the beginning of an HTTP answer says; `None` while there is too little of it. */
export function httpOutcome(answer: string): number {
  if (answer.length < 13) return Outcome.None;
  const status = parseInt(answer.substr(9, 3));
  // What is no HTTP has no answer to give.
  return answer.substr(0, 5) === 'HTTP/' && status >= 100 ? status : Outcome.Failed;
}

/** What an answer of the TCP ingest says, as soon as it can be told. */
export function tcpOutcome(answer: string): number {
  if (answer.includes('"ok"')) return Outcome.Ok;
  return answer.includes('"error"') ? Outcome.Refused : Outcome.None;
}
