import { expect, test } from 'vitest';
import { parseFlashOptions } from '../../../cli/flash/flash-options';
import { Progress } from '../../../cli/flash/progress';

test.each([
  [{}, { ports: [], kits: [], timeoutMs: 120_000 }],
  [
    { port: ['A', 'B'], kit: '2, 3', timeout: '30' },
    { ports: ['A', 'B'], kits: [2, 3], timeoutMs: 30_000 },
  ],
])('options %j', (raw, options) => {
  expect(parseFlashOptions(raw)).toMatchObject(options);
});

test.each([
  [{ port: ['A'], kit: '2,3' }, '--kit: expected as many numbers as boards (-p), 1, got 2,3'],
  [{ port: ['A', 'B'], kit: '2,2' }, '--kit: each board is a kit of its own, got 2,2'],
  [{ port: ['A', 'A'] }, '-p: A is named twice'],
  [{ kit: 'two' }, '--kit: expected a whole number from 1 to 9999, got "two"'],
  [{ timeout: '0' }, '--timeout: expected a whole number from 1 to 3600, got "0"'],
  [{ runtime: 'a.bin', port: ['tcp://10.0.0.2'] }, '--runtime: Espruino itself is written over USB only'],
])('options %j are refused', (raw, sentence) => {
  expect(() => parseFlashOptions(raw)).toThrow(sentence);
});

test('progress is a bar on a terminal and a line for every quarter elsewhere', () => {
  const written: string[] = [];
  const show = (isTTY: boolean) => {
    const progress = new Progress(1000, { isTTY, write: (text: string) => written.push(text) });
    for (const bytes of [100, 240, 260, 740, 1000]) progress.show(bytes);
    progress.end();
    return written.splice(0);
  };
  expect(show(false)).toEqual(['  25 % written\n', '  50 % written\n', '  100 % written\n']);
  expect(show(true).slice(-3)).toEqual([
    `\r  [${'#'.repeat(22)}........]  74 %`,
    `\r  [${'#'.repeat(30)}] 100 %`,
    '\n',
  ]);
});
