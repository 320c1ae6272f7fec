import { expect, test } from 'vitest';
import { createLog } from '../../gateway/log';

function written(format: 'json' | 'text', level: 'info' | 'warn' = 'info') {
  const lines: string[] = [];
  return { lines, log: createLog({ level, format, write: (line) => void lines.push(line) }) };
}

test('a line of JSON has its time, its level in words, the fields and the sentence', () => {
  const { log, lines } = written('json');
  log.child({ room: 'tcp' }).warn({ port: 9999 }, 'the port is busy');
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(lines[0]!)).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    room: 'tcp',
    port: 9999,
    msg: 'the port is busy',
  });
});

test('a line of text is the time and the sentence, then the fields', () => {
  const { log, lines } = written('text');
  log.info('ready');
  log.warn({ port: 9999, room: 'tcp' }, 'the port is busy');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d ready\n$/);
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d warn the port is busy \(port 9999, room tcp\)\n$/);
});

test('what is below the level is not written', () => {
  const { log, lines } = written('text', 'warn');
  log.info('x');
  expect(lines).toEqual([]);
});

test('an error comes with its stack', () => {
  const { log, lines } = written('text');
  log.error({ err: new Error('damaged') }, 'a request failed');
  expect(lines[0]).toMatch(/error a request failed\nError: damaged\n +at /);
});

test('no secret is written, wherever it lies', () => {
  for (const format of ['json', 'text'] as const) {
    const { log, lines } = written(format);
    log.info(
      {
        password: 's3cret',
        request: { headers: { authorization: 's3cret', cookie: 's3cret' } },
        a: { token: 's3cret' },
      },
      'x',
    );
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines.join('')).toContain('hidden');
  }
});

test('what moves a cursor or turns letters round is shown as what it is, in a sentence and in an error', () => {
  const { log, lines } = written('text');
  log.info('from \u001b[2J\n\u202ecod.exe');
  log.error({ err: Object.assign(new Error('x'), { stack: 'Error: \u009b2J\r\n    at \u2066y' }) }, 'failed');
  expect(lines[0]).toMatch(/from \\x1b\[2J\\x0a\\u202ecod\.exe\n$/);
  expect(lines[1]).toMatch(/error failed\nError: \\x9b2J\\x0d\n {4}at \\u2066y\n$/);
});
