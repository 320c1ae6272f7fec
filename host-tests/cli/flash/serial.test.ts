import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Flash, RealClock, VirtualBoard } from '../../../simulator';
import { Console } from '../../../simulator/console';
import { HostNetwork } from '../../../simulator/network';
import { usualSettings } from '../../support/kit-image';
import { SerialCable } from '../board-console/serial-cable';
import { flashWith } from './console-board';

/** Says what a firmware says that has come online. */
const firmware =
  'console.log("Lamplighter 9.9.9, boot "+BOOT+", board 5c:cf:7f:00:00:02");' +
  'console.log("link: online as kit_"+JSON.parse(require("Storage").read(KIT,32)).kit+", 10.0.0.2");';

let cable: SerialCable;
let board: VirtualBoard;
let flash: Flash;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-flash-'));
  cable = await SerialCable.plugIn();
  flash = new Flash();
  const { pins } = usualSettings('esp8266');
  board = new VirtualBoard({
    chip: 'esp8266',
    clock: new RealClock(),
    flash,
    network: new HostNetwork(),
    mac: '5c:cf:7f:00:00:02',
    wiring: { ...pins, oled: 60 },
    print: (line) => screen.print(line),
  });
  const screen = new Console(board, (bytes) => cable.send(bytes));
  cable.onBytes = (bytes) => screen.receive(bytes);
  board.powerOn();
});

afterEach(() => {
  board.powerOff();
  cable.unplug();
  rmSync(folder, { recursive: true });
});

test('a board on a serial port is flashed, and its lamp is off from the first moment on', async () => {
  const first = flashWith(cable.path, usualSettings('esp8266'), folder, { firmware });
  expect(await first.ended).toBeUndefined();
  expect(first.text()).toMatch(/\n {2}Lamplighter 9\.9\.9, boot 1, [\s\S]*verified, kit 2 is online\n$/);

  // A firmware that has lit the lamp, and says something every 100 ms.
  board.evaluate('digitalWrite(2,0);digitalWrite(16,1);setInterval(function(){console.log("busy")},100)');
  expect([board.relay.level, board.led.level]).toEqual([0, 1]);
  let written = false;
  const levels = new Set<unknown>();
  const second = flashWith(cable.path, usualSettings('esp8266', { kit: 3 }), folder, {
    firmware: `${firmware}//`,
    onText: () => {
      if (!/% written/.test(second.text())) return;
      written = true;
      levels.add(board.relay.level);
    },
  });
  expect(await second.ended).toBeUndefined();
  expect(second.text()).toMatch(/into fw1\n[\s\S]*verified, kit 3 is online\n$/);
  expect(written).toBe(true);
  expect(levels).not.toContain(0);
});
