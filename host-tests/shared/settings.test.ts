import { describe, expect, it } from 'vitest';
import { settingsError, type KitSettings } from '../../shared/settings';

function usual(): KitSettings {
  return {
    kit: 2,
    board: 'nodemcu',
    pins: { led: 16, relay: 2, dht22: 0, cds: 'A0', sda: 4, scl: 5 },
    ledOn: 1,
    relayOn: 0,
    oled: 60,
    lamp: { holdMs: 10_000, darkBelow: 300, brightFrom: 320 },
    telemetryMs: 10_000,
    networks: [{ ssid: 'class', password: 'secret12' }],
    broker: { host: '192.168.0.10', port: 1883 },
  };
}

/** [name, change] of what a board runs with. */
const good: [string, (settings: KitSettings) => void][] = [
  ['the usual settings', () => {}],
  ['the first kit', (settings) => (settings.kit = 1)],
  ['the last kit', (settings) => (settings.kit = 9999)],
  ['the shortest hold', (settings) => (settings.lamp.holdMs = 1_000)],
  ['the longest hold', (settings) => (settings.lamp.holdMs = 3_600_000)],
  [
    'the narrowest hysteresis',
    (settings) => (settings.lamp = { holdMs: 10_000, darkBelow: 1022, brightFrom: 1023 }),
  ],
  ['the lowest levels', (settings) => (settings.lamp = { holdMs: 10_000, darkBelow: 1, brightFrom: 2 })],
  ['the shortest cadence', (settings) => (settings.telemetryMs = 2_000)],
  [
    'an open network and no OLED',
    (settings) => ((settings.networks = [{ ssid: 'open' }]), (settings.oled = 0)),
  ],
];

/** [name, settings as they might lie in the flash, what the board says] */
const bad: [string, (settings: Record<string, unknown>) => void, string][] = [
  ['kit 0', (settings) => (settings.kit = 0), 'kit: expected 1 to 9999'],
  ['kit 10000', (settings) => (settings.kit = 10_000), 'kit: expected 1 to 9999'],
  ['no kit', (settings) => delete settings.kit, 'kit: expected 1 to 9999'],
  ['no lamp', (settings) => delete settings.lamp, 'lamp.holdMs: expected 1000 to 3600000'],
  [
    'a hold of 999 ms',
    (settings) => (settings.lamp = { holdMs: 999 }),
    'lamp.holdMs: expected 1000 to 3600000',
  ],
  [
    'a hold of more than an hour',
    (settings) => (settings.lamp = { holdMs: 3_600_001 }),
    'lamp.holdMs: expected 1000 to 3600000',
  ],
  ['no hold', (settings) => (settings.lamp = {}), 'lamp.holdMs: expected 1000 to 3600000'],
  [
    'levels that meet',
    (settings) => (settings.lamp = { holdMs: 10_000, darkBelow: 300, brightFrom: 300 }),
    'lamp: expected 0 < darkBelow < brightFrom < 1024',
  ],
  [
    'a level of zero',
    (settings) => (settings.lamp = { holdMs: 10_000, darkBelow: 0, brightFrom: 300 }),
    'lamp: expected 0 < darkBelow < brightFrom < 1024',
  ],
  [
    'a level that is never reached',
    (settings) => (settings.lamp = { holdMs: 10_000, darkBelow: 300, brightFrom: 1024 }),
    'lamp: expected 0 < darkBelow < brightFrom < 1024',
  ],
  [
    'no levels',
    (settings) => (settings.lamp = { holdMs: 10_000 }),
    'lamp: expected 0 < darkBelow < brightFrom < 1024',
  ],
  [
    'a cadence of 1999 ms',
    (settings) => (settings.telemetryMs = 1_999),
    'telemetryMs: expected 2000 or more',
  ],
  ['no cadence', (settings) => delete settings.telemetryMs, 'telemetryMs: expected 2000 or more'],
  ['an empty list of networks', (settings) => (settings.networks = []), 'expected networks and a broker'],
  ['no networks', (settings) => delete settings.networks, 'expected networks and a broker'],
  ['no broker', (settings) => delete settings.broker, 'expected networks and a broker'],
  [
    'a broker without a host',
    (settings) => (settings.broker = { port: 1883 }),
    'expected networks and a broker',
  ],
];

describe('the board', () => {
  it.each(good)('runs with %s', (_name, change) => {
    const settings = usual();
    change(settings);
    expect(settingsError(settings)).toBe('');
  });

  it.each(bad)('says what is wrong with %s', (_name, change, text) => {
    const settings = usual();
    change(settings as unknown as Record<string, unknown>);
    expect(settingsError(settings)).toBe(text);
  });
});
