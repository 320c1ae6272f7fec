import { describe, expect, test } from 'vitest';
import { settingsTable } from '../../gateway/settings/help';
import { flagOf, names } from '../../gateway/settings/table';
import { readPage } from './markdown';

describe.each([
  ['docs/gateway.md', 'en'],
  ['docs/gateway.ko.md', 'ko'],
] as const)('%s', (file, language) => {
  const page = readPage(file);

  test('has the table of settings as the gateway makes it', () => {
    const expected = settingsTable(language);
    const lines = page.text.split('\n');
    const first = lines.indexOf(expected[0]!);
    // A table that differs is shown as it should be: copy it from here.
    expect(lines.slice(first, first + expected.length).join('\n')).toBe(expected.join('\n'));
  });

  test('names no option of the gateway that there is not', () => {
    const known = [
      ...names.map(flagOf),
      'config-file',
      'generate',
      'role',
      'sensor-id',
      'sensor',
      'from',
      'to',
      'output',
      'kit',
    ];
    const named = [...page.text.matchAll(/lamplighter.*|(?<=`)--[\w-]+/g)].flatMap(([text]) =>
      [...text.matchAll(/(?<= |^)--([a-z][\w-]+)/g)].map(([, name]) => name!),
    );
    const others = ['system', 'no-create-home', 'shell', 'now', 'cafile'];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => ![...known, ...others].includes(name))).toEqual([]);
  });
});
