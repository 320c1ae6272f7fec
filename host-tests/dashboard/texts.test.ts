import { describe, expect, test } from 'vitest';
import { answerText, errorText, readingText } from '../../dashboard/i18n/answer';
import { en } from '../../dashboard/i18n/en';
import {
  causeText,
  isLate,
  isLit,
  isOutside,
  lampText,
  valueName,
  valueText,
  wordsOf,
  type Words,
} from '../../dashboard/i18n/format';
import { ko } from '../../dashboard/i18n/ko';
import { preferredLanguage } from '../../dashboard/i18n/language';
import { configOf, draftOf } from '../../dashboard/parts/config-draft';
import type { Asked, CommandState } from '../../dashboard/live/command-desk';
import type { KitCommand, KitView, SensorView } from '../../shared/live';

const english = wordsOf('en', 'UTC');
const korean = wordsOf('ko', 'UTC');
const noon = Date.UTC(2026, 2, 14, 12, 0, 5);

describe('texts', () => {
  const keys = Object.keys(en) as (keyof typeof en)[];

  test('each that says a value in one language says it in the other, too', () => {
    const silent = keys.filter((key) => {
      const [english, korean] = [en[key], ko[key]];
      if (typeof english !== 'function' || typeof korean !== 'function')
        return typeof english !== typeof korean;
      const marks = Array.from({ length: english.length }, (_, index) => `«${index}»`) as [string];
      const saying = (text: string) => marks.filter((mark) => text.includes(mark)).length;
      const count = saying((english as (...marks: string[]) => string)(...marks));
      return count !== saying((korean as (...marks: string[]) => string)(...marks));
    });
    expect(silent).toEqual([]);
  });

  test('Korean sentences are polite ones', () => {
    const sentences = keys
      .map((key) => ko[key])
      .filter((text): text is string => typeof text === 'string' && text.endsWith('.'));
    expect(sentences.length).toBeGreaterThan(20);
    expect(sentences.filter((text) => !/(니다|세요|주세요)\.$/.test(text))).toEqual([]);
  });

  test('no text was left in English by mistake', () => {
    const same = keys.filter((key) => typeof en[key] === 'string' && en[key] === ko[key]);
    expect(same.sort()).toEqual(['led', 'mac', 'siteName']);
  });
});

test.each([
  [['ko-KR', 'en'], null, 'ko'],
  [['de-DE', 'ko'], null, 'ko'],
  [['en-US', 'ko'], null, 'en'],
  [['fr'], null, 'en'],
  [[], null, 'en'],
  [['ko'], 'en', 'en'],
  [['en'], 'klingon', 'en'],
] as const)('a browser that wants %j and remembers %j reads %s', (wanted, remembered, language) => {
  expect(preferredLanguage(wanted, remembered)).toBe(language);
});

test.each<[string, number | boolean | string, string, string]>([
  ['temperature', -0.5, '-0.5 °C', '-0.5 °C'],
  ['temperature', 24, '24.0 °C', '24.0 °C'],
  ['humidity', 100, '100.0 %', '100.0 %'],
  ['light', 1023, '1,023', '1,023'],
  ['uptimeS', 93_784, '1 day 2 hr', '1일 2시간'],
  ['uptimeS', 0, '0 sec', '0초'],
  ['motion_detected', true, 'yes', '예'],
  ['mode', 'eco', 'eco', 'eco'],
  ['value', 812.25, '812.25 ppm', '812.25 ppm'],
  ['rssiDbm', -50, '-50 dBm', '-50 dBm'],
])('%s %j reads %s, and in Korean %s', (name, value, inEnglish, inKorean) => {
  expect(valueText(english, name, value, { unit: 'ppm' })).toBe(inEnglish);
  expect(valueText(korean, name, value, { unit: 'ppm' })).toBe(inKorean);
});

test.each([
  [0, 'just now', '방금'],
  [-4000, 'just now', '방금'],
  [7000, '7 sec. ago', '7초 전'],
  [119_000, '1 min. ago', '1분 전'],
  [3 * 3_600_000, '3 hr. ago', '3시간 전'],
  [9 * 86_400_000, '9 days ago', '9일 전'],
])('%i ms ago reads %s, and in Korean %s', (ms, inEnglish, inKorean) => {
  expect(english.ago(noon - ms, noon)).toBe(inEnglish);
  expect(korean.ago(noon - ms, noon)).toBe(inKorean);
});

test('a time of another day has its date', () => {
  expect(english.time(noon, noon)).toBe('12:00:05');
  expect(english.time(noon - 86_400_000, noon)).toBe('13 Mar, 12:00');
  expect(korean.time(noon - 86_400_000, noon)).toBe('3월 13일 12:00');
});

describe('what became of a command', () => {
  const asked = (command: KitCommand, state: CommandState): Asked => ({ kit: 2, command, number: 1, state });
  const ok = (answer: object): CommandState => ({
    phase: 'answered',
    answer: { outcome: 'ok', ...answer },
    tookMs: 5,
  });

  test.each<[KitCommand, CommandState, string, string]>([
    ['LED/ON', ok({ led: 'ON' }), 'The LED is on.', 'LED가 켜졌습니다.'],
    ['led', ok({ led: 'OFF' }), 'The LED is off.', 'LED가 꺼졌습니다.'],
    ['USBLED', ok({ lamp: 'ON', remaining: 10 }), 'The lamp is lit for 10 s.', '램프가 10초 동안 켜집니다.'],
    ['USBLED/OFF', ok({ lamp: 'OFF', remaining: 0 }), 'The lamp is off.', '램프가 꺼졌습니다.'],
    [
      'dht22',
      ok({ text: 'Temperature is -0.50, and Humidity is 40.20' }),
      'Temperature -0.5 °C, Humidity 40.2 %',
      '온도 -0.5 °C, 습도 40.2 %',
    ],
    ['dht22_t', ok({ text: 'Temperature is nan' }), 'Temperature not readable', '온도 측정 실패'],
    ['cds', ok({ text: 'Light intensity is 512' }), 'Light 512', '밝기 512'],
    ['cds', ok({}), 'Get light: done.', '밝기 측정: 완료되었습니다.'],
    [
      'led',
      { phase: 'pending' },
      'LED: toggle: waiting for the kit …',
      'LED 전환: 키트의 응답을 기다리고 있습니다…',
    ],
    [
      'dht22_h',
      { phase: 'answered', answer: { outcome: 'no answer' }, tookMs: 4000 },
      'Get humidity: no answer within 4 s.',
      '습도 측정: 4초 안에 응답이 오지 않았습니다.',
    ],
    [
      'dht22',
      { phase: 'answered', answer: { outcome: 'refused', error: 'DHT22 did not answer' }, tookMs: 9 },
      'Get temperature and humidity: its DHT22 did not answer.',
      '온도와 습도 측정: DHT22 센서가 응답하지 않습니다.',
    ],
  ])('%s %j', (command, state, inEnglish, inKorean) => {
    expect(answerText(english, asked(command, state))).toBe(inEnglish);
    expect(answerText(korean, asked(command, state))).toBe(inKorean);
  });

  test('an error or a reply that nobody has translated is told as it came', () => {
    expect(errorText(korean, 'something new.')).toBe('something new');
    expect(readingText(korean, 'Pressure is 1013')).toBe('Pressure is 1013');
  });
});

describe('the lamp', () => {
  const kit = (more: Partial<KitView>): KitView => ({ kit: 2, status: 'online', textsOnly: false, ...more });

  test.each<[Partial<KitView>, number, string, boolean]>([
    [{}, 0, 'not told', false],
    [{ lamp: 'OFF' }, 0, 'Off', false],
    [{ lamp: 'ON', lampEndsMs: 5 }, 7, 'Lit, 7 s left', true],
    [{ lamp: 'ON' }, 0, 'Lit; how long is not known', true],
    [{ lamp: 'ON', status: 'offline' }, 0, 'Lit when last heard of', false],
    [{ lamp: 'ON', status: 'offline', lampEndsMs: 5 }, 3, 'Lit, 3 s left', true],
  ])('%j with %i s left reads: %s', (more, leftS, text, lit) => {
    expect([lampText(english, kit(more), leftS), isLit(kit(more), leftS)]).toEqual([text, lit]);
  });

  test.each([
    ['boot', 'OFF', 'Off since the board started.'],
    ['command', 'ON', 'Lit by a command.'],
    ['command', 'OFF', 'Switched off by a command.'],
    ['dusk', 'ON', 'Lit because it got dark.'],
    ['hold-over', 'OFF', 'Went off by itself when its time was over.'],
    [undefined, 'OFF', 'Why it last changed is not known.'],
  ] as const)('cause %s reads: %s', (cause, lamp, text) => {
    expect(causeText(english, kit({ lamp, ...(cause && { cause }) }))).toBe(text);
  });
});

describe('configuration', () => {
  const sensor: SensorView = {
    id: 'a',
    transport: 'udp',
    seenMs: 100_000,
    count: 1,
    values: { temperature: 21, mode: 'eco' },
    config: { interval: 10, thresholds: { temperature: { min: 0, max: 20 } } },
  };

  test('what lies outside its limits is marked, and nothing else', () => {
    expect(['temperature', 'mode', 'none'].map((name) => isOutside(sensor, name))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('three intervals of silence are late', () => {
    expect([130_000, 130_001].map((nowMs) => isLate(sensor, nowMs))).toEqual([false, true]);
    expect(isLate({ ...sensor, config: undefined as never }, 9e9)).toBe(false);
  });

  test('the form gives back what it was filled with', () => {
    const draft = draftOf(sensor.config, ['temperature', 'humidity']);
    expect(configOf(draft, english)).toEqual(sensor.config);
  });

  test.each<[string, { min: string; max: string }, (words: Words) => string]>([
    ['', { min: '', max: '' }, ({ text }) => text.intervalWrong],
    ['0', { min: '', max: '' }, ({ text }) => text.intervalWrong],
    ['ten', { min: '', max: '' }, ({ text }) => text.intervalWrong],
    ['5', { min: 'x', max: '' }, ({ text }) => text.limitWrong('Temperature')],
    ['5', { min: '9', max: '8' }, ({ text }) => text.limitsCrossed('Temperature')],
  ])('interval %j and limits %j are refused with a sentence', (interval, temperature, sentence) => {
    expect(configOf({ interval, limits: { temperature } }, english)).toBe(sentence(english));
  });

  test('a decimal comma is understood, an empty limit is none', () => {
    const limits = { temperature: { min: '-1,5', max: '' }, humidity: { min: ' ', max: '' } };
    expect(configOf({ interval: '2,5', limits }, english)).toEqual({
      interval: 2.5,
      thresholds: { temperature: { min: -1.5 } },
    });
  });
});

test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
  'a value that is called %s is a value like any other',
  (name) => {
    expect(valueName(english, name)).toBe(name);
    expect(valueText(english, name, 2.5, { [name]: 2.5, unit: 'ppm' })).toBe('2.5');
    const sensor: SensorView = {
      ...{ id: 'a', transport: 'tcp', seenMs: 1, count: 1, values: { [name]: 2.5 } },
      config: { interval: 10, thresholds: {} },
    };
    expect(isOutside(sensor, name)).toBe(false);
    expect(configOf(draftOf(sensor.config, [name]), english)).toEqual({ interval: 10, thresholds: {} });
  },
);
