import { describe, expect, test } from 'vitest';
import { request } from '../../network/bench/message';
import type { ChipName } from '../../simulator';
import { tcpHabits } from '../../simulator/network/habits';
import type { Call, Caller } from '../support/caller';
import { OutageBench } from '../support/outage-bench';

const openMs = 7_000;
const minuteMs = 60_000;
/** After this time the loader has let go of a start. */
const provedMs = 125_000;

function echoBench(chip: ChipName): { bench: OutageBench; caller: Caller } {
  const bench = new OutageBench(chip, { caller: 'heard' });
  bench.powerOn();
  bench.untilOnline();
  bench.pass(provedMs);
  return { bench, caller: bench.kit.caller! };
}

/** Both protocols answer; the connection is left open. */
function answers(bench: OutageBench, caller: Caller): Call {
  const before = caller.datagrams.length;
  const call = caller.connect();
  caller.send(request(1, 100));
  call.write(request(1, 100));
  bench.until('both answers', () => caller.datagrams.length > before && call.received.length === 100, openMs);
  return call;
}

describe.each<ChipName>(['esp8266', 'esp32'])('the echo of an %s', (chip) => {
  test('answers as before when WiFi was away, and holds no more than before', () => {
    const { bench, caller } = echoBench(chip);
    answers(bench, caller).hangUp();
    bench.pass(minuteMs);
    const before = bench.kit.board.counts();
    for (let i = 0; i < 3; i++) {
      answers(bench, caller);
      bench.world.home.on = false;
      bench.pass(2 * minuteMs);
      bench.world.home.on = true;
      bench.untilOnline();
      // A client that was lost with the network is let go.
      bench.pass(2 * minuteMs);
      answers(bench, caller).hangUp();
      bench.pass(minuteMs);
    }
    expect(bench.kit.board.counts()).toEqual(before);
    expect(bench.boots).toBe(1);
  });

  test('holds but little for a client that takes no answers, goes on over UDP, and takes the next client', () => {
    const { bench, caller } = echoBench(chip);
    const call = answers(bench, caller);
    const stream = bench.world.network.streams.at(-1)!;
    const before = stream.delivered.fromBoard;
    call.write(Array.from({ length: 200 }, (_, i) => request(i, 100)).join(''));
    bench.until('the questions to arrive', () => stream.delivered.toBoard > 20_000, 1000, 1);
    stream.stalled = true;
    bench.pass(5000);
    const answered = caller.datagrams.length;
    caller.send(request(1, 100));
    bench.until('an answer over UDP', () => caller.datagrams.length > answered, 500);
    stream.stalled = false;
    bench.pass(5000);
    // The first came through, and what the chip had under way comes on top.
    expect(stream.delivered.fromBoard - before).toBeLessThan(2000 + tcpHabits[chip].window);
    expect(call.over).toBe(false);
    call.hangUp();
    bench.pass(1000);
    answers(bench, caller).hangUp();
  });

  test('is closed in safe mode', () => {
    const { bench, caller } = echoBench(chip);
    const status = (): string | undefined => bench.world.broker.retained.get(bench.topic('status'))?.payload;
    for (let i = 0; i < 6; i++) {
      bench.kit.board.reset('exception');
      bench.pass(3000);
    }
    bench.until('safe mode', () => status() === 'safe-mode', 2 * minuteMs);
    bench.pass(openMs);
    const before = caller.datagrams.length;
    caller.send(request(1, 100));
    bench.pass(1000);
    expect(caller.connect().over).toBe(true);
    expect(caller.datagrams).toHaveLength(before);
  });
});
