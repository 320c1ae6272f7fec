import type { SystemOptions } from './system';

export interface Watchdog {
  enable(seconds: unknown, automatic: unknown): void;
  kick(): void;
}

/**
 * ESP32 restarts when nothing has kicked the watchdog for that long; the idle loop does so by itself unless told not to, so
 * that only a call that blocks can starve it. On ESP8266 these functions do nothing. Source: targets/<chip>/jshardware.c.
 */
export function createWatchdog({ interpreter, chip, reboot }: SystemOptions): Watchdog {
  let automatic = true;
  let cancel = (): void => {};
  const kick = (): void => {
    cancel();
    if (!automatic) cancel = interpreter.later(interpreter.longestStallMs, () => reboot('wdt reset'));
  };
  interpreter.onStarved = () => reboot('wdt reset');
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
