import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../build/root';
import { readPage } from './markdown';

const pages = ['', 'docs', 'docs/decisions'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file).replaceAll('\\', '/')),
);

test('the pages are found', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'docs/protocol.ko.md', 'docs/decisions/0001-one-step-function.md']),
  );
});

describe.each(pages)('%s', (page) => {
  test('links to files and headings that are there', () => {
    const broken = readPage(page)
      .links.filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [file, anchor] = link.split('#');
        const target = file ? join(dirname(page), file) : page;
        if (!existsSync(join(root, target))) return true;
        return anchor !== undefined && !readPage(target).anchors.includes(decodeURIComponent(anchor));
      });
    expect(broken).toEqual([]);
  });
});

describe.each([
  'README',
  'docs/protocol',
  'docs/gateway',
  'docs/ingest',
  'docs/http-api',
  'docs/network-tools',
  'docs/hardware',
  'docs/flashing',
  'docs/recovery',
])('%s in English and in Korean', (name) => {
  const english = readPage(`${name}.md`);
  const korean = readPage(`${name}.ko.md`);

  test('shows the same commands and the same output', () => {
    expect(korean.blocks).toEqual(english.blocks);
  });

  test('names the same commands, keys, files and values', () => {
    expect(unique(korean.codes)).toEqual(unique(english.codes));
  });

  test('links to the same pages', () => {
    const targets = (links: string[]) =>
      unique(links.map((link) => link.replace('.ko.md', '.md').replace(/#.*/, '#')));
    expect(targets(korean.links)).toEqual(targets(english.links));
  });

  test('has the same headings and tables, row by row', () => {
    expect(korean.anchors).toHaveLength(english.anchors.length);
    const shape = (tables: string[][][]) => tables.map((table) => table.map((row) => row.length));
    expect(shape(korean.tables)).toEqual(shape(english.tables));
  });
});

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}
