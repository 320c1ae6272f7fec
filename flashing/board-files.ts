/** The boot code: the loader's place. */
export const bootCode = '.bootcde';
/** The copy of the loader that lies beside the boot code until it has taken its place. */
export const loaderCopy = 'loader';
/** Runs before the boot code at every start of the chip, not after reset(). */
export const bootGuard = '.bootPowerOn';

/**
 * What Espruino starts by itself, saved by whoever had the board before: in place of the loader, before it, or with an
 * access point after it. Source: Espruino src/jsflash.c, src/jswrap_storage.h
 */
const saved = /^(?:\.bootrst|\.varimg|\.boot[0-3]|\.wificfg)$/;
const ours = /^(?:\.bootcde|\.bootPowerOn|loader|fw[01]|kit[01]|boots[01]|font\d+)$/;

/** Whether a file in a board's Storage is this project's; all others are somebody else's. */
export function isOurFile(name: string): boolean {
  return ours.test(name);
}

/** Whether Espruino would start it beside, or in place of, what is flashed. */
export function isSavedProgram(name: string): boolean {
  return saved.test(name);
}
