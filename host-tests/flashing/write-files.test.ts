import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FlashError } from '../../flashing/flash-error';
import { writeFiles } from '../../flashing/write-files';
import { plainFile, slotOf, type StoredFile } from '../../flashing/stored-file';
import { createStorage, Flash } from '../../simulator';
import { wiredBoard } from './console/wire';
import { network } from './slot-board';

const text =
  Array.from({ length: 1500 }, (_, at) => String.fromCharCode((at * 7) & 0xff)).join('') + '`${x}`';
const files = [slotOf('fw1', text, 7), plainFile('loader', 'print("loader")')];
const bytes = 24 + text.length + 'print("loader")'.length;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Upload {
  flash: Flash;
  error: unknown;
  /** What was acknowledged, in its order. */
  acknowledged: number[];
  /** How many lines with a write in them reached the board. */
  writes: number;
}

/** Writes the files over a wire that does this to the lines that are typed; what it returns is what arrives. */
async function upload(
  change: (line: string, write: number) => string,
  from: StoredFile[] = files,
): Promise<Upload> {
  const flash = new Flash();
  const { console, wire } = wiredBoard('esp8266', { flash, network });
  const type = wire.write.bind(wire);
  const seen = { writes: 0, error: undefined as unknown, acknowledged: [] as number[] };
  wire.write = (line) => {
    const isWrite = line.includes('.write(');
    if (isWrite) seen.writes++;
    const arrived = isWrite ? change(line, seen.writes) : line;
    if (arrived !== '') type(arrived);
  };
  const done = writeFiles(console, from, {
    onWritten: (count) => seen.acknowledged.push(count),
    signal: new AbortController().signal,
  }).catch((error: unknown) => (seen.error = error));
  await vi.advanceTimersByTimeAsync(60_000);
  await done;
  return { flash, ...seen };
}

function holdsAll({ flash, error, acknowledged }: Upload): void {
  expect(error).toBeUndefined();
  expect(acknowledged).toEqual([24, 536, 1048, 24 + text.length, bytes]);
  expect(createStorage(flash).read('fw1')?.slice(32)).toBe(text);
  expect(createStorage(flash).read('loader')).toBe('print("loader")');
}

test('each piece is acknowledged, and the files lie there byte for byte', async () => {
  const done = await upload((line) => line);
  holdsAll(done);
  expect(done.writes).toBe(5);
});

test('a line that is lost, or garbled so that the board does not understand it, is typed again', async () => {
  holdsAll(await upload((line, write) => (write === 2 ? '' : line)));
  holdsAll(await upload((line, write) => (write === 3 ? line.replace('Storage', 'Stor ge') : line)));
});

test('a write whose answer is lost is not written again', async () => {
  const done = await upload((line, write) => (write === 2 ? line.replace('print("<"', 'void("<"') : line));
  holdsAll(done);
  expect(done.writes).toBe(5);
});

test.each([
  ['changed', (line: string) => line.replace('lamp', 'damp')],
  ['lost', (line: string) => line.replace('lamp', 'lam')],
])('a byte that was %s on its way is found, and nothing after it is written', async (_what, change) => {
  const file = plainFile('loader', 'lamp(1);'.repeat(200));
  const { error, acknowledged, writes } = await upload(
    (line, write) => (write === 2 ? change(line) : line),
    [file],
  );
  expect(error).toBeInstanceOf(FlashError);
  expect(String(error)).toMatch(
    /the upload to \S+ failed: the board holds something else than bytes 512 to 1023 of loader$/,
  );
  expect(acknowledged).toEqual([512]);
  expect(writes).toBe(2);
});

test('a board that never answers a piece ends the upload in its time', async () => {
  const { error, writes } = await upload((line, write) => (write > 2 ? '' : line));
  expect(String(error)).toMatch(/: the board did not get bytes 544 to 1055 of fw1$/);
  expect(writes).toBe(5);
});
