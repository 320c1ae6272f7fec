import { describe, expect, it } from 'vitest';
import { echo, greeting, messageText, telemetryJson, tenths } from '../../shared/messages';
import { newBareKit } from '../support/bare-kit';

/** Tenths with a decimal point, from their digits. */
function exact(value: number): string {
  const digits = String(value < 0 ? -value : value).padStart(2, '0');
  return (value < 0 ? '-' : '') + digits.slice(0, -1) + '.' + digits.slice(-1);
}

describe('a number of tenths', () => {
  it('is written exactly, from -40.0 to 100.0', () => {
    for (let value = -400; value <= 1000; value++) {
      expect(tenths(value, '')).toBe(exact(value));
      expect(tenths(value, '0')).toBe(exact(value) + '0');
      expect(JSON.parse(tenths(value, ''))).toBe(value / 10);
    }
  });

  it.each([
    [0, '0.0'],
    [-0, '0.0'],
    [-1, '-0.1'],
    [9, '0.9'],
    [-400, '-40.0'],
    [999, '99.9'],
    [1000, '100.0'],
    [NaN, 'nan'],
  ])('of %d is %s', (value, text) => {
    expect(tenths(value, '')).toBe(text);
  });

  it('that could not be read is nan, without a further digit', () => {
    expect(tenths(NaN, '0')).toBe('nan');
  });
});

describe('the fixed texts', () => {
  it('greet with the kit number', () => {
    expect(greeting + 2).toBe('Connection has established with nodeMCU_Kit Number 2');
  });

  it.each([
    ['dht22', 255, 402, 'Temperature is 25.50, and Humidity is 40.20'],
    ['dht22_t', 255, 402, 'Temperature is 25.50'],
    ['dht22_h', 255, 402, 'Humidity is 40.20'],
    ['dht22', -5, 0, 'Temperature is -0.50, and Humidity is 0.00'],
    ['dht22', NaN, NaN, 'Temperature is nan, and Humidity is nan'],
  ])('reply to %s with %d and %d', (topic, temperature, humidity, text) => {
    const kit = newBareKit();
    kit.command(topic);
    expect(kit.reading(temperature, humidity)[0]).toBe(`Reply ${topic}: ${text}`);
  });

  it('report with tabs and blanks exactly so', () => {
    expect(messageText(512, 255, 402)).toBe('Light intensity: 512\t Temperature: 25.50\tHumidity: 40.20');
    expect(messageText(0, NaN, NaN)).toBe('Light intensity: 0\t Temperature: nan\tHumidity: nan');
  });
});

/** [name, payload, what stands for it in JSON] */
const echoes: [string, string, string][] = [
  ['nothing', '', ''],
  ['text', 'USBLED / BLUE~', 'USBLED / BLUE~'],
  ['quotes and backslashes', '"\\', '\\"\\\\'],
  ['control bytes', '\0\t\n\x1f\x7f', '\\u0000\\u0009\\u000a\\u001f\\u007f'],
  ['32 bytes', 'x'.repeat(32), 'x'.repeat(32)],
  ['33 bytes', 'x'.repeat(33), 'x'.repeat(32)],
  ['a character of two bytes at the end', 'x'.repeat(30) + '\xc3\xa9', 'x'.repeat(30) + '\xc3\xa9'],
  ['a character of two bytes across the end', 'x'.repeat(31) + '\xc3\xa9', 'x'.repeat(31)],
  ['a character of three bytes across the end', 'x'.repeat(30) + '\xeb\x93\xb1', 'x'.repeat(30)],
  ['a character of four bytes across the end', 'x'.repeat(29) + '\xf0\x9f\x94\x86', 'x'.repeat(29)],
  [
    'a character of four bytes at the end',
    'x'.repeat(28) + '\xf0\x9f\x94\x86y',
    'x'.repeat(28) + '\xf0\x9f\x94\x86',
  ],
  ['no UTF-8 at all', '\x80'.repeat(40), '\x80'.repeat(28)],
];

describe('an echo', () => {
  it.each(echoes)('of %s stands in JSON', (_name, payload, text) => {
    expect(echo(payload)).toBe(text);
  });
});

const health = { rssiDbm: -61, uptimeS: 3600, freeVars: 900, reconnects: 1, boot: 12, sequence: 360 };

describe('the telemetry', () => {
  it('has exactly these keys, in this order', () => {
    const kit = newBareKit();
    kit.ticks(4, 512);
    kit.reading(255, 402);
    expect(telemetryJson(kit.state, health)).toBe(
      '{"temperatureC":25.5,"humidityPct":40.2,"light":512,"rssiDbm":-61,' +
        '"uptimeS":3600,"freeVars":900,"reconnects":1,"boot":12,"seq":360}',
    );
  });

  it('leaves out a reading that failed, and a signal strength that is not known', () => {
    const kit = newBareKit();
    kit.ticks(4, 0);
    kit.reading(NaN, NaN);
    expect(telemetryJson(kit.state, { ...health, rssiDbm: undefined })).toBe(
      '{"light":0,"uptimeS":3600,"freeVars":900,"reconnects":1,"boot":12,"seq":360}',
    );
  });

  it('is JSON with the values as they were read, for every temperature', () => {
    const kit = newBareKit();
    for (let temperature = -400; temperature <= 800; temperature++) {
      const humidity = (temperature + 400) % 1001;
      kit.reading(temperature, humidity);
      expect(JSON.parse(telemetryJson(kit.state, health))).toMatchObject({
        temperatureC: temperature / 10,
        humidityPct: humidity / 10,
      });
    }
  });
});
