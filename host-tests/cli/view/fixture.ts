import type { Display, KitModel, Model } from '../../../cli/view/model';

/** A model as `start` makes it, for kits that differ from the usual in what is given. */
export function modelOf(...kits: Partial<KitModel>[]): Model {
  return {
    broker: { address: '127.0.0.1:1883', state: 'connected' },
    tries: (kit) => [`publish to ${kit}`, 'subscribe', 'publish without mosquitto'],
    kits: kits.map((kit, index) => ({
      kit: 2 + index,
      board: 'NodeMCU',
      display: displayOf(true),
      led: false,
      lamp: { lit: false },
      holdMs: 10_000,
      darkBelow: 300,
      room: { light: 512, temperatureC: 24, humidityPct: 45 },
      wifiCut: false,
      status: 'online',
      ...kit,
    })),
    chosen: 0,
    help: false,
    log: [],
  };
}

/** A display whose every character tells how it was drawn: `h` for half blocks, `b` for Braille patterns. */
export function displayOf(on: boolean): Display {
  return {
    on,
    toText: (style) => (style === 'half' ? rowsOf('h', 128, 32) : rowsOf('b', 64, 16)),
  };
}

function rowsOf(character: string, columns: number, rows: number): string {
  return Array(rows).fill(character.repeat(columns)).join('\n');
}
