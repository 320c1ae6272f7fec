import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerMsMax, Commands, isKitCommand, kitCommands } from '../../gateway/commands';
import { expectedJson } from '../../shared/commands';
import type { Answer, KitCommand } from '../../shared/live';

let published: string[];
let connected: boolean;
let textKits: number[];
let commands: Commands;

beforeEach(() => {
  vi.useFakeTimers();
  published = [];
  connected = true;
  textKits = [];
  commands = new Commands({
    bus: {
      publish: (topic, payload) => {
        if (connected) published.push(`${topic} ${payload}`);
        return connected;
      },
    },
    textsOnly: (kit) => textKits.includes(kit),
  });
});

afterEach(() => vi.useRealTimers());

/** The answer, or `waiting`. */
async function soFar(answer: Promise<Answer>): Promise<Answer | 'waiting'> {
  await Promise.resolve();
  return Promise.race([answer, Promise.resolve('waiting' as const)]);
}

describe('a command', () => {
  test('goes to its kit, and the kit’s result is the answer', async () => {
    const answer = commands.send(2, 'USBLED/ON');
    expect(published).toEqual(['iot/2 USBLED/ON']);
    expect(await soFar(answer)).toBe('waiting');
    commands.takeResult(2, { ok: true, command: 'USBLED/ON', lamp: 'ON', cause: 'command', remaining: 10 });
    expect(await answer).toEqual({ outcome: 'ok', lamp: 'ON', remaining: 10 });
    expect(commands.counters).toMatchObject({ sent: 1, answered: 1, pending: 0 });
  });

  test('for a reading has the text that came before the result', async () => {
    const answer = commands.send(2, 'dht22_t');
    commands.takeText(2, 'dht22_t', 'Temperature is 24.00', false);
    expect(await soFar(answer)).toBe('waiting');
    commands.takeResult(2, { ok: true, command: 'dht22_t' });
    expect(await answer).toEqual({ outcome: 'ok', text: 'Temperature is 24.00' });
  });

  test('that the kit refuses has its reason', async () => {
    const answer = commands.send(2, 'dht22');
    commands.takeText(2, 'dht22', 'Temperature is nan, and Humidity is nan', true);
    commands.takeResult(2, { ok: false, command: 'dht22', error: 'DHT22 did not answer' });
    expect(await answer).toEqual({ outcome: 'refused', error: 'DHT22 did not answer' });
  });

  test('without an answer says so after 4 s', async () => {
    const answer = commands.send(2, 'led');
    await vi.advanceTimersByTimeAsync(answerMsMax - 1);
    expect(await soFar(answer)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toEqual({ outcome: 'no answer' });
    expect(commands.counters).toMatchObject({ unanswered: 1, pending: 0 });
  });

  test('is not sent while the broker is away', async () => {
    connected = false;
    expect(await commands.send(2, 'led')).toEqual({
      outcome: 'refused',
      error: 'the broker cannot be reached: the command was not sent',
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    [0, 'led', 'kit: expected a number from 1 to 9999, got 0'],
    [10_000, 'led', 'kit: expected a number from 1 to 9999, got 10000'],
    [1.5, 'led', 'kit: expected a number from 1 to 9999, got 1.5'],
    [2, 'restart', `command: expected one of ${kitCommands.join(', ')}`],
  ])('%s %s is refused', async (kit, command, error) => {
    expect(await commands.send(kit, command as KitCommand)).toEqual({ outcome: 'refused', error });
    expect(published).toEqual([]);
  });

  test('is one of those that the firmware understands', () => {
    expect([...kitCommands].sort()).toEqual((JSON.parse(expectedJson('')) as string[]).sort());
    expect(isKitCommand('toString')).toBe(false);
    expect(isKitCommand(7)).toBe(false);
  });
});

describe('two who ask at once', () => {
  test('each get an answer, in the order in which they asked', async () => {
    const first = commands.send(2, 'USBLED');
    const second = commands.send(2, 'USBLED');
    commands.takeResult(2, { ok: true, command: 'USBLED', lamp: 'ON', remaining: 10 });
    expect(await soFar(second)).toBe('waiting');
    commands.takeResult(2, { ok: true, command: 'USBLED', lamp: 'OFF', remaining: 0 });
    expect(await first).toMatchObject({ lamp: 'ON' });
    expect(await second).toMatchObject({ lamp: 'OFF' });
  });

  test.each([
    ['with its result after it', ['text 1', 'result', 'text 2', 'result']],
    ['before either result', ['text 1', 'text 2', 'result', 'result']],
  ])('each get their text, %s', async (_title, said) => {
    const answers = [commands.send(2, 'cds'), commands.send(2, 'cds')];
    for (const word of said) {
      if (word === 'result') commands.takeResult(2, { ok: true, command: 'cds' });
      else commands.takeText(2, 'cds', word.replace('text', 'Light intensity is'), false);
    }
    expect(await Promise.all(answers)).toEqual([
      { outcome: 'ok', text: 'Light intensity is 1' },
      { outcome: 'ok', text: 'Light intensity is 2' },
    ]);
  });

  test('do not take the answer of another kit or to another command', async () => {
    const answer = commands.send(2, 'led');
    commands.takeResult(3, { ok: true, command: 'led', led: 'ON' });
    commands.takeResult(2, { ok: true, command: 'led/set toggle', led: 'ON' });
    commands.takeResult(2, { ok: true, event: 'reconnected' });
    commands.takeText(2, 'led', 'x', false);
    expect(await soFar(answer)).toBe('waiting');
  });
});

describe('a kit that knows only the texts', () => {
  test('answers with its text', async () => {
    textKits = [3];
    const answer = commands.send(3, 'dht22_h');
    commands.takeText(3, 'dht22_h', 'Humidity is 40.20', false);
    expect(await soFar(answer)).toEqual({ outcome: 'ok', text: 'Humidity is 40.20' });
  });

  test('that has not been heard of before is waited for half a second more', async () => {
    const answer = commands.send(3, 'cds');
    commands.takeText(3, 'cds', 'Light intensity is 512', false);
    await vi.advanceTimersByTimeAsync(499);
    expect(await soFar(answer)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toEqual({ outcome: 'ok', text: 'Light intensity is 512' });
  });

  test('says with nan that nothing could be read', async () => {
    textKits = [3];
    const answer = commands.send(3, 'dht22_t');
    commands.takeText(3, 'dht22_t', 'Temperature is nan', true);
    expect(await answer).toEqual({ outcome: 'refused', error: 'DHT22 did not answer' });
  });
});

describe('bounds', () => {
  test('the ninth command of a kit waits for no answer', async () => {
    for (let count = 0; count < 8; count++) void commands.send(2, 'led');
    expect(await commands.send(2, 'cds')).toEqual({
      outcome: 'refused',
      error: 'kit 2 has 8 commands to answer: wait for its answers',
    });
    expect(await soFar(commands.send(3, 'cds'))).toBe('waiting');
  });

  test('256 commands wait at once, and all come to an end', async () => {
    const answers = Array.from({ length: 256 }, (_, index) => commands.send(1 + (index >> 3), 'led'));
    expect(await commands.send(9999, 'led')).toMatchObject({ outcome: 'refused' });
    await vi.advanceTimersByTimeAsync(answerMsMax);
    expect(new Set((await Promise.all(answers)).map(({ outcome }) => outcome))).toEqual(
      new Set(['no answer']),
    );
    expect(commands.counters.pending).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an error of any length is cut', async () => {
    const answer = commands.send(2, 'led');
    commands.takeResult(2, { ok: false, command: 'led', error: 'x'.repeat(5000) });
    expect(await answer).toEqual({ outcome: 'refused', error: 'x'.repeat(200) });
  });

  test('what a kit answers with wrong types is left out', async () => {
    const answer = commands.send(2, 'USBLED');
    commands.takeResult(2, { ok: true, command: 'USBLED', lamp: 'red', remaining: 'x', led: {} });
    expect(await answer).toEqual({ outcome: 'ok' });
  });

  test('whoever waits when the gateway stops is told', async () => {
    const answer = commands.send(2, 'led');
    commands.stop();
    expect(await answer).toEqual({ outcome: 'refused', error: 'the gateway stops' });
    expect(vi.getTimerCount()).toBe(0);
  });
});
