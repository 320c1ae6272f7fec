import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi } from '../../gateway/web/openapi';
import { version } from '../../shared/version';
import { startMs, WebBench } from '../gateway/web/web-bench';
import { readPage } from './markdown';

const page = readPage('docs/http-api.md');

describe('docs/http-api.md', () => {
  const bench = new WebBench({ version });

  beforeAll(async () => {
    await bench.start();
    const report = (sensor: string, body: object) =>
      bench.ask('POST', `/api/sensors/${sensor}/data`, { body });
    await report(
      'greenhouse',
      [10, 5, 0].map((minutes, i) => ({ temperature: 21 + i / 2, ageMs: minutes * 60_000 })),
    );
    await report('pump', { value: 3.2, unit: 'bar' });
    await report('kit_2', { temperatureC: 24 });
    bench.answer = { outcome: 'ok', text: 'Temperature is 24.00' };
    bench.store.points = [
      { atMs: startMs - 600_000, mean: 21, min: 21, max: 21, count: 1 },
      { atMs: startMs - 300_000, mean: 21.5, min: 21.5, max: 21.5, count: 1 },
    ];
  });

  afterAll(() => bench.web.stop());

  /** Of a console block: each command with what it prints. */
  const sessions = page.blocks
    .flatMap(({ lines }) => lines.join('\n').split(/^\$ /m).slice(1))
    .map((entry) => entry.trimEnd().split('\n'))
    .filter(([command]) => command!.includes('127.0.0.1'));

  test.each(sessions.map((lines) => [lines[0]!, lines.slice(1).join('\n')]))(
    '%s prints what it says',
    async (command, output) => {
      const asked = /^curl -s(?: -X (PUT))?(?: -d '([^']*)')? '?http:\/\/127\.0\.0\.1:5000([^' ]*)'?$/.exec(
        command,
      );
      if (!asked) throw new Error(`not a command that this page uses: ${command}`);
      const [, method, body, path] = asked;
      const { text } = await bench.ask(method ?? (body ? 'POST' : 'GET'), path!, { ...(body && { body }) });
      expect(text).toBe(output);
    },
  );

  test('lists the routes that the OpenAPI document has', () => {
    const { paths } = openApi('') as { paths: Record<string, object> };
    const routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const listed = page.tables[0]!.slice(1).map(([route]) => route!.replaceAll('`', ''));
    expect(listed.sort()).toEqual(routes.sort());
  });
});
