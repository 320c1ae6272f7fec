import { describe, expect, test } from 'vitest';
import { isTextTopic, type TextTopic, valuesOfText } from '../../../gateway/ingest/kit-texts';
import { messageText } from '../../../shared/messages';
import { forSeeds } from '../../support/random';

describe('a kit’s text', () => {
  test.each<[TextTopic, string, object | undefined]>([
    [
      'message',
      'Light intensity: 512\t Temperature: 25.50\tHumidity: 40.20',
      { light: 512, temperature: 25.5, humidity: 40.2 },
    ],
    ['message', 'Light intensity: 512\t Temperature: nan\tHumidity: nan', { light: 512 }],
    ['message', 'Light intensity: 3\t Temperature: -4.50\tHumidity: NaN\n', { light: 3, temperature: -4.5 }],
    ['dht22', 'Temperature is 25.50, and Humidity is 40.20', { temperature: 25.5, humidity: 40.2 }],
    ['dht22', 'Temperature is nan, and Humidity is nan', {}],
    ['dht22_t', 'Temperature is 25.50', { temperature: 25.5 }],
    ['dht22_h', 'Humidity is 40.20', { humidity: 40.2 }],
    ['cds', 'Light intensity is 512', { light: 512 }],
    ['cds', 'Humidity is 40.20', undefined],
    ['cds', 'Light intensity is ', undefined],
    ['cds', 'Light intensity is 1e9', undefined],
    ['cds', 'Light intensity is 12345678901234567890', undefined],
    ['dht22_t', 'Temperature is 25.50 or so', undefined],
    ['message', '', undefined],
  ])('on %s: %j', (topic, text, values) => {
    expect(valuesOfText(topic, text)).toEqual(values);
  });

  test('is read as the firmware writes it', () => {
    forSeeds(200, (random) => {
      const light = random.int(0, 1023);
      const temperature = random.int(-400, 800);
      const humidity = random.int(0, 1000);
      expect(valuesOfText('message', messageText(light, temperature, humidity))).toEqual({
        light,
        temperature: temperature / 10,
        humidity: humidity / 10,
      });
    });
  });

  test('comes on these topics only', () => {
    expect(['message', 'dht22', 'dht22_t', 'dht22_h', 'cds'].every(isTextTopic)).toBe(true);
    expect(['', 'state', 'toString', '__proto__'].some(isTextTopic)).toBe(false);
  });
});
