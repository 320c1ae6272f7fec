import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportCsv } from '../../../cli/export';
import { csvLines } from '../../../gateway/store/csv';
import { csvOfFile } from '../../../gateway/store/csv-file';
import { History } from '../../../gateway/store/history';
import { retentionOf } from '../../../gateway/store/retention';
import type { CsvCursor } from '../../../gateway/store/protocol';
import { newRandom } from '../../support/random';
import { always, batchOf, day, hour, noonMs, reading } from './rows';

describe('a line of CSV', () => {
  const line = (value: string, name = 'note'): string =>
    csvLines(noonMs, 'kit_2', 'tcp', { [name]: value }).slice('2026-08-01T12:00:00.000Z,kit_2,tcp,'.length);

  test.each([
    ['plain', 'note,plain\r\n'],
    ['a, b', 'note,"a, b"\r\n'],
    ['say "on"', 'note,"say ""on"""\r\n'],
    ['two\nlines', 'note,"two\nlines"\r\n'],
    ['＝1+1', "note,'＝1+1\r\n"],
    ['=HYPERLINK("http://x")', `note,"'=HYPERLINK(""http://x"")"\r\n`],
    ['+1', `note,'+1\r\n`],
    ['-1', `note,'-1\r\n`],
    ['@x', `note,'@x\r\n`],
    ['\tx', `note,'\tx\r\n`],
    ['\rx', `note,"'\rx"\r\n`],
    ['온도', 'note,온도\r\n'],
    ['', 'note,\r\n'],
  ])('with the text %j', (text, expected) => expect(line(text)).toBe(expected));

  test('of a name that a spreadsheet would calculate', () => expect(line('x', '=a')).toBe(`'=a,x\r\n`));

  test('has one value: numbers and switches as they are, negative ones too', () => {
    const values = { temperature: -4.25, motion: true, tiny: 1e-7 };
    expect(csvLines(noonMs, 'a:1', 'http', values)).toBe(
      '2026-08-01T12:00:00.000Z,a:1,http,temperature,-4.25\r\n' +
        '2026-08-01T12:00:00.000Z,a:1,http,motion,true\r\n' +
        '2026-08-01T12:00:00.000Z,a:1,http,tiny,1e-7\r\n',
    );
  });
});

describe('an export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-csv-'));
  const file = join(folder, 'history.db');
  const random = newRandom(7);
  // Dense, then months without anything, then sparse; some at the same moment.
  const readings = [
    ...Array.from({ length: 3000 }, () =>
      reading(`s${random.int(1, 4)}`, noonMs + random.int(0, 1000), { n: 1 }),
    ),
    ...Array.from({ length: 700 }, (_, n) =>
      reading(`s${random.int(1, 9)}`, noonMs + 90 * day + n * hour, { n: 2 }),
    ),
    ...Array.from({ length: 1200 }, () => reading('s1', noonMs + 200 * day, { n: 3 })),
  ];
  let history: History;
  beforeAll(() => {
    history = new History(file, retentionOf(0));
    const isEarly = (_: unknown, index: number): boolean => index % 5 < 3;
    history.write('early', [batchOf(readings.filter(isEarly))], noonMs, false);
    history.readings('s1', always, 1);
    // These wait in the journal.
    const late = readings.filter((one, index) => !isEarly(one, index));
    history.write('late', [batchOf(late)], noonMs, false);
  });
  afterAll(() => {
    history.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const rowsIn = (text: string): string[][] => {
    const lines = text.split('\r\n');
    expect(lines.shift()).toBe('time,sensor,transport,name,value');
    expect(lines.pop()).toBe('');
    return lines.map((line) => line.split(','));
  };

  test('of all sensors has every reading once, oldest first, in pieces, while the file is written to', () => {
    const pieces = [...csvOfFile(file, undefined, always)];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
    const rows = rowsIn(pieces.join(''));
    expect(rows).toHaveLength(readings.length);
    const times = rows.map(([time]) => time!);
    expect(times).toEqual([...times].sort());
    const count = (list: string[]) =>
      list.reduce((sum, id) => sum.set(id, (sum.get(id) ?? 0) + 1), new Map());
    expect(count(rows.map(([, id]) => id!))).toEqual(count(readings.map(({ sensor }) => sensor)));
  });

  test('by the gateway has the same readings, in pieces', () => {
    let text = '';
    let cursor: CsvCursor | undefined;
    do {
      const page = history.csv(undefined, always, cursor);
      expect(page.text.length).toBeLessThan(100_000);
      text += page.text;
      cursor = page.next;
    } while (cursor);
    const lines = text.split('\r\n');
    expect(lines.pop()).toBe('');
    const times = lines.map((line) => line.slice(0, 24));
    expect(times).toEqual([...times].sort());
    const all = [...csvOfFile(file, undefined, always)].join('');
    expect(lines.sort()).toEqual(all.split('\r\n').slice(1, -1).sort());
  });

  test('of one sensor has its readings of the span, both ends included', () => {
    const span = { fromMs: noonMs + 100, toMs: noonMs + 90 * day };
    const rows = rowsIn([...csvOfFile(file, 's2', span)].join(''));
    const expected = readings.filter(
      ({ sensor, atMs }) => sensor === 's2' && atMs >= span.fromMs && atMs <= span.toMs,
    );
    expect(rows).toHaveLength(expected.length);
    expect(new Set(rows.map(([, id]) => id))).toEqual(new Set(['s2']));
  });

  test('of nothing is the header', () => {
    for (const sensor of ['s2', undefined])
      expect([...csvOfFile(file, sensor, { fromMs: 0, toMs: 5 })].join('')).toBe(
        'time,sensor,transport,name,value\r\n',
      );
  });

  test('of a sensor whose first reading still waits in the journal', () => {
    const young = join(folder, 'young.db');
    const gateway = new History(young, retentionOf(0));
    gateway.write('first', [batchOf([reading('new', noonMs, { n: 1 })])], noonMs, false);
    expect(rowsIn([...csvOfFile(young, 'new', always)].join(''))).toHaveLength(1);
    gateway.close();
  });

  function collector(): { stream: Writable; text: () => string } {
    let text = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
    return { stream, text: () => text };
  }

  test('by command goes to the output, or to a file', async () => {
    const { stream, text } = collector();
    const nowMs = noonMs + 300 * day;
    await exportCsv({ data: file, sensor: 's3', from: '2026-08-01', to: '2026-08-02' }, stream, nowMs);
    const rows = rowsIn(text());
    expect(rows.length).toBeGreaterThan(100);
    const output = join(folder, 'all.csv');
    await exportCsv({ data: file, output }, stream, nowMs);
    expect(rowsIn(readFileSync(output, 'utf8'))).toHaveLength(readings.length);
  });

  test('by command names what is wrong', async () => {
    const { stream, text } = collector();
    const run = (options: object) => exportCsv({ data: file, ...options }, stream, noonMs);
    await expect(run({ from: 'yesterday' })).rejects.toThrow('yesterday');
    const absent = join(folder, 'none.db');
    await expect(run({ data: absent })).rejects.toThrow(`${absent}: no history there`);
    await expect(run({ data: folder })).rejects.toThrow(folder);
    const output = join(folder, 'kept.csv');
    writeFileSync(output, 'kept');
    await expect(run({ sensor: 'attic', output })).rejects.toThrow(`${file}: attic has never reported`);
    expect(readFileSync(output, 'utf8')).toBe('kept');
    await expect(run({ output: join(absent, 'x.csv') })).rejects.toThrow('ENOENT');
    expect(text()).toBe('');
  });

  test('ends quietly when nobody reads on', async () => {
    const closed = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    await exportCsv({ data: file }, closed, noonMs);
  });
});
