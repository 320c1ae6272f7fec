import type { KitModel, Model } from '../../../cli/view/model';

/** A model as `start` makes it, for kits that differ from the usual in what is given. */
export function modelOf(...kits: Partial<KitModel>[]): Model {
  return {
    broker: { address: '127.0.0.1:1883', state: 'connected' },
    tries: (kit) => [`publish to ${kit}`, 'subscribe', 'publish without mosquitto'],
    kits: kits.map((kit, index) => ({
      kit: 2 + index,
      board: 'NodeMCU',
      pixels: { width: 128, height: 64, data: new Uint8Array(128 * 64) },
      displayOn: true,
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
