import { describe, expect, it } from 'vitest';
import { expectedJson, plainCommand } from '../../shared/commands';
import { newBareKit } from '../support/bare-kit';

/**
 * [rest of the topic, payload, what it asks of a kit whose lamp and LED are off, and of one where both are lit]; a digit is
 * a reading that is waited for.
 */
const commands: [string, string, string][] = [
  ['', 'dht22', '1, 1'],
  ['', 'dht22_t', '2, 2'],
  ['', 'dht22_h', '3, 3'],
  ['', 'cds', 'Reply cds: Light intensity is 0, Reply cds: Light intensity is 0'],
  ['', 'USBLED/ON', 'Lamp 1, Lamp 1'],
  ['', 'USBLED/OFF', 'Lamp 0, Lamp 0'],
  ['', 'USBLED', 'Lamp 1, Lamp 0'],
  ['', 'LED/ON', 'Led 1, Led 1'],
  ['', 'LED/OFF', 'Led 0, Led 0'],
  ['', 'led', 'Led 1, Led 0'],
  ['lamp/set', 'on', 'Lamp 1, Lamp 1'],
  ['lamp/set', 'off', 'Lamp 0, Lamp 0'],
  ['lamp/set', 'toggle', 'Lamp 1, Lamp 0'],
  ['led/set', 'on', 'Led 1, Led 1'],
  ['led/set', 'off', 'Led 0, Led 0'],
  ['led/set', 'toggle', 'Led 1, Led 0'],
];

const unknown = 'not understood';

/** What a message asks of the kit, as above. */
function meaning(set: string, payload: string): string {
  return [0, 1]
    .map((lit) => {
      const kit = newBareKit();
      kit.state.lampMs = lit * 10_000;
      kit.state.led = lit;
      const lines = kit.command(payload, set);
      const result = lines.find((line) => line.startsWith('Result ')) ?? '';
      if (result.includes(`"error":"${unknown}"`)) {
        expect(lines).toHaveLength(1);
        return unknown;
      }
      return kit.state.asked || lines[0];
    })
    .join(', ');
}

function expectUnknown(set: string, payload: string): void {
  expect([set, payload, meaning(set, payload)]).toEqual([set, payload, `${unknown}, ${unknown}`]);
}

/** Each text with the case of its letters changed in every way. */
function inAnyCase(text: string): string[] {
  const found: string[] = [];
  for (let mask = 0; mask < 1 << text.length; mask++)
    found.push([...text].map((letter, i) => (mask & (1 << i) ? letter.toUpperCase() : letter)).join(''));
  return [...new Set(found)];
}

describe('a command', () => {
  it.each(commands)('on "%s" that is %s asks for %s', (set, payload, does) => {
    expect(meaning(set, payload)).toBe(does);
  });

  it("on the kit's own topic is known in no other case", () => {
    for (const [set, payload] of commands)
      if (set === '')
        for (const text of inAnyCase(payload.toLowerCase()))
          if (!commands.some((row) => row[0] === '' && row[1] === text)) expectUnknown('', text);
  });

  it('on a set topic is known in any case', () => {
    for (const [set, payload, does] of commands)
      if (set !== '') for (const text of inAnyCase(payload)) expect(meaning(set, text)).toBe(does);
  });

  it('is unknown with a byte more, a byte less, or on another topic', () => {
    for (const [set, payload] of commands) {
      for (const text of [payload + ' ', ' ' + payload, payload + '\0', payload.slice(1), payload + payload])
        expectUnknown(set, text);
      for (const other of ['set', '/set', 'fan/set', 'lamp', 'Lamp/set', 'lamp/set/', 'result', 'dht22'])
        expectUnknown(other, payload);
    }
  });

  it('of one kind of topic is unknown on the other', () => {
    for (const word of ['on', 'off', 'toggle', 'restart']) expectUnknown('', word);
    for (const word of ['USBLED/ON', 'led', 'cds', 'restart']) expectUnknown('lamp/set', word);
  });
});

describe('a command of a set topic', () => {
  it('is called on iot/<kit> by one that is understood there', () => {
    for (const [set, payload, does] of commands)
      if (set !== '') expect(meaning('', plainCommand(set, payload))).toBe(does);
  });

  it('has no name there when it is not understood', () => {
    for (const [set, payload] of commands) if (set === '') expect(plainCommand('lamp/set', payload)).toBe('');
    for (const set of ['', 'fan/set', 'Lamp/set']) expect(plainCommand(set, 'on')).toBe('');
  });
});

describe('what would be understood', () => {
  it.each(['', 'lamp/set', 'led/set'])('on "%s" is all that is understood there', (set) => {
    const expected = JSON.parse(expectedJson(set)) as string[];
    expect([...expected].sort()).toEqual(
      commands
        .filter((row) => row[0] === set)
        .map((row) => row[1])
        .sort(),
    );
  });

  it('on a topic that does not exist is the topics that do', () => {
    expect(JSON.parse(expectedJson('fan/set'))).toEqual(['lamp/set', 'led/set']);
  });
});
