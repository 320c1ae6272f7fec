import type { SystemOptions } from './system';

export interface Watchdog {
  enable(seconds: unknown, automatic: unknown): void;
  kick(): void;
}

/** ESP8266: the kit's own watchdog bites after about three seconds; Espruino neither sets nor feeds it. */
const softMs = 3_000;

/**
 * ESP32 restarts when nothing has kicked the watchdog for that long; the idle loop does so by itself unless told not to, so
 * that only a call that blocks can starve it. On ESP8266 these functions do nothing, and another one is always
 * on, which the idle loop feeds. Source: targets/<chip>/jshardware.c; the three seconds are the ESP8266 SDK's.
 */
export function createWatchdog({ interpreter, chip, reboot }: SystemOptions): Watchdog {
  let automatic = true;
  let cancel = (): void => {};
  const kick = (): void => {
    cancel();
    if (!automatic) cancel = interpreter.later(interpreter.longestStallMs, () => reboot('wdt reset'));
  };
  if (chip.name === 'esp8266') interpreter.longestStallMs = softMs;
  interpreter.onStarved = () => reboot(chip.name === 'esp8266' ? 'soft wdt' : 'wdt reset');
  return {
    kick,
    enable(seconds, wantsAutomatic) {
      if (chip.name !== 'esp32') return;
      const wanted = Number(seconds);
      interpreter.longestStallMs = Math.round(wanted >= 0 ? wanted : 1) * 1000;
      automatic = wantsAutomatic === undefined || Boolean(wantsAutomatic);
      kick();
    },
  };
}
