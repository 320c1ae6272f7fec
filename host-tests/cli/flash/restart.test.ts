import { expect, test } from 'vitest';
import { FlashError } from '../../../flashing';
import { restartAndAwait } from '../../../cli/flash/restart';
import { usualSettings } from '../../support/kit-image';
import { consoleOn, Wire } from '../../flashing/console/wire';

const greeting = 'Lamplighter 0.1.0, boot 4, board 5c:cf:7f:01:02:03\r\n';

/** What comes of a restart after which the board says these lines. */
async function outcome(
  said: string,
  timeoutMs = 30,
): Promise<{ error: unknown; typed: string; shown: string[] }> {
  const wire = new Wire((bytes) => bytes.includes('E.reboot()') && wire.say(said));
  const shown: string[] = [];
  const error = await restartAndAwait(consoleOn(wire), {
    settings: usualSettings('esp8266'),
    timeoutMs,
    onLine: (line) => shown.push(line),
    signal: new AbortController().signal,
  }).then(
    () => 'online',
    (error: unknown) => (error instanceof FlashError ? `${error.kind}: ${error.message}` : error),
  );
  return { error, typed: wire.typed, shown };
}

const flashed = 'not-online: kit 2 was flashed and verified, but';

test('the boot is marked as one that went well before the restart, and online is what the kit itself says', async () => {
  const online = 'link: online as kit_2, 192.168.0.42\r\n';
  const { error, typed, shown } = await outcome(greeting + online, 30_000);
  expect(error).toBe('online');
  expect(typed).toMatch(
    /\x10try\{GOOD&&require\("Storage"\)\.write\("boots"\+\(GOOD&1\),"1",GOOD>>1\)\}catch\(e\)\{\}E\.reboot\(\)\n$/,
  );
  expect(shown).toEqual([greeting.trim(), online.trim()]);
});

test.each([
  ['nothing', '', 'has not greeted within 0.03 s; npm run rescue gets hold of a board that does not start'],
  ['its greeting alone', greeting, 'is not online after 0.03 s: is its WiFi network there?'],
  [
    'why it has no link',
    `${greeting}link: no broker; next attempt in 2 s\r\n`,
    'is not online after 0.03 s; it says "link: no broker; next attempt in 2 s"',
  ],
  [
    'that it went back to the firmware before',
    `Lamplighter: fw1 keeps crashing, now fw0\r\n${greeting}link: online as kit_2, 10.0.0.2\r\n`,
    'crashes or does not start: "Lamplighter: fw1 keeps crashing, now fw0"',
  ],
  [
    'that it is in safe mode',
    `${greeting.trim()}, safe mode\r\nlink: online as kit_2, 10.0.0.2\r\n`,
    `crashes or does not start: "${greeting.trim()}, safe mode"`,
  ],
  [
    'that another kit is online',
    `${greeting}link: online as kit_23, 10.0.0.2\r\n`,
    'is not online after 0.03 s; it says "link: online as kit_23, 10.0.0.2"',
  ],
])('a board that says %s is told as it is', async (_what, said, sentence) => {
  expect((await outcome(said)).error).toBe(`${flashed} ${sentence}`);
});

test('a kit that refuses its configuration is not waited for', async () => {
  const refusal = 'kit.json: lamp: expected 0 < darkBelow < brightFrom < 1024; the outputs stay off';
  const { error } = await outcome(`${greeting}${refusal}\r\n`, 30_000);
  expect(error).toBe(`${flashed} refuses its configuration: "${refusal}"`);
});
