/** What stands on the OLED: rows at y = 0, 8, 32, 40 and 56, and only what changed is drawn. */
import type { KitState } from '../shared/kit';
import { Phase } from '../shared/link';
import { tenths } from '../shared/messages';
import { drawText, startOled } from './oled';

const enum Screen {
  Idle,
  Running,
  Absent,
}

/** Stands for a value that could not be read, since NaN differs from itself. */
const unread = 9999;

let screen = Screen.Idle;
let told = 0;
/** What is shown: tenths, and a number for each status line. */
let temperature: number;
let humidity: number;
let status: number;

/** Draws, after starting the display at this I2C address if need be; a kit runs without one, too. */
export function draw(address: number, kit: KitState, phase: Phase): void {
  if (screen === Screen.Absent) return;
  try {
    if (screen === Screen.Idle) {
      startOled(address);
      temperature = humidity = status = -unread;
      screen = Screen.Running;
    }
    const temperatureNow = isNaN(kit.temperature) ? unread : kit.temperature;
    const humidityNow = isNaN(kit.humidity) ? unread : kit.humidity;
    const remainingS = Math.ceil(kit.lampMs / 1000);
    const statusNow = remainingS * 10 + phase;
    if (temperature !== temperatureNow) drawText(1, tenths(kit.temperature, '') + '^C', 2);
    if (humidity !== humidityNow) drawText(5, tenths(kit.humidity, '') + '%', 2);
    if (status !== statusNow) {
      let text = phase < Phase.Online ? 'broker...   ' : 'online      ';
      if (phase < Phase.Resolve) text = phase ? 'WiFi...     ' : 'offline     ';
      if (kit.safe) text = 'safe mode';
      if (remainingS) text += 'lamp ' + remainingS + ' s';
      drawText(7, text, 1);
    }
    temperature = temperatureNow;
    humidity = humidityNow;
    status = statusNow;
  } catch {
    screen = Screen.Absent;
    if (!told) print('OLED: no answer at address ' + address);
    told = 1;
  }
}

/** Looks again for a display that did not answer. */
export function retry(): void {
  if (screen === Screen.Absent) screen = Screen.Idle;
}
