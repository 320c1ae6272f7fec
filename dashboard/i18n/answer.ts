import type { KitCommand } from '../../shared/live';
import type { Asked } from '../live/command-desk';
import { valueName, valueText, type Words } from './format';
import type { Messages } from './language';

/** What each button is called to those who do not see what group it stands in. */
export const commandNames: Record<KitCommand, keyof Messages & string> = {
  led: 'ledToggle',
  'LED/ON': 'ledOn',
  'LED/OFF': 'ledOff',
  USBLED: 'lampToggle',
  'USBLED/ON': 'lampOn',
  'USBLED/OFF': 'lampOff',
  dht22: 'askBoth',
  dht22_t: 'askTemperature',
  dht22_h: 'askHumidity',
  cds: 'askLight',
};

export function commandName(words: Words, command: KitCommand): string {
  return words.text[commandNames[command]] as string;
}

/** What has become of a command, as one sentence. */
export function answerText(words: Words, { command, state }: Asked): string {
  const { text } = words;
  const name = commandName(words, command);
  if (state.phase === 'pending') return text.pending(name);
  if (state.phase === 'lost') return text.answerLost(name);
  if (state.phase === 'unsent') return text.unsent(name);
  const { answer } = state;
  if (answer.outcome === 'no answer') return text.noAnswer(name);
  if (answer.outcome === 'refused') return text.refused(name, errorText(words, answer.error));
  if (answer.text !== undefined) return readingText(words, answer.text);
  if (command.startsWith('USBLED') && answer.lamp) {
    return answer.lamp === 'ON' ? text.lampIsOn(words.number(answer.remaining ?? 0)) : text.lampIsOff;
  }
  if (answer.led) return answer.led === 'ON' ? text.ledIsOn : text.ledIsOff;
  return text.done(name);
}

/** The kit's texts, and how their numbers are called here. */
const replies: [RegExp, string[]][] = [
  [/^Temperature is (\S+), and Humidity is (\S+)$/, ['temperature', 'humidity']],
  [/^Temperature is (\S+)$/, ['temperature']],
  [/^Humidity is (\S+)$/, ['humidity']],
  [/^Light intensity is (\S+)$/, ['light']],
];

/** `Temperature is 25.50, and Humidity is 40.20` with the words and numbers of the reader's language. */
export function readingText(words: Words, reply: string): string {
  for (const [pattern, names] of replies) {
    const found = pattern.exec(reply);
    if (!found) continue;
    return names
      .map((name, index) => {
        const value = Number(found[index + 1]);
        const shown = Number.isNaN(value) ? words.text.notRead : valueText(words, name, value);
        return `${valueName(words, name)} ${shown}`;
      })
      .join(', ');
  }
  return reply;
}

/** The sentences that kits and gateway refuse with, by how they begin; docs/protocol.md lists the kit's. */
const errors: [string, keyof Messages & string][] = [
  ['not understood', 'errorNotUnderstood'],
  ['safe mode after crashes', 'errorSafeMode'],
  ['DHT22 did not answer', 'errorDht22Silent'],
  ['DHT22 is stuck', 'errorDht22Stuck'],
  ['too many requests', 'errorTooMany'],
  ['the broker', 'errorNoBroker'],
];

/** As it came, when it is not a known one. */
export function errorText(words: Words, error: string): string {
  const known = errors.find(([start]) => error.startsWith(start));
  return known ? (words.text[known[1]] as string) : error.replace(/\.$/, '');
}
