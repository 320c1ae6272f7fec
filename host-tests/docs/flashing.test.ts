import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { type BoardFailure, type BoardSlot, exitCodeOf } from '../../cli/board-console';
import { flashExitCode } from '../../cli/flash/exit-code';
import type { FlashFailure } from '../../flashing';
import { findingLines } from '../../cli/doctor/report';
import { subjects } from '../../cli/doctor/finding';
import { scannedFinding } from '../../cli/doctor/radio';
import { remediesFor } from '../../cli/rescue/remedies';
import { readPage, tableOf } from './markdown';

const page = readPage('docs/flashing.md');
const shown = page.blocks.flatMap(({ lines }) => lines);

test('every exit code is in the table', () => {
  const failures: Record<BoardFailure, true> = {
    'bad-port': true,
    'no-port': true,
    'no-permission': true,
    busy: true,
    refused: true,
    silent: true,
    lost: true,
    'not-espruino': true,
    locked: true,
  };
  const flashFailures: Record<FlashFailure, true> = {
    'which-kit': true,
    'no-room': true,
    'upload-failed': true,
    'not-verified': true,
    'not-online': true,
    'wrong-board': true,
    'no-runtime': true,
    interrupted: true,
  };
  const codes = tableOf(page, 'code').map(([code]) => Number(code));
  const used = Object.keys(failures).map((failure) => exitCodeOf(failure as BoardFailure));
  const flashed = Object.keys(flashFailures).map((failure) => flashExitCode(failure as FlashFailure));
  expect(codes).toEqual([...new Set([0, 1, ...used, 9, ...flashed])].sort((one, other) => one - other));
});

test('every line that the doctor may print is in the table', () => {
  const rows = tableOf(page, 'line');
  const named = rows.flatMap(([cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
  expect(named.sort()).toEqual([...subjects].sort());
});

test('the doctor’s lines look as they do on the page', () => {
  const finding = scannedFinding(4, [{ ssid: 'classroom', dbm: undefined }]);
  expect(shown).toEqual(expect.arrayContaining(findingLines(finding).map(stripVTControlCharacters)));
});

test('the remedies are those of the page', () => {
  const slot = (name: BoardSlot['name'], sequence: number): BoardSlot => ({
    name,
    header: { sequence, length: 1, crc: 0 },
    intact: true,
    abandoned: false,
  });
  const remedies = remediesFor([slot('fw0', 1), slot('fw1', 2)]);
  const lines = remedies.map(({ name, what }, index) => `  ${index + 1}  ${what} (--${name})`);
  expect(shown).toEqual(expect.arrayContaining(lines));
  expect(shown).toContain(remedies[0]!.done);
});
