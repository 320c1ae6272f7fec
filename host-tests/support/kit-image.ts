import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { boardOf } from '../../shared/boards';
import type { KitSettings } from '../../shared/settings';
import { slotFile } from '../../shared/slots';
import { type ChipName, chips, createStorage, Flash } from '../../simulator';

/** The finished bundle of this name in dist/, as a byte string. */
export function bundle(name: 'loader' | 'firmware'): string {
  return readFileSync(new URL(`../../dist/${name}.js`, import.meta.url), 'latin1');
}

/** The usual kit on this chip: default wiring, one network, a broker without a password. */
export function usualSettings(chip: ChipName, changes: Partial<KitSettings> = {}): KitSettings {
  const board = chip === 'esp32' ? 'esp32' : 'nodemcu';
  return {
    kit: 2,
    board,
    pins: boardOf(board).pins,
    ledOn: 1,
    relayOn: 0,
    oled: 60,
    lamp: { holdMs: 10_000, darkBelow: 300, brightFrom: 320 },
    telemetryMs: 10_000,
    networks: [{ ssid: 'home', password: 'correct horse' }],
    broker: { host: '192.168.1.10', port: 1883 },
    ...changes,
  };
}

/** A flash chip as flashing leaves it; an empty `kitJson` leaves the configuration out. */
export function flashedWith(chip: ChipName, kitJson: string, firmware = bundle('firmware')): Flash {
  const flash = new Flash({ bytes: chips[chip].storageBytes });
  const storage = createStorage(flash);
  storage.write('.bootcde', bundle('loader'));
  storage.write('fw0', slot(firmware));
  if (kitJson) storage.write('kit0', slot(kitJson));
  return flash;
}

/** A file of this body, verified, as the first to be written. */
export function slot(body: string): string {
  return slotFile({ sequence: 1, length: body.length, crc: crc32(Buffer.from(body, 'latin1')) }, body);
}
