import { describe, expect, it } from 'vitest';
import { acknowledge, age, enqueue, newOutbox, outboxMax, restart, type Outbox } from '../../shared/outbox';
import { ensure } from '../support/ensure';
import { forSeeds } from '../support/random';

/** An acknowledgement that takes longer makes the results be sent once more. */
const repeatMs = 25_000;

interface Sent {
  id: number;
  text: string;
  duplicate: boolean;
}

/** Sends what waits, at most `most` results, as the composition root does. */
function flush(outbox: Outbox, most = Infinity): Sent[] {
  const sent: Sent[] = [];
  while (sent.length < most && outbox.sent < outbox.results.length) {
    const index = outbox.sent++;
    const text = outbox.results[index];
    if (text) sent.push({ id: outbox.id + index, text, duplicate: index < outbox.again });
  }
  return sent;
}

function outboxOf(...results: string[]): Outbox {
  const outbox = newOutbox();
  for (const text of results) enqueue(outbox, text, 0);
  return outbox;
}

describe('a result', () => {
  it('is sent once, and forgotten when it is acknowledged', () => {
    const outbox = outboxOf('a', 'b');
    expect(flush(outbox)).toEqual([
      { id: 2, text: 'a', duplicate: false },
      { id: 3, text: 'b', duplicate: false },
    ]);
    expect(flush(outbox)).toEqual([]);
    acknowledge(outbox, 2);
    acknowledge(outbox, 3);
    expect([outbox.results, outbox.sent, outbox.dropped]).toEqual([[], 0, 0]);
  });

  it('may be acknowledged before an older one', () => {
    const outbox = outboxOf('a', 'b', 'c');
    flush(outbox);
    acknowledge(outbox, 3);
    acknowledge(outbox, 4);
    age(outbox, repeatMs);
    expect(flush(outbox)).toEqual([{ id: 2, text: 'a', duplicate: true }]);
    acknowledge(outbox, 2);
    expect(outbox.results).toEqual([]);
  });

  it('is sent once more, marked as a duplicate under the same identifier, when no acknowledgement comes', () => {
    const outbox = outboxOf('a');
    flush(outbox);
    age(outbox, repeatMs - 1);
    expect(flush(outbox)).toEqual([]);
    age(outbox, 1);
    enqueue(outbox, 'b', 0);
    expect(flush(outbox)).toEqual([
      { id: 2, text: 'a', duplicate: true },
      { id: 3, text: 'b', duplicate: false },
    ]);
  });

  it('is waited for anew with each acknowledgement of another', () => {
    const outbox = outboxOf('a', 'b');
    flush(outbox);
    age(outbox, repeatMs - 1);
    acknowledge(outbox, 2);
    age(outbox, repeatMs - 1);
    expect(flush(outbox)).toEqual([]);
    age(outbox, 1);
    expect(flush(outbox)).toEqual([{ id: 3, text: 'b', duplicate: true }]);
  });

  it('is marked as a duplicate also when the one repetition could not be finished before the next', () => {
    const outbox = outboxOf('a', 'b', 'c');
    flush(outbox);
    age(outbox, repeatMs);
    expect(flush(outbox, 1)).toEqual([{ id: 2, text: 'a', duplicate: true }]);
    age(outbox, repeatMs);
    expect(flush(outbox).map((sent) => sent.duplicate)).toEqual([true, true, true]);
  });

  it('is sent again in a new session, as new and under another identifier', () => {
    const outbox = outboxOf('a', 'b');
    flush(outbox);
    acknowledge(outbox, 2);
    restart(outbox);
    const [again] = flush(outbox);
    expect([again.text, again.duplicate]).toEqual(['b', false]);
    expect(again.id).toBeGreaterThan(3);
  });

  it('does not age while offline', () => {
    const outbox = outboxOf('a');
    age(outbox, 1_000_000);
    expect(flush(outbox)).toEqual([{ id: 2, text: 'a', duplicate: false }]);
  });

  it('is not forgotten for an acknowledgement of something else', () => {
    const outbox = outboxOf('a');
    for (const id of [0, 1, 2, 3, 65535]) acknowledge(outbox, id);
    expect(outbox.results).toEqual(['a']);
    flush(outbox);
    for (const id of [0, 1, 3, 65535]) acknowledge(outbox, id);
    expect(outbox.results).toEqual(['a']);
  });

  it('has an identifier of 16 bits that is not the one of SUBSCRIBE, also after 200,000 in one session', () => {
    const outbox = newOutbox();
    for (let i = 0; i < 200_000; i++) {
      enqueue(outbox, 'a', 0);
      const [sent] = flush(outbox);
      ensure(sent.id > 1 && sent.id < 65_536, `identifier ${sent.id} for result ${i}`);
      acknowledge(outbox, sent.id);
      ensure(outbox.results.length === 0, `result ${i} is still there`);
    }
  });

  it('has one also after 100,000 sessions without any acknowledgement', () => {
    const outbox = outboxOf('a', 'b');
    for (let i = 0; i < 100_000; i++) {
      for (const sent of flush(outbox)) ensure(sent.id > 1 && sent.id < 65_536, `identifier ${sent.id}`);
      restart(outbox);
    }
  });
});

describe('the outbox', () => {
  it('drops the oldest telemetry first, and counts it', () => {
    const outbox = newOutbox();
    for (let i = 1; i <= outboxMax + 3; i++) enqueue(outbox, `{"seq":${i}}`, i);
    expect(outbox.telemetry.slice(0, 2)).toEqual(['{"seq":4}', '4']);
    expect([outbox.telemetry.length, outbox.dropped]).toEqual([2 * outboxMax, 3]);
    enqueue(outbox, 'result', 0);
    expect(outbox.telemetry.slice(0, 2)).toEqual(['{"seq":5}', '5']);
    expect([outbox.results, outbox.dropped]).toEqual([['result'], 4]);
  });

  it('drops no result for telemetry', () => {
    const outbox = outboxOf('1', '2', '3', '4', '5', '6', '7', '8');
    enqueue(outbox, '{}', 1);
    expect([outbox.results.length, outbox.telemetry, outbox.dropped]).toEqual([8, [], 1]);
  });

  it('drops the oldest result when there is nothing but results', () => {
    const outbox = outboxOf('1', '2', '3', '4', '5', '6', '7', '8', '9');
    expect(flush(outbox).map((sent) => sent.text)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
    expect(outbox.dropped).toBe(1);
  });

  it('keeps the identifiers of the others when it drops a result that was sent', () => {
    const outbox = outboxOf('1', '2', '3', '4', '5', '6', '7', '8');
    const sent = flush(outbox);
    enqueue(outbox, '9', 0);
    expect(flush(outbox)).toEqual([{ id: 10, text: '9', duplicate: false }]);
    for (const { id } of sent) acknowledge(outbox, id);
    expect(outbox.results).toEqual(['9']);
  });

  it('is bounded, loses nothing uncounted and repeats nothing acknowledged, whatever happens', () => {
    forSeeds(1_000, (random) => {
      const outbox = newOutbox();
      let made = 0;
      let done = 0;
      /** Texts in flight by identifier in this session; texts acknowledged ever. */
      let flying = new Map<number, string>();
      const acknowledged = new Set<string>();
      for (let i = 0; i < 200; i++) {
        const what = random.int(0, 19);
        if (what < 6) enqueue(outbox, `r${made++}`, 0);
        else if (what < 8) {
          enqueue(outbox, `{"t":${made++}}`, i + 1);
        } else if (what < 13) {
          for (const { id, text, duplicate } of flush(outbox, random.pick([1, 3, Infinity]))) {
            ensure(!acknowledged.has(text), `${text} was sent after its acknowledgement`);
            ensure(
              duplicate === flying.has(id),
              `${text} is ${duplicate ? '' : 'not '}marked as a duplicate`,
            );
            ensure(
              !duplicate || flying.get(id) === text,
              `identifier ${id} was ${flying.get(id)} and is ${text}`,
            );
            flying.set(id, text);
          }
        } else if (what < 17) {
          const ids = [...flying.keys()];
          const id = random.oneIn(5) ? random.int(0, 65_535) : ids.length ? random.pick(ids) : 0;
          const index = id - outbox.id;
          if (index >= 0 && index < outbox.sent && outbox.results[index]) {
            acknowledged.add(outbox.results[index]);
            done++;
          }
          acknowledge(outbox, id);
        } else if (what < 18) age(outbox, random.pick([500, 24_999, 25_000]));
        else if (what < 19) {
          restart(outbox);
          flying = new Map();
        } else if (outbox.telemetry.length) {
          const [text] = outbox.telemetry.splice(0, 2);
          ensure(JSON.parse(text).t >= 0, `${text} is no telemetry`);
          done++;
        }
        const waiting = outbox.results.length + outbox.telemetry.length / 2;
        ensure(waiting <= outboxMax, `${waiting} wait`);
        ensure(outbox.sent <= outbox.results.length, 'more is sent than waits');
        ensure(outbox.id > 1 && outbox.id < 32_768, `identifier ${outbox.id}`);
        // An acknowledged one that waits for its turn to go may be counted as dropped, never the reverse.
        const left = outbox.results.filter((text) => text !== '').length + outbox.telemetry.length / 2;
        ensure(
          done + left + outbox.dropped >= made,
          `${made} made, ${done} done, ${left} left, ${outbox.dropped} dropped`,
        );
      }
    });
  });
});
