import { expect, test } from 'vitest';
import { readFacts } from '../../flashing/board-facts';
import { BoardError } from '../../flashing/console';
import { consoleOn, Wire, wiredBoard } from './console/wire';
import { network } from './slot-board';

/** Why an Espruino is refused that says this of itself. */
async function refusal(build: string, version: string): Promise<string> {
  const wire = new Wire((line) => {
    const [, number] = /<(\d+)=/.exec(line)!;
    wire.say(`<<${number}=${JSON.stringify([build, version])}>>\r\n`);
  });
  const error = await readFacts(consoleOn(wire)).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(BoardError);
  return `${(error as BoardError).kind}: ${(error as BoardError).message}`;
}

test.each([
  ['ESP8266_4MB', '2v28', 'Espruino 2v28: expected 2v29 or later'],
  ['ESP32', '1v99.17', 'Espruino 1v99.17: expected 2v29 or later'],
  ['ESP8266_BOARD', '2v29', "Espruino's build ESP8266_BOARD: expected ESP8266_4MB or ESP32"],
  ['ESP32C3_IDF4', '2v29', "Espruino's build ESP32C3_IDF4: expected ESP8266_4MB or ESP32"],
])('an Espruino %s of version %s is refused before anything is written', async (build, version, why) => {
  expect(await refusal(build, version)).toBe(`not-espruino: the board at /dev/ttyUSB0 runs ${why}`);
});

test('what lies in a board’s Storage is listed', async () => {
  const { console, run } = wiredBoard('esp8266', { network });
  run('require("Storage").write("mine","x")');
  expect(await readFacts(console)).toMatchObject({ version: '2v29', build: 'ESP8266_4MB', files: ['mine'] });
});
