import { expect, test } from 'vitest';
import { uploadBytes, uploadScript, writtenBytes } from '../../../cli/flash/upload-script';
import type { BoardSlot, SlotName } from '../../../cli/board-console';
import { ensureSameBoard, type BoardFacts } from '../../../cli/flash/board-facts';
import { chooseKit } from '../../../cli/flash/choose-kit';
import { FlashError } from '../../../cli/flash/flash-error';
import { parseFlashOptions } from '../../../cli/flash/flash-options';
import { filesOf, makePlan } from '../../../cli/flash/plan';
import { crcOf, plainFile, slotOf } from '../../../cli/flash/stored-file';
import { Progress } from '../../../cli/flash/progress';
import { usualSettings } from '../../support/kit-image';

const wanted = { firmware: 'firmware', loader: 'loader', kitJson: '{"kit":2}' };

function slot(name: SlotName, text: string, sequence: number, changes: Partial<BoardSlot> = {}): BoardSlot {
  const header = { sequence, length: text.length, crc: crcOf(text) };
  return { name, header, intact: true, abandoned: false, ...changes };
}

function empty(name: SlotName): BoardSlot {
  return { name, intact: false, abandoned: false };
}

function facts(changes: Partial<BoardFacts> = {}): BoardFacts {
  return {
    version: '2v29',
    build: 'ESP8266_4MB',
    mac: '5c:cf:7f:01:02:03',
    freeBytes: 100_000,
    storageBytes: 196_608,
    fw: [empty('fw0'), empty('fw1')],
    kit: [empty('kit0'), empty('kit1')],
    kitNumber: undefined,
    loader: undefined,
    ...changes,
  };
}

function failure(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FlashError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'none';
}

test('an empty board gets all of it, in the first slots', () => {
  const plan = makePlan(facts(), wanted, true);
  expect(filesOf(plan).map(({ name, head }) => `${name} ${head.slice(0, 8)}`)).toEqual([
    'fw0 00000001',
    'kit0 00000001',
    'loader ',
  ]);
  expect(plan.erase).toBe(false);
});

test('what differs goes into the slot that is not booted, with the next sequence number', () => {
  const on = facts({
    fw: [slot('fw0', 'older', 6), slot('fw1', 'old', 7)],
    kit: [slot('kit0', wanted.kitJson, 3), slot('kit1', 'old', 2)],
    loader: { bytes: 6, crc: crcOf('loader') },
  });
  const plan = makePlan(on, wanted, true);
  expect(plan).toMatchObject({ firmware: { name: 'fw0' }, kit: undefined, loader: undefined });
  expect(plan.firmware!.head.slice(0, 8)).toBe('00000008');
});

test('where the newest firmware has crashed and was abandoned, its slot is the idle one', () => {
  const on = facts({ fw: [slot('fw0', 'runs', 4), slot('fw1', 'firmware', 5, { abandoned: true })] });
  const { firmware } = makePlan(on, wanted, true);
  expect(firmware).toMatchObject({ name: 'fw1' });
  expect(firmware!.head.slice(0, 8)).toBe('00000006');
});

test('a slot with the right header and a wrong body is not taken for what is wanted', () => {
  const on = facts({ fw: [slot('fw0', 'firmware', 1, { intact: false }), empty('fw1')] });
  expect(makePlan(on, wanted, true).firmware).toMatchObject({ name: 'fw0' });
});

test('--config-only plans nothing but the configuration', () => {
  expect(filesOf(makePlan(facts(), { kitJson: '{}' }, true)).map(({ name }) => name)).toEqual(['kit0']);
});

test('a flash full of replaced files is erased over USB, and never over WiFi', () => {
  const full = facts({ freeBytes: 200, fw: [slot('fw0', 'old', 8), slot('fw1', 'older', 7)] });
  const plan = makePlan(full, wanted, true);
  expect(plan.erase).toBe(true);
  expect(filesOf(plan).map(({ name, head }) => `${name} ${head.slice(0, 8)}`)).toEqual([
    'fw0 00000001',
    'kit0 00000001',
    'loader ',
  ]);
  expect(failure(() => makePlan(full, wanted, false))).toMatch(
    /^no-room: not enough flash: \d+ bytes are needed and 200 are free\. .* over USB/,
  );
  expect(failure(() => makePlan(full, { kitJson: '{}' }, true))).toMatch(/^no-room: .*without --config-only/);
});

test('what does not even fit into an empty flash is refused', () => {
  const huge = { ...wanted, firmware: 'x'.repeat(200_000) };
  expect(failure(() => makePlan(facts(), huge, true))).toMatch(
    /^no-room: not enough flash: 20\d{4} bytes are needed/,
  );
});

test('the script writes each byte once, leaves the states of a slot unwritten, and tells how far it is', () => {
  const text = 'a"\\\n'.repeat(300);
  const files = [slotOf('fw1', text, 0x2a), plainFile('loader', '1;')];
  const lines = uploadScript(files).split('\n');
  const head = `0000002a000004b0${crcOf(text).toString(16).padStart(8, '0')}`;
  expect(lines.slice(0, 2)).toEqual([
    'require("Storage").erase("fw1");',
    `require("Storage").write("fw1","${head}",0,1232);print("wrote 24");`,
  ]);
  const writes = lines.flatMap((line) => {
    const [, name, data, at, size] =
      /^require\("Storage"\)\.write\("(\w+)",(".*"),(\d+)(?:,(\d+))?\);/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, data: JSON.parse(data!) as string, at: Number(at), size }];
  });
  expect(writes.map(({ name, data, at, size }) => [name, at, data.length, size])).toEqual([
    ['fw1', 0, 24, '1232'],
    ['fw1', 32, 512, undefined],
    ['fw1', 544, 512, undefined],
    ['fw1', 1056, 176, undefined],
    ['loader', 0, 2, '2'],
  ]);
  expect(
    writes
      .slice(1, 4)
      .map(({ data }) => data)
      .join(''),
  ).toBe(text);
  const told = lines.map((line) => /print\("(.*)"\)/.exec(line)?.[1]).filter((mark) => mark !== undefined);
  expect(writtenBytes(`>${told.at(-1)}`)).toBe(uploadBytes(files));
  expect(writtenBytes('link: online as kit_2')).toBeUndefined();
});

test('no upload is as short as those that hang in the tool, and none has a byte that is not ASCII', () => {
  expect(uploadScript([plainFile('a', '1')]).length).toBeGreaterThanOrEqual(1024);
  expect(() => uploadScript([plainFile('a', '°')])).toThrow(RangeError);
});

test('a board becomes the kit asked for, that with its MAC, the one it is, or the only one', () => {
  const kits = [
    usualSettings('esp8266', { kit: 2 }),
    usualSettings('esp8266', { kit: 3, mac: 'aa:00:00:00:00:03' }),
  ];
  const choose = (mac: string, kitNumber?: number, wanted?: number) =>
    chooseKit(kits, { mac, kitNumber }, wanted, 'COM3').kit;
  expect(choose('aa:00:00:00:00:03', 2)).toBe(3);
  expect(choose('aa:00:00:00:00:03', 2, 2)).toBe(2);
  expect(choose('aa:00:00:00:00:04', 2)).toBe(2);
  expect(failure(() => choose('aa:00:00:00:00:04'))).toBe(
    'which-kit: which kit is the board at COM3 to be? kit.config.ts lists 2, 3: say --kit 2',
  );
  expect(failure(() => choose('', undefined, 9))).toBe(
    'which-kit: --kit: expected one of the kits of kit.config.ts, 2, 3, got 9',
  );
  expect(chooseKit([kits[0]!], { mac: '', kitNumber: 8 }, undefined, 'COM3').kit).toBe(2);
});

test('a kit is not written to the board of another', () => {
  const check = (changes: Partial<BoardFacts>, mac?: string) =>
    failure(() =>
      ensureSameBoard('COM3', facts(changes), usualSettings('esp8266', mac === undefined ? {} : { mac })),
    );
  expect(check({})).toBe('none');
  expect(check({ build: 'ESP32' })).toBe(
    "wrong-board: the board at COM3 is one for board: 'esp32', and kit.config.ts says 'nodemcu' for kit 2",
  );
  expect(check({}, 'aa:00:00:00:00:03')).toBe(
    "wrong-board: the board at COM3 is 5c:cf:7f:01:02:03, and kit.config.ts says mac: 'aa:00:00:00:00:03' for kit 2",
  );
});

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
