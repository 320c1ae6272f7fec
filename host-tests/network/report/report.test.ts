import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appendDurably, FileJournal, RotatingLog } from '../../../network/report/files';
import { outcomeOf, parseServer, retryAfterIn } from '../../../network/report/http';
import { ReportQueue } from '../../../network/report/queue';

const folder = () => mkdtempSync(join(tmpdir(), 'lamplighter-report-'));

describe('answers of a server', () => {
  test.each([
    [200, 'taken'],
    [201, 'taken'],
    [302, 'failed'],
    [400, 'refused'],
    [401, 'refused'],
    [408, 'failed'],
    [413, 'refused'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ])('%d is %s', (status, type) => {
    expect(outcomeOf(status, 'why', null, 0).type).toBe(type);
  });

  test('what a server says steers no terminal', () => {
    expect(outcomeOf(400, 'a\u001b]0;title\u0007b\u009b2J\u202ec\r\nd', null, 0)).toMatchObject({
      reason: 'a ]0;title b 2J c d',
    });
  });

  test("the gateway's sentence is told, not its JSON", () => {
    expect(outcomeOf(503, '{"error":"the disk is full"}', null, 0)).toMatchObject({
      reason: 'status 503, the disk is full',
    });
    expect(outcomeOf(401, '{"error":"wrong"}', null, 0)).toMatchObject({ reason: 'wrong' });
  });

  test.each([
    [null, undefined],
    ['30', 30_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 59_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
    ['Thursday, 01-Jan-70 00:01:00 GMT', 59_000],
    ['99999999999999999999', 99_999_999_999_999_999_999_000],
  ])('Retry-After: %s', (header, ms) => {
    expect(retryAfterIn(header, 1000)).toBe(ms);
  });

  test('an address may hold a user, and errors never repeat a password', () => {
    expect(parseServer('http://me:p%40ss@pi:5000/')).toEqual({
      url: 'http://pi:5000',
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
    expect(() => parseServer('http://me:100%secret@pi')).toThrow(/^--server: expected % in user or password/);
    for (const text of ['me:secret@pi', 'ftp://me:secret@pi', 'http://me:secret@:x'])
      expect(() => parseServer(text)).toThrow(/^--server: expected(?!.*secret)/);
  });
});

describe('files', () => {
  test('a journal in a file is what was written, and only for its owner', async () => {
    const file = join(folder(), 'queue.jsonl');
    const journal = new FileJournal(file);
    expect(await journal.read()).toBe('');
    await journal.append('a\n');
    await journal.replace('b\n');
    await journal.append('c\n');
    expect(await journal.read()).toBe('b\nc\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a half line that a power cut has left does not spoil the next one', async () => {
    const file = join(folder(), 'dead-letter.jsonl');
    writeFileSync(file, '{"at":"2026');
    await appendDurably(file, '{}\n');
    await appendDurably(file, '[]\n');
    expect(readFileSync(file, 'utf8')).toBe('{"at":"2026\n{}\n[]\n');
  });

  test('of a damaged journal there is one copy, as it was', async () => {
    const place = folder();
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0a]);
    writeFileSync(join(place, 'queue.jsonl'), bytes);
    const journal = new FileJournal(join(place, 'queue.jsonl'));
    const copy = await journal.copyDamaged();
    expect(await journal.copyDamaged()).toBe(copy);
    expect(readFileSync(copy)).toEqual(bytes);
    expect(readdirSync(place)).toHaveLength(2);
  });

  test('a file that was cut at any byte, in a letter too, is what was whole of it', async () => {
    const place = folder();
    const file = join(place, 'queue.jsonl');
    const queue = await ReportQueue.open(new FileJournal(file), 'me');
    const whole = readFileSync(file).length;
    const ends: number[] = [];
    for (const text of ['온도', '🌡', 'é']) {
      await queue.add([{ sensor: 'a', report: { text } }]);
      ends.push(readFileSync(file).length);
    }
    const bytes = readFileSync(file);
    for (let cut = whole; cut <= bytes.length; cut++) {
      writeFileSync(file, bytes.subarray(0, cut));
      const revived = await ReportQueue.open(new FileJournal(file), 'x');
      expect([revived.length, revived.damage]).toEqual([ends.filter((end) => end <= cut).length, undefined]);
    }
  });

  test('a log is kept in so many files of such a size, the newest lines without a number', () => {
    const place = folder();
    const log = new RotatingLog(join(place, 'report.log'), { bytes: 20, count: 3 });
    for (let n = 10; n < 24; n++) log.write(`line ${n}`);
    expect(readdirSync(place).sort()).toEqual(['report.log', 'report.log.1', 'report.log.2']);
    const text = (name: string) => readFileSync(join(place, name), 'utf8');
    expect([text('report.log'), text('report.log.1'), text('report.log.2')]).toEqual([
      'line 22\nline 23\n',
      'line 20\nline 21\n',
      'line 18\nline 19\n',
    ]);
    new RotatingLog(join(place, 'report.log'), { bytes: 20, count: 1 });
    expect(readdirSync(place)).toEqual(['report.log']);
  });

  test('a disk that takes no log stops nothing: the lines are counted', () => {
    const place = folder();
    const log = new RotatingLog(join(place, 'report.log'), { bytes: 20, count: 3 });
    mkdirSync(join(place, 'report.log'));
    log.write('lost');
    expect(log.counters).toEqual({ lost: 1 });
  });

  test('what the system refuses is said with the name of the file', async () => {
    const place = folder();
    mkdirSync(join(place, 'queue.jsonl'));
    const refused = new FileJournal(join(place, 'queue.jsonl')).append('x\n');
    await expect(refused).rejects.toThrow(`cannot write ${place}/queue.jsonl: it is a folder`);
    await expect(new FileJournal(join(place, 'queue.jsonl')).read()).rejects.toThrow(
      `cannot read ${place}/queue.jsonl: it is a folder`,
    );
  });
});
