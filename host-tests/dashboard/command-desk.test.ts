import { expect, test } from 'vitest';
import { CommandDesk, answerMs } from '../../dashboard/live/command-desk';
import type { LiveRequest } from '../../shared/live';

/** A desk whose time and connection are the test's. */
function newDesk(connected = true) {
  const sent: LiveRequest[] = [];
  const timers = new Map<number, () => void>();
  let nowMs = 0;
  let count = 0;
  const desk = new CommandDesk(
    (request) => {
      if (connected) sent.push(request);
      return connected;
    },
    () => nowMs,
    (ms, call) => {
      const id = ++count;
      timers.set(nowMs + ms + id / 1000, call);
      return { cancel: () => timers.delete([...timers].find(([, other]) => other === call)?.[0] ?? -1) };
    },
  );
  const pass = (ms: number) => {
    nowMs += ms;
    for (const [atMs, call] of [...timers]) if (atMs <= nowMs + 1 && timers.delete(atMs)) call();
  };
  return { desk, sent, pass, timers };
}

test('a button is pending until its answer, and tells how long that took', () => {
  const { desk, sent, pass } = newDesk();
  desk.press(2, 'LED/ON');
  expect(sent).toEqual([{ type: 'command', id: 1, kit: 2, command: 'LED/ON' }]);
  expect(desk.state(2, 'LED/ON')).toEqual({ phase: 'pending' });
  pass(40);
  desk.answer(1, { outcome: 'ok', led: 'ON' });
  expect(desk.state(2, 'LED/ON')).toEqual({
    phase: 'answered',
    answer: { outcome: 'ok', led: 'ON' },
    tookMs: 40,
  });
});

test('several are under way at once, and each gets its own answer', () => {
  const { desk } = newDesk();
  desk.press(2, 'dht22');
  desk.press(2, 'cds');
  desk.press(3, 'cds');
  desk.answer(3, { outcome: 'refused', error: 'no' });
  desk.answer(2, { outcome: 'ok', text: 'Light intensity is 5' });
  expect(desk.state(2, 'dht22')).toEqual({ phase: 'pending' });
  expect(desk.state(2, 'cds')).toMatchObject({ answer: { outcome: 'ok' } });
  expect(desk.state(3, 'cds')).toMatchObject({ answer: { outcome: 'refused' } });
});

test('a second press while the first is pending sends nothing', () => {
  const { desk, sent } = newDesk();
  desk.press(2, 'USBLED');
  desk.press(2, 'USBLED');
  expect(sent).toHaveLength(1);
  desk.answer(1, { outcome: 'no answer' });
  desk.press(2, 'USBLED');
  expect(sent).toHaveLength(2);
});

test('a gateway that says nothing either counts as no answer', () => {
  const { desk, pass, timers } = newDesk();
  desk.press(2, 'led');
  pass(answerMs - 1);
  expect(desk.state(2, 'led')).toEqual({ phase: 'pending' });
  pass(2);
  expect(desk.state(2, 'led')).toMatchObject({ phase: 'answered', answer: { outcome: 'no answer' } });
  expect(timers.size).toBe(0);
});

test('an answer that comes after that changes nothing', () => {
  const { desk, pass } = newDesk();
  desk.press(2, 'led');
  pass(answerMs + 2);
  desk.answer(1, { outcome: 'ok', led: 'ON' });
  expect(desk.state(2, 'led')).toMatchObject({ answer: { outcome: 'no answer' } });
});

test('a connection that is lost leaves open whether the command was carried out', () => {
  const { desk, timers } = newDesk();
  desk.press(2, 'led');
  desk.lose();
  expect(desk.state(2, 'led')).toEqual({ phase: 'lost' });
  expect(timers.size).toBe(0);
});

test('without a connection nothing is sent, and that is said', () => {
  const { desk } = newDesk(false);
  desk.press(2, 'led');
  expect(desk.state(2, 'led')).toEqual({ phase: 'unsent' });
});

test('the newest of a group is the one that was pressed last', () => {
  const { desk } = newDesk();
  desk.press(2, 'LED/ON');
  desk.press(2, 'cds');
  desk.press(2, 'LED/OFF');
  expect(desk.newest(2, ['led', 'LED/ON', 'LED/OFF'])?.command).toBe('LED/OFF');
  expect(desk.newest(3, ['led'])).toBeUndefined();
});
