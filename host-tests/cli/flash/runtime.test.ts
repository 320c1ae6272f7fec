import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FlashError } from '../../../flashing';
import { esptoolArguments, writeRuntime } from '../../../cli/flash/runtime';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-runtime-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An image of so many bytes, 0xFF but for these. */
function image(name: string, length: number, bytes: Record<number, number> = {}): string {
  const content = Buffer.alloc(length, 0xff);
  for (const [at, byte] of Object.entries(bytes)) content[Number(at)] = byte;
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const esp8266 = image('espruino_combined_4096.bin', 4_194_304, { 0: 0xe9 });
const esp32 = image('espruino_esp32_combined.bin', 0x20000, {
  0x1000: 0xe9,
  0x8000: 0xaa,
  0x8001: 0x50,
  0x10000: 0xe9,
});
const esp32Parts = join(folder, 'esp32');
mkdirSync(esp32Parts);
for (const name of ['bootloader.bin', 'partitions_espruino.bin', 'espruino_esp32.bin'])
  writeFileSync(join(esp32Parts, name), '');

test.each([
  [
    esp8266,
    `--chip esp8266 --port COM3 --baud 115200 write_flash --flash_freq 80m --flash_mode qio --flash_size 4MB-c1 0x0 ${esp8266}`,
  ],
  [
    esp32,
    `--chip esp32 --port COM3 --baud 115200 write_flash --flash_mode dio --flash_freq 40m --flash_size detect 0x0 ${esp32}`,
  ],
  [
    esp32Parts,
    '--chip esp32 --port COM3 --baud 115200 write_flash --flash_mode dio --flash_freq 40m --flash_size detect ' +
      `0x1000 ${join(esp32Parts, 'bootloader.bin')} 0x8000 ${join(esp32Parts, 'partitions_espruino.bin')} 0x10000 ${join(esp32Parts, 'espruino_esp32.bin')}`,
  ],
])('%s is told to esptool with its offsets', (path, args) => {
  expect(esptoolArguments(path, 'COM3').join(' ')).toBe(args);
});

test.each([
  [join(folder, 'none.bin'), 'there is no such file'],
  [folder, 'the folder lacks bootloader.bin, partitions_espruino.bin, espruino_esp32.bin'],
  [image('app.bin', 500_000, { 0: 0xe9 }), '500000 bytes that begin with 0xe9 are neither'],
  [image('other.bin', 4_194_304, { 0: 0x50 }), '4194304 bytes that begin with 0x50 are neither'],
  [image('empty.bin', 0), '0 bytes that begin with nothing are neither'],
])('%s is refused', (path, why) => {
  expect(() => esptoolArguments(path, 'COM3')).toThrow(
    `--runtime ${path}: ${why}. Expected Espruino's combined image`,
  );
});

test('esptool is looked for under both of its names, and has to succeed', async () => {
  const tried: string[] = [];
  const run = (answers: Record<string, number>) => (command: string) => {
    tried.push(command);
    return Promise.resolve(answers[command]);
  };
  const write = (answers: Record<string, number>) => writeRuntime(esp8266, 'COM3', () => {}, run(answers));
  await write({ 'esptool.py': 0 });
  expect(tried.splice(0)).toEqual(['esptool', 'esptool.py']);
  await write({ esptool: 0, 'esptool.py': 1 });
  expect(tried).toEqual(['esptool']);
  await expect(write({ esptool: 2 })).rejects.toThrow('esptool ended with 2: hold the board');
  await expect(write({})).rejects.toThrow('--runtime needs esptool, which is not installed');
  await expect(write({})).rejects.toBeInstanceOf(FlashError);
});
