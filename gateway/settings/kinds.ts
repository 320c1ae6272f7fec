import * as v from 'valibot';
import { isAddress } from './address';
import { type BrokerUrl, brokerUrlForm, parseBrokerUrl } from './broker-url';

/** A text for people, in both languages of the documentation. */
export interface Words {
  en: string;
  ko: string;
}

/** What the value of a setting may be, and how it is written. */
export interface Kind<T> {
  /** `port` in `--web-port <port>`; none for an option that stands alone. */
  placeholder?: string;
  /** What a value must be, as behind `expected`. */
  expected: Words;
  /** The value behind an option or in a variable as it would stand in the JSON file. */
  fromText(text: string): unknown;
  /** Its messages are ends of sentences: `expected …, got …`. */
  schema: v.GenericSchema<unknown, T>;
  /** A file's name, which counts from where it was written. */
  path?: true;
}

function kind<T>(expected: Words, more: Partial<Kind<T>>, parse: (input: unknown) => T | undefined): Kind<T> {
  const schema = v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      try {
        const value = parse(dataset.value);
        if (value !== undefined) return value;
        addIssue({ message: `expected ${expected.en}, got ${shown(dataset.value)}` });
      } catch (error) {
        addIssue({ message: (error as Error).message });
      }
      return NEVER;
    }),
  );
  return { expected, fromText: (text) => text, schema, ...more };
}

/** A digit-only text is the number that it shows; anything else stays what it is, and is refused. */
function numberIn(text: string): unknown {
  return /^\d{1,6}$/.test(text) ? Number(text) : text;
}

export function whole(placeholder: string, least: number, most: number): Kind<number> {
  const expected = {
    en: `a whole number from ${least} to ${most}`,
    ko: `${least}~${most}의 정수`,
  };
  return kind(expected, { placeholder, fromText: numberIn }, (input) =>
    Number.isInteger(input) && (input as number) >= least && (input as number) <= most
      ? (input as number)
      : undefined,
  );
}

/** A port to listen on; `false` for `off`. */
export const port: Kind<number | false> = kind(
  {
    en: 'a port from 0 to 65535, where 0 takes any that is free, or off',
    ko: '0~65535의 포트 또는 off. 0이면 비어 있는 아무 포트나 씁니다',
  },
  { placeholder: 'port', fromText: numberIn },
  (input) => {
    if (input === 'off' || input === false) return false;
    return Number.isInteger(input) && (input as number) >= 0 && (input as number) <= 65535
      ? (input as number)
      : undefined;
  },
);

export const address: Kind<string> = kind(
  {
    en: 'an IP address of this computer such as 192.168.0.10, 0.0.0.0 for all of them, :: for IPv6 as well',
    ko: '이 컴퓨터의 IP 주소(예: 192.168.0.10). 모든 주소는 0.0.0.0, IPv6까지 모두는 ::',
  },
  { placeholder: 'address' },
  (input) => (typeof input === 'string' && isAddress(input) ? input : undefined),
);

export const file: Kind<string> = kind(
  { en: 'the name of a file', ko: '파일 이름' },
  { placeholder: 'file', path: true },
  (input) => (typeof input === 'string' && /^[^\0]+$/.test(input) ? input : undefined),
);

export const hostNames: Kind<string[]> = kind(
  {
    en: 'host names such as pi.local, with commas between them',
    ko: 'pi.local 같은 호스트 이름. 여러 개는 쉼표로 나눕니다',
  },
  {
    placeholder: 'names',
    fromText: (text) => text.split(',').map((name) => name.trim()),
  },
  (input) => {
    const names = typeof input === 'string' ? [input] : input;
    if (!Array.isArray(names) || names.length > 32) return undefined;
    const fits = (name: unknown) =>
      typeof name === 'string' && name.length <= 253 && /^[a-z0-9_]([\w.-]*[a-z0-9_])?$/i.test(name);
    return names.every(fits) ? names.map((name: string) => name.toLowerCase()) : undefined;
  },
);

export const brokerUrl: Kind<BrokerUrl> = kind(
  { en: brokerUrlForm, ko: `${brokerUrlForm.replace(' or ', ' 또는 ')}` },
  { placeholder: 'url' },
  (input) => {
    if (typeof input !== 'string') throw new Error(`expected ${brokerUrlForm}, got ${kindOf(input)}`);
    return parseBrokerUrl(input);
  },
);

/** On the command line its name alone says yes. */
export const yes: Kind<boolean> = kind(
  { en: 'true or false', ko: 'true 또는 false' },
  { fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text) },
  (input) => (typeof input === 'boolean' ? input : undefined),
);

export function oneOf<const Names extends readonly string[]>(
  placeholder: string,
  names: Names,
): Kind<Names[number]> {
  return kind(
    {
      en: `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
      ko: `${names.slice(0, -1).join(', ')} 또는 ${names.at(-1)}`,
    },
    { placeholder },
    (input) => (names.includes(input as string) ? (input as string) : undefined),
  );
}

/** A value as a sentence may show it. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `[${value.map(shown).join(', ')}]`;
  return kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
