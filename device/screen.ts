/** What stands on the OLED: rows at y = 0, 8, 32, 40 and 56, and only what changed is drawn. */
import { remainingS, type KitState } from '../shared/kit';
import { Phase } from '../shared/link';
import { tenths } from '../shared/messages';
import { drawText, startOled } from './oled';

const enum Screen {
  Idle,
  Running,
  Absent,
}

let screen = Screen.Idle;
let told = 0;
/** The text that each page shows. */
let rows: string[] = [];

/** Draws, after starting the display at this I2C address if need be; a kit runs without one, too. */
export function draw(address: number, kit: KitState, phase: Phase): void {
  if (screen === Screen.Absent) return;
  try {
    if (screen === Screen.Idle) {
      startOled(address);
      rows = [];
      screen = Screen.Running;
    }
    const temperature = tenths(kit.temperature, '') + '^C';
    const humidity = tenths(kit.humidity, '') + '%';
    show(address, 1, temperature, 2);
    show(address, 5, humidity, 2);
    let status = 'online';
    if (phase < Phase.Online) status = 'broker...';
    if (phase < Phase.Resolve) status = 'WiFi...';
    if (phase === Phase.Pause) status = 'offline';
    status = status.padEnd(12, ' ');
    if (kit.lampMs > 0) status += 'lamp ' + remainingS(kit) + ' s';
    show(address, 7, status, 1);
  } catch {
    screen = Screen.Absent;
    if (!told) console.log('OLED: no answer at address ' + address);
    told = 1;
  }
}

/** Looks again for a display that did not answer. */
export function retry(): void {
  if (screen === Screen.Absent) screen = Screen.Idle;
}

function show(address: number, page: number, text: string, scale: number): void {
  if (rows[page] === text) return;
  drawText(address, page, text, scale);
  rows[page] = text;
}
