import type { Chip } from './chips';
import type { Interpreter } from './interpreter';
import type { Storage } from './storage';

/** Which files of Storage a start evaluates, in order. Source: Espruino src/jsflash.c, jsfLoadBootCodeFromFlash. */
export function bootNames(storage: Storage, load: string | undefined, first: boolean): string[] {
  // A file whose name was cut off while it was written is listed, and not there.
  const exists = (name: string): boolean => storage.read(name, 0, 1) !== undefined;
  const early = [...(first ? ['.bootPowerOn'] : []), '.boot0', '.boot1', '.boot2', '.boot3'].filter(exists);
  if (load !== undefined && load !== 'nothing') return [...early, load].filter(exists);
  // .bootrst hides .bootcde, and is all that reset() leaves.
  const last = exists('.bootrst') ? ['.bootrst'] : load === undefined ? ['.bootcde'] : [];
  return [...early, ...last.filter(exists)];
}

/** What a board without code says at its start. */
export function printBanner(interpreter: Interpreter, chip: Chip): void {
  interpreter.print(
    [
      '',
      ' ____                 _ ',
      '|  __|___ ___ ___ _ _|_|___ ___ ',
      '|  __|_ -| . |  _| | | |   | . |',
      '|____|___|  _|_| |___|_|_|_|___|',
      '         |_| espruino.com',
      ` 2v29 (c) 2025 G.Williams (a virtual ${chip.board})`,
      '',
      'Espruino is Open Source. Our work is supported',
      'only by sales of official boards and donations:',
      'http://espruino.com/Donate',
    ].join('\n'),
  );
}
