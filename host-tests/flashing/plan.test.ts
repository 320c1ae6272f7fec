import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import type { BoardSlot, SlotName } from '../../flashing/console';
import { ensureSameBoard, type BoardFacts } from '../../flashing/board-facts';
import { chooseKit } from '../../flashing/choose-kit';
import { FlashError } from '../../flashing/flash-error';
import { crc32 } from '../../flashing/crc32';
import { literal, writtenLength } from '../../flashing/pieces';
import { filesOf, isDone, makePlan } from '../../flashing/plan';
import { plainFile, slotOf } from '../../flashing/stored-file';
import { uploadScript, writtenBytes } from '../../flashing/upload-script';
import { usualSettings } from '../support/kit-image';

const wanted = { firmware: 'firmware', loader: 'loader', kitJson: '{"kit":2}' };

function slot(name: SlotName, text: string, sequence: number, changes: Partial<BoardSlot> = {}): BoardSlot {
  const header = { sequence, length: text.length, crc: crc32(text) };
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
    files: [],
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
    loader: { bytes: 6, crc: crc32('loader') },
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
    '.bootcde ',
  ]);
  expect(failure(() => makePlan(full, wanted, false))).toMatch(
    /^no-room: not enough flash: \d+ bytes are needed and 200 are free\. .* over USB/,
  );
  expect(failure(() => makePlan(full, { kitJson: '{}' }, true))).toMatch(/^no-room: .*without --config-only/);
});

test('a flash is not erased that holds files of somebody else', () => {
  const files = ['.bootcde', 'fw0', 'kit0', 'boots1', '.bootPowerOn', 'loader', 'fw0.bak', 'mine'];
  expect(failure(() => makePlan(facts({ freeBytes: 200, files }), wanted, true))).toMatch(
    /^no-room: not enough flash: .* files that are not Lamplighter's: fw0\.bak, mine\. .*erase\("fw0\.bak"\)/,
  );
  expect(makePlan(facts({ freeBytes: 200, files: files.slice(0, 6) }), wanted, true).erase).toBe(true);
});

test('what Espruino would start in place of the firmware is erased last, though nothing else is to be written', () => {
  const on = facts({
    fw: [slot('fw0', 'firmware', 1), empty('fw1')],
    kit: [slot('kit0', wanted.kitJson, 1), empty('kit1')],
    loader: { bytes: 6, crc: crc32('loader') },
  });
  expect(isDone(makePlan(on, wanted, true))).toBe(true);
  const plan = makePlan({ ...on, files: ['.bootrst', '.bootcde', 'mine', '.varimg'] }, wanted, true);
  expect([isDone(plan), plan.stale]).toEqual([false, ['.bootrst', '.varimg']]);
});

test('what a power cut has left of a change of the loader is erased by the next flashing', () => {
  const files = ['.bootcde', '.bootPowerOn', 'loader'];
  const there = facts({ files, loader: { bytes: 6, crc: crc32('loader') } });
  expect(makePlan(there, wanted, true).stale).toEqual(['.bootPowerOn', 'loader']);
  // Another change is about to write them anew.
  expect(makePlan(there, { ...wanted, loader: 'newer' }, true).stale).toEqual([]);
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
  const head = `0000002a000004b0${crc32(text).toString(16).padStart(8, '0')}`;
  expect(lines.slice(0, 2)).toEqual([
    'require("Storage").erase("fw1");',
    `require("Storage").write("fw1","${head}",0,1232);[clearTimeout(),setTimeout("E.reboot()",120000)];print("wrote 24");`,
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
  expect(writtenBytes(`>${told.at(-1)}`)).toBe(writtenLength(files));
  expect(writtenBytes('link: online as kit_2')).toBeUndefined();
});

test('no upload is as short as those that hang in the tool', () => {
  expect(uploadScript([plainFile('a', '1')]).length).toBeGreaterThanOrEqual(1024);
});

test('every byte is written as ASCII that means just this byte, and what is no byte is refused', () => {
  const bytes =
    Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('') + '`${x}` \\u0041 \\b';
  const text = literal(bytes);
  expect(text).toMatch(/^[ -~]+$/);
  expect(new Function(`return ${text}`)()).toBe(bytes);
  expect(() => uploadScript([plainFile('a', '\u2030')])).toThrow(RangeError);
});

test.each(['', 'a', '123456789', '\xff'.repeat(1000)])('the CRC-32 is that of everybody: %j', (bytes) => {
  expect(crc32(bytes)).toBe(zlib.crc32(Buffer.from(bytes, 'latin1')));
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
