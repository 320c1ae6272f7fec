import type { SystemOptions } from './system';

/** `process.env`. */
export function environment({ chip, mac }: SystemOptions): object {
  return {
    VERSION: '2v29',
    GIT_COMMIT: '6106910b8',
    BOARD: chip.board,
    RAM: chip.name === 'esp8266' ? 81920 : 524288,
    FLASH: chip.name === 'esp8266' ? 0 : 4194304,
    STORAGE: chip.storageBytes,
    SERIAL: serialNumber(mac),
    CONSOLE: 'Serial1',
    MODULES: chip.modules.join(','),
    EXPTR: 0,
  };
}

/** `process.memory()`. */
export function memory({ chip, freeVariables }: SystemOptions, collected: boolean): object {
  const free = freeVariables();
  return {
    free,
    usage: chip.variables - free,
    total: chip.variables,
    history: 0,
    ...(collected ? { gc: 0, gctime: 1.5 } : {}),
    blocksize: chip.variableBytes,
  };
}

/** The MAC address in the groups that Espruino writes serial numbers in. */
export function serialNumber(mac: string): string {
  const hex = mac.replaceAll(':', '').toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
