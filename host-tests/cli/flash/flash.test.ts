import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlashError } from '../../../flashing';
import { Broker } from '../../../gateway/broker';
import type { KitSettings } from '../../../shared/settings';
import { usualSettings } from '../../support/kit-image';
import { ConsoleBoard, flashWith } from './console-board';

const boards: ConsoleBoard[] = [];
let broker: Broker;
let folder: string;

beforeEach(async () => {
  broker = new Broker({ port: 0 });
  await broker.start();
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-flash-'));
});

afterEach(async () => {
  for (const board of boards.splice(0)) await board.cutPower();
  await broker.stop();
  // With what it held gone, nothing with a password in it was left behind.
  expect(readdirSync(folder).filter((name) => !name.startsWith('flash.bin'))).toEqual([]);
  rmSync(folder, { recursive: true });
});

async function startBoard(): Promise<ConsoleBoard> {
  const board = await ConsoleBoard.start(join(folder, 'flash.bin'));
  boards.push(board);
  return board;
}

function kit(changes: Partial<KitSettings> = {}): KitSettings {
  return usualSettings('esp8266', { broker: { host: '127.0.0.1', port: broker.port }, ...changes });
}

test('a new board is flashed, says who it is, and is online; what it holds already is not written again', async () => {
  const { port } = await startBoard();
  const first = flashWith(port, kit(), folder);
  expect(await first.ended).toBeUndefined();
  expect(first.text()).toMatch(
    new RegExp(
      [
        String.raw`^tcp://127\.0\.0\.1:\d+: Espruino 2v29 \(ESP8266_4MB\), 5c:cf:7f:00:00:02, 196,608 bytes of flash free, no firmware yet`,
        String.raw` {2}firmware: [\d,]+ bytes, into fw0`,
        String.raw` {2}kit\.json: \d+ bytes, into kit0`,
        String.raw` {2}loader: [\d,]+ bytes, as boot code`,
        String.raw` {2}25 % written`,
        String.raw` {2}50 % written`,
        String.raw` {2}75 % written`,
        String.raw` {2}100 % written`,
        String.raw` {2}verified: fw0 [\d,]+ bytes, kit0 \d+ bytes, loader [\d,]+ bytes`,
        String.raw` {2}Lamplighter \S+, boot 1, board 5c:cf:7f:00:00:02`,
        String.raw` {2}link: online as kit_2, 10\.0\.0\.2`,
        String.raw`flashed [\d,]+ bytes, verified, kit 2 is online`,
        '$',
      ].join('\n'),
    ),
  );

  const again = flashWith(port, kit(), folder);
  expect(await again.ended).toBeUndefined();
  expect(again.text()).toContain('runs fw0 as kit 2\n');
  expect(again.text()).toMatch(/\nnothing to write: the board is kit 2 as it is to be\n$/);

  const change = flashWith(port, kit({ telemetryMs: 20_000 }), folder, {
    firmware: undefined,
    loader: undefined,
  });
  expect(await change.ended).toBeUndefined();
  expect(change.text()).toMatch(/\n {2}kit\.json: \d+ bytes, into kit1\n/);
  expect(change.text()).toMatch(/, boot 2, [\s\S]*\nflashed \d+ bytes, verified, kit 2 is online\n$/);
});

test('a board that loses its power in the upload runs what it ran, and is flashed when it is back', async () => {
  let board = await startBoard();
  expect(await flashWith(board.port, kit(), folder).ended).toBeUndefined();

  const firmware = `console.log("not the firmware that is to run");${'//'.padEnd(100_000, 'x')}\n`;
  let cut: Promise<void> | undefined;
  const second = flashWith(board.port, kit({ kit: 3 }), folder, {
    firmware,
    onText: () => {
      if (/25 % written/.test(second.text())) cut ??= board.cutPower();
    },
  });
  const error = await second.ended;
  expect(error).toBeInstanceOf(FlashError);
  expect(error).toMatchObject({ kind: 'upload-failed' });
  expect(String(error)).toMatch(/the upload to tcp:\S+ failed: .*Espruino's tool/);
  expect(second.text()).toMatch(
    /press its reset button, or wait two minutes\n {2}the board boots what it booted before, .*\n$/,
  );
  await cut;

  board = await startBoard();
  await board.says(/^link: online as kit_2, /m);
  const third = flashWith(board.port, kit({ kit: 3 }), folder);
  expect(await third.ended).toBeUndefined();
  expect(third.text()).toMatch(/kit 3 is online\n$/);
});

test('Ctrl-C in the upload leaves a board that is restarted as it was', async () => {
  const board = await startBoard();
  expect(await flashWith(board.port, kit(), folder).ended).toBeUndefined();
  const second = flashWith(board.port, kit({ kit: 3 }), folder, {
    firmware: `console.log("no");${'//'.padEnd(100_000, 'x')}\n`,
    onText: () => {
      if (/25 % written/.test(second.text())) second.abort();
    },
  });
  expect(await second.ended).toMatchObject({ kind: 'interrupted' });
  await board.says(/, boot 2, [\s\S]*^link: online as kit_2, /m);
});

test('the password of the console is sent, and shown nowhere', async () => {
  const console = 'open sesame';
  const board = await startBoard();
  const first = flashWith(board.port, kit({ console }), folder);
  expect(await first.ended).toBeUndefined();

  expect(await flashWith(board.port, kit(), folder).ended).toMatchObject({ kind: 'locked' });
  const wrong = flashWith(board.port, kit(), folder, { password: 'open barley' });
  expect(await wrong.ended).toMatchObject({ kind: 'locked' });
  const right = flashWith(board.port, kit({ console, kit: 7 }), folder, { password: console });
  expect(await right.ended).toBeUndefined();
  expect(right.text()).toMatch(/kit 7 is online\n$/);
  for (const run of [first, wrong, right]) expect(run.text()).not.toContain(console);
});
