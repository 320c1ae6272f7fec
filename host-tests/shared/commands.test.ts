import { describe, expect, it } from 'vitest';
import { expectedJson, parseCommand, Command } from '../../shared/commands';

/** [rest of the topic, payload, command] */
const commands: [string, string, Command][] = [
  ['', 'dht22', Command.Both],
  ['', 'dht22_t', Command.Temperature],
  ['', 'dht22_h', Command.Humidity],
  ['', 'cds', Command.Light],
  ['', 'USBLED/ON', Command.LampOn],
  ['', 'USBLED/OFF', Command.LampOff],
  ['', 'USBLED', Command.LampToggle],
  ['', 'LED/ON', Command.LedOn],
  ['', 'LED/OFF', Command.LedOff],
  ['', 'led', Command.LedToggle],
  ['lamp/set', 'on', Command.LampOn],
  ['lamp/set', 'off', Command.LampOff],
  ['lamp/set', 'toggle', Command.LampToggle],
  ['led/set', 'on', Command.LedOn],
  ['led/set', 'off', Command.LedOff],
  ['led/set', 'toggle', Command.LedToggle],
];

/** Each text with the case of its letters changed in every way. */
function inAnyCase(text: string): string[] {
  const found: string[] = [];
  for (let mask = 0; mask < 1 << text.length; mask++)
    found.push([...text].map((letter, i) => (mask & (1 << i) ? letter.toUpperCase() : letter)).join(''));
  return [...new Set(found)];
}

describe('a command', () => {
  it.each(commands)('on "%s" that is %s is known as number %i', (set, payload, command) => {
    expect(parseCommand(set, payload)).toBe(command);
  });

  it("on the kit's own topic is known in no other case", () => {
    for (const [set, payload] of commands)
      if (set === '')
        for (const text of inAnyCase(payload.toLowerCase()))
          if (!commands.some((row) => row[0] === '' && row[1] === text))
            expect(parseCommand('', text)).toBe(Command.Unknown);
  });

  it('on a set topic is known in any case', () => {
    for (const [set, payload, command] of commands)
      if (set !== '') for (const text of inAnyCase(payload)) expect(parseCommand(set, text)).toBe(command);
  });

  it('is unknown with a byte more, a byte less, or on another topic', () => {
    for (const [set, payload] of commands) {
      for (const text of [payload + ' ', ' ' + payload, payload + '\0', payload.slice(1), payload + payload])
        expect(parseCommand(set, text)).toBe(Command.Unknown);
      for (const other of ['set', '/set', 'fan/set', 'lamp', 'Lamp/set', 'lamp/set/', 'result', 'dht22'])
        expect(parseCommand(other, payload)).toBe(Command.Unknown);
    }
  });

  it('of one kind of topic is unknown on the other', () => {
    for (const word of ['on', 'off', 'toggle']) expect(parseCommand('', word)).toBe(Command.Unknown);
    for (const word of ['USBLED/ON', 'led', 'cds'])
      expect(parseCommand('lamp/set', word)).toBe(Command.Unknown);
  });
});

describe('what would be understood', () => {
  it.each(['', 'lamp/set', 'led/set'])('on "%s" is all that is understood there', (set) => {
    const expected = JSON.parse(expectedJson(set)) as string[];
    for (const payload of expected) expect(parseCommand(set, payload)).not.toBe(Command.Unknown);
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
