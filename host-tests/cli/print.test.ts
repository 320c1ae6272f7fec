import { expect, test } from 'vitest';
import { tableLines } from '../../cli/network/print';
import { columnsOf } from '../../cli/view/text';

const head = ['network', 'signal', 'access point'];
const rows = [
  ['교실', '-58 dBm', '60:22:32:aa:bb:cc'],
  ['☕ Café', '-60 dBm', '60:22:32:aa:bb:cd'],
  ['🏫학교 와이파이', '-71 dBm', '60:22:32:aa:bb:ce'],
];

test('columns stand below each other, also where a character takes two of them or none', () => {
  const [first, ...others] = tableLines(head, rows, 80, 0);
  expect(first).toMatch(/^(\x1b\[1m)?network {10}signal {3}access point/);
  expect(others).toEqual([
    '교실             -58 dBm  60:22:32:aa:bb:cc',
    '☕ Café          -60 dBm  60:22:32:aa:bb:cd',
    '🏫학교 와이파이  -71 dBm  60:22:32:aa:bb:ce',
  ]);
  expect(new Set(others.map((line) => columnsOf(line.slice(0, line.indexOf('-')))))).toEqual(new Set([17]));
});

test('what can be spared is left out where the terminal is too narrow for it', () => {
  expect(tableLines([], rows, 43, 1)).toEqual(tableLines([], rows, 80, 1));
  expect(tableLines([], rows, 42, 1)).toEqual([
    '교실             -58 dBm',
    '☕ Café          -60 dBm',
    '🏫학교 와이파이  -71 dBm',
  ]);
});
