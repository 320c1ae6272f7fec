import { describe, expect, test } from 'vitest';
import { request } from '../../network/bench/message';
import { boardEchoMax, echoMin, echoText } from '../../shared/echo';
import { readPage } from './markdown';

describe.each(['docs/protocol.md', 'docs/protocol.ko.md'])('%s', (file) => {
  const { text } = readPage(file);
  const section = text.slice(text.indexOf('`echo`'), text.indexOf('echo: no socket'));

  test('shows a question of the echo and its answer, and names its lengths', () => {
    expect(section).toContain(`\`${request(7, 48).slice(0, 11)}\``);
    expect(section).toContain(`\`${echoText(request(7, 48), '19527').slice(0, 16)}\``);
    expect(section).toContain(String(boardEchoMax));
    expect(section).toContain(String(echoMin));
  });
});
