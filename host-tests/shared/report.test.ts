import { describe, expect, it } from 'vitest';
import { telemetryJson, type Health } from '../../shared/messages';
import {
  attemptMs,
  batchMax,
  httpOutcome,
  keepReading,
  newReport,
  nextJson,
  Outcome,
  pauseMsMax,
  pauseMsMin,
  queueMax,
  ReportStep,
  requestHead,
  stepReport,
  tcpOutcome,
  type ReportState,
} from '../../shared/report';
import { newBareKit } from '../support/bare-kit';
import { ensure } from '../support/ensure';
import { forSeeds, type Random } from '../support/random';

const kitNumber = 7;
const boot = 12;

function healthOf(sequence: number, changes: Partial<Health> = {}): Health {
  return { rssiDbm: -50, uptimeS: sequence * 10, freeVars: 900, reconnects: 0, boot, sequence, ...changes };
}

function newKit(temperature = 245, humidity = 451, light = 512) {
  return Object.assign(newBareKit().state, { temperature, humidity, light });
}

/** What the board does when a connection stands: the batch is fixed, and all of it written. */
function send(state: ReportState, most = batchMax): { head: string; body: string } {
  state.sentMs = state.clockMs;
  if (!state.batch) state.batch = Math.min(state.queue.length, most);
  const texts = Array.from({ length: state.batch }, (_, i) => nextJson(state, i, kitNumber, boot));
  const head = requestHead(state, '10.0.0.1:5000', '', kitNumber, boot, 345);
  return { head, body: `[${texts.join(',')}]` };
}

function keyOf(head: string): string {
  return /^Idempotency-Key: (.*)$/m.exec(head)![1]!.trim();
}

interface Sent {
  seq: number;
  ageMs: number;
}

function readingsIn(body: string): Sent[] {
  return JSON.parse(body) as Sent[];
}

/** A state with so many readings in its queue, numbered from 1. */
function stateWith(count: number): ReportState {
  const state = newReport();
  for (let i = 1; i <= count; i++) keepReading(state, newKit(), healthOf(i), 0);
  return state;
}

describe('a reading', () => {
  it('is sent as its telemetry, with the name of the sensor in front and its age behind', () => {
    forSeeds(500, (random) => {
      const failed = random.oneIn(5);
      const kit = newKit(
        failed ? NaN : random.int(-400, 800),
        failed ? NaN : random.int(0, 1000),
        random.int(0, 1023),
      );
      const health: Health = {
        rssiDbm: random.oneIn(4) ? undefined : random.int(-100, 0),
        uptimeS: random.int(0, 100_000_000),
        freeVars: random.int(0, 16_383),
        reconnects: random.int(0, 100_000),
        boot,
        sequence: random.int(1, 10_000_000),
      };
      const state = newReport();
      const ageMs = random.int(0, 4_000_000);
      keepReading(state, kit, health, 0);
      state.clockMs += ageMs;
      const { body } = send(state);
      const telemetry = telemetryJson(kit, health);
      ensure(
        body === `[{"sensor_id":"kit_7",${telemetry.slice(1, -1)},"ageMs":${ageMs}}]`,
        `${body}\n${telemetry}`,
      );
    });
  });

  it('fits into one datagram that an ESP8266, too, could receive', () => {
    const state = newReport();
    const health = { rssiDbm: -100, uptimeS: 99_999_999, freeVars: 1600, reconnects: 99_999, boot: 99_999 };
    keepReading(state, newKit(-400, 1000, 1023), { ...health, sequence: 9_999_999 }, 0);
    state.clockMs = 3_600_000 * queueMax;
    state.sentMs = state.clockMs;
    state.batch = 1;
    expect(nextJson(state, 0, 9999, 99_999).length).toBeLessThan(260);
  });

  it('is as old as the time since it was made, which may be later than the last step', () => {
    const state = newReport();
    stepReport(state, 1000, 0, 0, 0);
    keepReading(state, newKit(), healthOf(1), 300);
    stepReport(state, 500, 1, 0, 0);
    expect(readingsIn(send(state).body)[0]!.ageMs).toBe(200);
  });
});

describe('the request', () => {
  it('has a body as long as it says, whatever is in it', () => {
    forSeeds(100, (random) => {
      const state = newReport();
      const count = random.int(1, 15);
      for (let i = 0; i < count; i++) {
        state.clockMs += random.int(0, 20_000);
        keepReading(
          state,
          newKit(random.oneIn(3) ? NaN : random.int(-99, 99)),
          healthOf(random.int(1, 9999)),
          0,
        );
      }
      const { head, body } = send(state);
      ensure(head.includes(`\r\nContent-Length: ${body.length}\r\n\r\n`), head);
      ensure(readingsIn(body).length === Math.min(count, batchMax), body);
    });
  });

  it('names the sensor, the host, the key of the batch and, with a user, the login', () => {
    const state = stateWith(3);
    state.batch = 3;
    state.bytes = 99;
    expect(requestHead(state, '10.0.0.1:5000', 'a2l0czpwdw==', kitNumber, boot, 345).split('\r\n')).toEqual([
      'POST /api/sensors/kit_7/data HTTP/1.1',
      'Host: 10.0.0.1:5000',
      'Authorization: Basic a2l0czpwdw==',
      'Content-Type: application/json',
      'Connection: close',
      'Idempotency-Key: kit_7-12-1-345',
      'Content-Length: 99',
      '',
      '',
    ]);
    expect(requestHead(state, '10.0.0.1:5000', '', kitNumber, boot, 345)).not.toContain('Authorization');
  });
});

describe('an answer', () => {
  it.each([
    ['HTTP/1.1 201 Created\r\n', 201],
    ['HTTP/1.0 200 OK\r\n', 200],
    ['HTTP/1.1 503 Service Unavailable', 503],
    ['HTTP/1.1 401\r\n', 401],
    ['', Outcome.None],
    ['HTTP/1.1 20', Outcome.None],
    ['HTTP/1.1 abc nonsense', Outcome.Failed],
    ['SSH-2.0-OpenSSH_9.6\r\n', Outcome.Failed],
    ['{"status":"ok","received":"kit_7"}', Outcome.Failed],
  ])('over HTTP of %j is %d', (answer, outcome) => {
    expect(httpOutcome(answer)).toBe(outcome);
  });

  it.each([
    ['{"status":"ok","received":"kit_7"}\n', Outcome.Ok],
    ['{"status": "ok"', Outcome.Ok],
    ['{"status":"error","error":"light: expected a number"}', Outcome.Refused],
    ['{"status":"o', Outcome.None],
    ['', Outcome.None],
  ])('over TCP of %j is %d', (answer, outcome) => {
    expect(tcpOutcome(answer)).toBe(outcome);
  });

  it.each([
    [200, ReportStep.Taken],
    [201, ReportStep.Taken],
    [204, ReportStep.Taken],
    [Outcome.Failed, ReportStep.Kept],
    [100, ReportStep.Kept],
    [302, ReportStep.Kept],
    [400, ReportStep.Refused],
    [401, ReportStep.Refused],
    [408, ReportStep.Kept],
    [413, ReportStep.Refused],
    [429, ReportStep.Kept],
    [500, ReportStep.Kept],
    [503, ReportStep.Kept],
  ])('of status %d ends the attempt with %d', (status, step) => {
    const state = stateWith(2);
    expect(stepReport(state, 0, 1, 0, 0)).toBe(ReportStep.Begin);
    send(state);
    expect(stepReport(state, 100, 1, status, 0)).toBe(step);
    expect(state.queue).toHaveLength(step === ReportStep.Kept ? 2 : 0);
    expect(state.dropped).toBe(step === ReportStep.Refused ? 2 : 0);
    expect(state.leftMs).toBe(step === ReportStep.Kept ? pauseMsMin : 0);
  });

  it('counts when the other end has closed the connection, or has been given a second for it', () => {
    for (const closes of [true, false]) {
      const state = stateWith(1);
      stepReport(state, 0, 1, 0, 0);
      send(state);
      expect(stepReport(state, 100, 1, 201, 1)).toBe(ReportStep.Wait);
      expect(stepReport(state, 900, 1, 201, 1)).toBe(ReportStep.Wait);
      expect(stepReport(state, closes ? 1 : 100, 1, 201, closes ? 0 : 1)).toBe(ReportStep.Taken);
    }
  });

  it('that does not come in time is a failure', () => {
    const state = stateWith(1);
    stepReport(state, 0, 1, 0, 0);
    expect(stepReport(state, attemptMs - 1, 1, 0, 1)).toBe(ReportStep.Wait);
    expect(stepReport(state, 1, 1, 0, 1)).toBe(ReportStep.Kept);
  });
});

describe('an outage of the server', () => {
  it('is waited out with pauses of 5, 10, 20 ... 300 s, and forgotten by the first answer', () => {
    const state = stateWith(1);
    const fail = (): number => {
      ensure(stepReport(state, 0, 1, 0, 0) === ReportStep.Begin, 'no attempt');
      stepReport(state, 0, 1, Outcome.Failed, 0);
      const pauseMs = state.leftMs;
      ensure(stepReport(state, pauseMs - 1, 1, 0, 0) === ReportStep.Wait, 'too early');
      stepReport(state, 1, 0, 0, 0);
      return pauseMs / 1000;
    };
    expect(Array.from({ length: 9 }, fail)).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    stepReport(state, 0, 1, 0, 0);
    send(state);
    stepReport(state, 0, 1, 201, 0);
    keepReading(state, newKit(), healthOf(2), 0);
    expect(fail()).toBe(5);
  });

  it('makes no attempt while WiFi is away, and none later for it', () => {
    const state = stateWith(1);
    for (let i = 0; i < 3600; i++) expect(stepReport(state, 1000, 0, 0, 0)).toBe(ReportStep.Wait);
    expect(stepReport(state, 0, 1, 0, 0)).toBe(ReportStep.Begin);
    expect(readingsIn(send(state).body)[0]!.ageMs).toBe(3_600_000);
  });

  it('lets the newest wait, and counts what it had to drop', () => {
    const state = stateWith(queueMax + 12);
    expect(state.queue).toHaveLength(queueMax);
    expect(state.dropped).toBe(12);
    stepReport(state, 0, 1, 0, 0);
    expect(readingsIn(send(state).body)[0]!.seq).toBe(13);
  });

  it('leaves but one to wait when variables run short', () => {
    const state = stateWith(20);
    keepReading(state, newKit(), healthOf(21, { freeVars: 149 }), 0);
    expect(state.queue).toHaveLength(1);
    expect(state.dropped).toBe(20);
  });

  it('puts off what a lit lamp does not allow, without a pause and without a failure', () => {
    const state = stateWith(1);
    stepReport(state, 0, 1, 0, 0);
    expect(stepReport(state, 100, 1, Outcome.Later, 0)).toBe(ReportStep.Kept);
    expect([state.leftMs, state.pauseMs]).toEqual([0, pauseMsMin]);
  });
});

describe('a batch whose answer was lost', () => {
  it('is sent again as it was, with its key and its readings as old as they are by then', () => {
    const state = stateWith(4);
    stepReport(state, 0, 1, 0, 0);
    const first = send(state);
    stepReport(state, 1000, 1, Outcome.Failed, 0);
    for (let i = 5; i <= 40; i++) keepReading(state, newKit(), healthOf(i), 0);
    stepReport(state, pauseMsMin, 1, 0, 0);
    const second = send(state);
    expect(keyOf(second.head)).toBe(keyOf(first.head));
    expect(readingsIn(second.body).map(({ seq, ageMs }) => [seq, ageMs])).toEqual(
      [1, 2, 3, 4].map((seq) => [seq, 1000 + pauseMsMin]),
    );
    expect(state.queue).toHaveLength(queueMax);
    stepReport(state, 0, 1, 201, 0);
    stepReport(state, 0, 1, 0, 0);
    expect(keyOf(send(state).head)).toBe('kit_7-12-15-345');
  });

  it('is not made when no byte of it was sent', () => {
    const state = stateWith(1);
    stepReport(state, 0, 1, 0, 0);
    stepReport(state, 1000, 1, Outcome.Failed, 0);
    keepReading(state, newKit(), healthOf(2), 0);
    stepReport(state, pauseMsMin, 1, 0, 0);
    expect(readingsIn(send(state).body)).toHaveLength(2);
  });
});

/** A server that may be away, deaf, forgetful or unwilling, and counts a batch by its key. */
class Server {
  readonly seqs: number[] = [];
  readonly keys = new Map<string, string>();
  refused = 0;

  /** What came of an attempt, and how long it took. */
  attempt(state: ReportState, random: Random, nowMs: number, bad: boolean): { outcome: number; ms: number } {
    if (bad && random.oneIn(3)) return { outcome: Outcome.Failed, ms: random.int(0, attemptMs) };
    const { head, body } = send(state);
    const readings = readingsIn(body);
    const key = keyOf(head);
    ensure(readings.length <= batchMax, `${readings.length} readings in a batch`);
    for (const { seq, ageMs } of readings)
      ensure(ageMs === nowMs - seq * 1000, `${seq} is said to be ${ageMs} old`);
    if (bad && random.oneIn(3)) return { outcome: random.pick([500, 503, 408, 429, 302]), ms: 10 };
    if (!this.keys.has(key) && random.oneIn(40)) {
      this.refused += readings.length;
      return { outcome: random.pick([400, 401, 413]), ms: 10 };
    }
    const seqs = readings.map(({ seq }) => seq).join();
    const before = this.keys.get(key);
    ensure(before === undefined || before === seqs, `${key} stands for ${before} and for ${seqs}`);
    if (before === undefined) this.seqs.push(...readings.map(({ seq }) => seq));
    this.keys.set(key, seqs);
    return bad && random.oneIn(2) ? { outcome: 0, ms: attemptMs } : { outcome: 201, ms: random.int(1, 3000) };
  }
}

describe('a server with all its faults', () => {
  it('gets every reading that was not counted as dropped, in order, and none twice', () => {
    forSeeds(300, (random) => {
      const state = newReport();
      const server = new Server();
      // Readings are made at whole seconds, and their number is the second.
      let nowMs = 0;
      let made = 0;
      let underWay: { outcome: number; endMs: number } | undefined;
      let pausedUntilMs = 0;
      let failures = 0;
      const cadence = random.int(1, 20);
      for (let s = 1; s <= 3000; s++) {
        const quiet = s > 2000;
        const bad = !quiet && Math.floor(s / 400) % 2 === 1;
        const wifi = quiet || Math.floor(s / 150) % 5 !== 4;
        nowMs = s * 1000;
        const over = underWay && nowMs >= underWay.endMs ? underWay : undefined;
        const step = stepReport(state, 1000, wifi ? 1 : 0, over?.outcome ?? 0, 0);
        ensure(!(over && step === ReportStep.Wait), 'the outcome was not heard');
        if (step === ReportStep.Begin) {
          ensure(!underWay, 'two attempts at once');
          ensure(wifi && nowMs >= pausedUntilMs, `an attempt at ${s}, paused until ${pausedUntilMs}`);
          const { outcome, ms } = server.attempt(state, random, nowMs, bad);
          underWay = { outcome, endMs: nowMs + ms };
        } else if (step === ReportStep.Kept) {
          const pauseMs = Math.min(pauseMsMin * 2 ** failures++, pauseMsMax);
          ensure(state.leftMs === pauseMs, `failure ${failures} pauses ${state.leftMs}`);
          pausedUntilMs = nowMs + pauseMs;
          underWay = undefined;
        } else if (step !== ReportStep.Wait) {
          failures = 0;
          underWay = undefined;
        }
        ensure(state.queue.length <= queueMax, 'the queue has no bound');
        if (s % cadence === 0 && s < 2990) {
          made++;
          keepReading(state, newKit(), healthOf(s), 0);
        }
      }
      const sorted = [...server.seqs].sort((a, b) => a - b);
      ensure(new Set(server.seqs).size === server.seqs.length, 'a reading came twice');
      ensure(sorted.join() === server.seqs.join(), 'out of order');
      const known = server.seqs.length + state.dropped + state.queue.length;
      ensure(known === made, `${made} were made, ${known} are accounted for`);
      ensure(state.queue.length === 0 || underWay !== undefined, 'not all was sent in the end');
      ensure(server.seqs.length > 0, 'nothing came');
    });
  });
});
