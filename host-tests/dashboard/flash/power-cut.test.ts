import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSerialTransport } from '../../../dashboard/flash/serial/web-serial-transport';
import { FlashError, flashOverConsole } from '../../../flashing';
import { BoardConsole } from '../../../flashing/console';
import { Flash, VirtualClock } from '../../../simulator';
import { bootLines, flashBoard, type FlashWay, kitThatSays, network } from '../../flashing/slot-board';
import { usualSettings } from '../../support/kit-image';
import { fakePage } from './fake-page';
import { FakeSerial } from './fake-port';
import { UsbBoard } from './usb-board';

beforeEach(() => void fakePage(new FakeSerial(new Error())));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** As the page does it, up to the restart. */
const byBrowser: FlashWay = async (flash, wanted) => {
  const { board, port } = new UsbBoard({ flash, network, clock: new VirtualClock() });
  const console = new BoardConsole('USB', await WebSerialTransport.open(port, () => Promise.resolve()));
  await console.greet(undefined, 1000);
  const started = new AbortController();
  const job = {
    settings: usualSettings('esp8266'),
    wanted,
    signal: started.signal,
    onlineMs: 1000,
    onPlan: () => {},
    onWritten: () => {},
    onLine: () => {},
    onStep: (step: string) => {
      // What a board writes as it starts is not the writer's.
      if (step !== 'start') return;
      flash.onWrite = undefined;
      board.powerOff();
      queueMicrotask(() => started.abort());
    },
  };
  await flashOverConsole(console, job).catch((error: unknown) => {
    if (!(error instanceof FlashError) || error.kind !== 'interrupted') throw error;
  });
  await console.close();
};

/** What the board boots after a power cut at each change of the flash, in order, without repetitions. */
function boots(states: Flash[]): string[] {
  const said = states.map((flash) => bootLines(flash).join(', '));
  return said.filter((boot, index) => boot !== said[index - 1]);
}

test('a power cut at any write of the browser’s leaves a board that boots what it booted, or the new one', async () => {
  const flash = new Flash();
  await flashBoard(flash, kitThatSays('A'), byBrowser);
  const states = await flashBoard(flash, kitThatSays('B'), byBrowser);
  expect(states.length).toBeGreaterThan(500);
  expect(boots(states)).toEqual([
    'loader A, firmware A, kit A',
    'loader B, firmware A, kit A',
    'loader B, firmware A, kit B',
    'loader B, firmware B, kit B',
  ]);
  // After a cut the board is flashed anew, whatever the cut has left.
  for (const at of [3, 40, 200, 450, states.length - 2]) {
    await flashBoard(states[at]!, kitThatSays('B'), byBrowser);
    expect(bootLines(states[at]!).join(', '), `cut before write ${at}`).toBe('loader B, firmware B, kit B');
  }
});
