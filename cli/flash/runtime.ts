import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FlashError } from '../../flashing';

/** A program run to its end, its output on ours. Resolves with its exit code, undefined when there is no such program. */
export type RunProgram = (command: string, args: string[]) => Promise<number | undefined>;

const megabyte = 0x100000;
/** What every image of a program for these chips begins with. Source: Espressif, "Firmware Image Format" */
const imageMagic = 0xe9;
/** What an ESP8266's second loader begins with. */
const loaderMagic = 0xea;
/** Source: Espressif, "Partition Tables" */
const partitionsMagic = 0x50aa;

/** Of Espruino's ESP32 release, with where each lies. Source: Espruino make/targets/ESP32.make */
const esp32Parts: [offset: string, file: string][] = [
  ['0x1000', 'bootloader.bin'],
  ['0x8000', 'partitions_espruino.bin'],
  ['0x10000', 'espruino_esp32.bin'],
];

/**
 * What esptool is to be told to write an image: Espruino's combined one of 4 MB for the ESP8266, a combined one for the
 * ESP32, or the folder with the three files of its release. Throws a FlashError that says what the file looks like.
 */
export function esptoolArguments(image: string, port: string): string[] {
  const write = (chip: string, settings: string[], parts: string[]): string[] => [
    ...['--chip', chip, '--port', port, '--baud', '115200', 'write_flash'],
    ...settings,
    ...parts,
  ];
  // Source: Espruino make/family/ESP8266.make and make/targets/ESP32.make
  const esp8266 = ['--flash_freq', '80m', '--flash_mode', 'qio', '--flash_size', '4MB-c1'];
  const esp32 = ['--flash_mode', 'dio', '--flash_freq', '40m', '--flash_size', 'detect'];

  if (!existsSync(image)) throw wrong(image, 'there is no such file');
  if (statSync(image).isDirectory()) {
    const missing = esp32Parts.filter(([, file]) => !existsSync(join(image, file))).map(([, file]) => file);
    if (missing.length > 0) throw wrong(image, `the folder lacks ${missing.join(', ')}`);
    return write(
      'esp32',
      esp32,
      esp32Parts.flatMap(([offset, file]) => [offset, join(image, file)]),
    );
  }
  const bytes = readFileSync(image);
  const isImage = (at: number): boolean => bytes[at] === imageMagic;
  if (isImage(0x1000) && isImage(0x10000) && bytes.readUInt16LE(0x8000) === partitionsMagic) {
    return write('esp32', esp32, ['0x0', image]);
  }
  if (bytes.length === 4 * megabyte && (isImage(0) || bytes[0] === loaderMagic)) {
    return write('esp8266', esp8266, ['0x0', image]);
  }
  const first = bytes.length === 0 ? 'nothing' : `0x${bytes.toString('hex', 0, 1)}`;
  throw wrong(image, `${bytes.length} bytes that begin with ${first} are neither`);
}

/** Writes Espruino to the chip. Throws a FlashError. */
export async function writeRuntime(
  image: string,
  port: string,
  print: (line: string) => void,
  run: RunProgram = runProgram,
): Promise<void> {
  const args = esptoolArguments(image, port);
  for (const command of ['esptool', 'esptool.py']) {
    print(`  ${command} ${args.join(' ')}`);
    const code = await run(command, args);
    if (code === undefined) continue;
    if (code === 0) return;
    throw new FlashError(
      'no-runtime',
      `${command} ended with ${code}: hold the board's FLASH or BOOT button while it connects, and try again`,
    );
  }
  throw new FlashError(
    'no-runtime',
    '--runtime needs esptool, which is not installed: pip install esptool, or pipx install esptool',
  );
}

function wrong(image: string, why: string): FlashError {
  return new FlashError(
    'no-runtime',
    `--runtime ${image}: ${why}. Expected Espruino's combined image of 4 MB for the ESP8266 (its name ends in ` +
      '_combined_4096.bin), a combined image for the ESP32, or the folder of its ESP32 release with ' +
      esp32Parts.map(([, file]) => file).join(', '),
  );
}

function runProgram(command: string, args: string[]): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
