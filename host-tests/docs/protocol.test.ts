import { describe, expect, test } from 'vitest';
import { expectedJson } from '../../shared/commands';
import { kitJson, newKit } from '../../shared/kit';
import { telemetryJson } from '../../shared/messages';
import { codeOf, readPage, tableOf, type Page } from './markdown';
import {
  answersTo,
  anyCode,
  boardSource,
  isSpontaneous,
  kitNumber,
  reasons,
  type Published,
  type Sent,
} from './messages';

const page = readPage('docs/protocol.md');
const base = `iot/${kitNumber}`;

/** What a page publishes, in its command lines and in what it shows of a broker's traffic. */
function sentBy({ blocks }: Page): Sent[] {
  return blocks
    .flatMap(({ lines }) => lines)
    .map((line) =>
      /^\$ (?:mosquitto_pub|npx mqtt pub) .*-t (\S+) (?:-m (\S+)|-n)$|^(iot\S*) (.*)$/.exec(line),
    )
    .filter((match) => match !== null)
    .map(([, topic, payload, shownTopic, shownPayload]) => ({
      topic: (topic ?? shownTopic)!,
      payload: (topic ? payload : shownPayload) ?? '',
    }))
    .filter(({ topic }) => topic === base || topic.endsWith('/set'))
    .map(({ topic, payload }) => ({ set: topic.slice(base.length + 1), payload }));
}

/** What a page shows of a broker's traffic; a retained message has a 1 before it. */
function shownBy({ blocks }: Page): Published[] {
  return blocks
    .flatMap(({ lines }) => lines)
    .map((line) => /^(?:1 )?iot\/2(\S*) (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, topic, payload]) => ({ topic: topic!, payload: payload! }))
    .filter(({ topic }) => !topic.endsWith('/set'));
}

describe.each(['README.md', 'docs/protocol.md'])('%s', (file) => {
  const { blocks } = readPage(file);
  const sent = sentBy({ ...page, blocks });
  const shown = shownBy({ ...page, blocks });

  test('publishes something and shows something', () => {
    expect(sent.length).toBeGreaterThan(0);
    expect(shown.length).toBeGreaterThan(5);
  });

  test.each(shown.map(({ topic, payload }) => [`${base}${topic} ${payload}`, topic, payload] as const))(
    'shows what the firmware says: %s',
    (_line, topic, payload) => {
      const possible =
        isSpontaneous({ topic, payload }) ||
        (topic === '' && sent.some((command) => command.payload === payload)) ||
        sent.flatMap(answersTo).some((answer) => answer.topic === topic && answer.payload === payload);
      expect(possible).toBe(true);
    },
  );
});

describe('the commands', () => {
  const rows = tableOf(page, 'payload').filter(([payload]) => codeOf(payload) !== '');

  test('are those that the kit understands', () => {
    const understood = JSON.parse(expectedJson('')) as string[];
    expect(rows.map(([payload]) => codeOf(payload)).sort()).toEqual(understood.sort());
  });

  test.each(rows.map(([payload, does, answer]) => [codeOf(payload), does!, codeOf(answer)] as const))(
    '%s is answered as the table says',
    (payload, does, answer) => {
      const answers = answersTo({ set: '', payload });
      expect(answers).toContainEqual({ topic: '/result', payload: answer });
      const [, topic, text] = /`iot\/2(\/\w+)`: `([^`]+)`/.exec(does) ?? [];
      const replies = answers.filter((each) => each.topic !== '/result');
      expect(unique(replies.map((each) => each.topic))).toEqual(topic ? [topic] : []);
      if (topic) expect(replies).toContainEqual({ topic, payload: text });
    },
  );

  test('on the set topics are answered as the table says', () => {
    for (const [command, , answer] of tableOf(page, 'topic and payload')) {
      const [topic, payload] = codeOf(command).split(' ');
      const answers = answersTo({ set: topic!.slice(base.length + 1), payload: payload! });
      expect(answers).toContainEqual({ topic: '/result', payload: codeOf(answer) });
    }
  });
});

describe('the tables', () => {
  const column = (...heading: string[]) => tableOf(page, ...heading).map(([cell]) => codeOf(cell));

  test('name every error, and no other', () => {
    const commands: Sent[] = [
      { set: '', payload: 'hello' },
      { set: '', payload: 'x'.repeat(257) },
      { set: '', payload: 'dht22' },
    ];
    const said = commands.flatMap(answersTo).map(({ payload }) => payload);
    const errors = [...said, boardSource].flatMap((text) =>
      [...text.matchAll(/"error":"([^"]+)"/g)].map(([, error]) => error),
    );
    expect(column('`error`').sort()).toEqual([...new Set(errors)].sort());
  });

  test('name every reason, and no other', () => {
    expect(column('`reason`').map(anyCode).sort()).toEqual(reasons().sort());
  });

  test('name every key of state and telemetry, in their order', () => {
    const kit = {
      ...newKit(kitNumber, { holdMs: 10_000, darkBelow: 300, brightFrom: 320 }, 10_000, 0),
      temperature: 240,
    };
    const health = { rssiDbm: -50, uptimeS: 1, freeVars: 1, reconnects: 0, boot: 1, sequence: 1 };
    const about = [...boardSource.matchAll(/'"?,"(\w+)":"'/g)].map(([, key]) => `,"${key}":""`).join('');
    const state = Object.keys(JSON.parse(kitJson(kit, about + '}')) as object);
    const telemetry = Object.keys(JSON.parse(telemetryJson({ ...kit, humidity: 450 }, health)) as object);
    const keyTables = page.tables.filter(([heading]) => heading![0] === 'key' && heading!.length === 2);
    expect(keyTables.map(([, ...rows]) => rows.map(([cell]) => codeOf(cell)))).toEqual([
      state,
      [...telemetry, 'ageMs'],
    ]);
  });

  test('name every topic, whether it is retained, and its QoS', () => {
    const calls = boardSource.matchAll(/(?:publishPacket\(mine \+ |reply\()'(\/\w+)'[^;]*/g);
    const published = [...calls].map(([call, topic]) => ({
      topic: topic!,
      retained: call.includes('Flag.Retain'),
    }));
    expect(published.length).toBeGreaterThan(5);
    const retained = published.filter((each) => each.retained).map(({ topic }) => topic);
    const answers = ['dht22', 'dht22_t', 'dht22_h', 'cds'].flatMap((payload) =>
      answersTo({ set: '', payload }),
    );
    const said = [...published, ...answers].map(({ topic }) => topic);
    const rows = tableOf(page, 'topic', 'published by').filter(([, by]) => by !== 'you');
    expect(unique(rows.map(([topic]) => codeOf(topic)))).toEqual(
      unique(['', '/result', ...said].map((topic) => base + topic)),
    );
    for (const [topic, , kept, qos] of rows) {
      const rest = codeOf(topic).slice(base.length);
      expect([rest, kept, qos]).toEqual([
        rest,
        retained.includes(rest) ? 'yes' : 'no',
        rest === '/result' ? '1' : '0',
      ]);
    }
  });

  test('name what the kit listens to', () => {
    const set = JSON.parse(expectedJson('fan/set')) as string[];
    const rows = tableOf(page, 'topic', 'published by').filter(([, by]) => by === 'you');
    expect(rows.map(([topic]) => codeOf(topic))).toEqual([base, ...set.map((topic) => `${base}/${topic}`)]);
    expect(boardSource).toMatch(/subscribePacket\([\w.]+, mine, mine \+ '\/\+\/set'\)/);
  });
});

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}
