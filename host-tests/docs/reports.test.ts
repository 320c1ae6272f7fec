import { describe, expect, test } from 'vitest';
import {
  httpOutcome,
  keepReading,
  newReport,
  nextJson,
  pauseMsMax,
  pauseMsMin,
  queueMax,
  requestHead,
  attemptMs,
  batchMax,
} from '../../shared/report';
import { newBareKit } from '../support/bare-kit';
import { readPage } from './markdown';

describe.each(['docs/protocol.md', 'docs/protocol.ko.md'])('%s', (file) => {
  const page = readPage(file);

  test('shows the request that a kit sends', () => {
    const [shown] = page.blocks.filter(({ language }) => language === 'http');
    const state = newReport();
    const kit = Object.assign(newBareKit().state, { temperature: 240, humidity: 450, light: 512 });
    const health = { rssiDbm: -50, uptimeS: 20, freeVars: 1120, reconnects: 0, boot: 1, sequence: 3 };
    keepReading(state, kit, health, 0);
    state.batch = 1;
    state.sentMs = 250;
    const body = nextJson(state, 0, 2, 1);
    const login = Buffer.from('kit2:classroom').toString('base64');
    const head = requestHead(state, '192.168.0.10:5000', login, 2, 1, 26_114);
    expect(shown!.lines).toEqual(`${head}[${body}]`.split('\r\n'));
  });

  test('names the numbers that hold', () => {
    const section = page.text.slice(page.text.indexOf('"ageMs":250}]'));
    const pauses: number[] = [];
    for (let ms = pauseMsMin; ms < pauseMsMax; ms *= 2) pauses.push(ms / 1000);
    for (const number of [pauses.join(', '), pauseMsMax / 1000, queueMax, attemptMs / 1000, batchMax])
      expect(section).toContain(String(number));
    expect(httpOutcome('HTTP/1.1 401 x')).toBe(401);
  });
});
