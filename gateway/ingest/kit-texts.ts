import type { Values } from '../../shared/live';

/** The topics below `iot/<kit>` on which a kit publishes its readings as text. */
export type TextTopic = 'message' | 'dht22' | 'dht22_t' | 'dht22_h' | 'cds';

const number = '(-?\\d{1,6}(?:\\.\\d{1,6})?|-?nan)';
const temperature = `Temperature is ${number}`;
const humidity = `Humidity is ${number}`;

const patterns: Readonly<Record<TextTopic, { pattern: RegExp; names: readonly string[] }>> = {
  message: {
    pattern: exactly(`Light intensity:\\s*${number}\\s+Temperature:\\s*${number}\\s+Humidity:\\s*${number}`),
    names: ['light', 'temperature', 'humidity'],
  },
  dht22: { pattern: exactly(`${temperature}, and ${humidity}`), names: ['temperature', 'humidity'] },
  dht22_t: { pattern: exactly(temperature), names: ['temperature'] },
  dht22_h: { pattern: exactly(humidity), names: ['humidity'] },
  cds: { pattern: exactly(`Light intensity is ${number}`), names: ['light'] },
};

export function isTextTopic(topic: string): topic is TextTopic {
  return Object.hasOwn(patterns, topic);
}

/**
 * The values in a kit's text, without those that could not be read (`nan`): maybe none. Undefined when it is no such text.
 * The texts are in docs/protocol.md.
 */
export function valuesOfText(topic: TextTopic, text: string): Values | undefined {
  const { pattern, names } = patterns[topic];
  const match = pattern.exec(text);
  if (!match) return undefined;
  const values: Values = {};
  names.forEach((name, index) => {
    const value = Number(match[index + 1]);
    if (!Number.isNaN(value)) values[name] = value;
  });
  return values;
}

function exactly(source: string): RegExp {
  return new RegExp(`^\\s*${source}\\s*$`, 'i');
}
