import { expect, test } from 'vitest';
import { textFrame } from '../../../gateway/web/live-frame';

test.each([
  ['nothing', '', '8100'],
  ['one letter', 'a', '810161'],
  ['Korean, in bytes and not in letters', '온도', '8106ec98a8eb8f84'],
])('a frame of %s', (_name, text, bytes) => {
  expect(textFrame(text).toString('hex')).toBe(bytes);
});

test.each([
  [125, '817d'],
  [126, '817e007e'],
  [65_535, '817effff'],
  [65_536, '817f0000000000010000'],
])('a frame of %i bytes says its length', (length, head) => {
  const frame = textFrame('x'.repeat(length));
  expect(frame.toString('hex', 0, frame.length - length)).toBe(head);
});
