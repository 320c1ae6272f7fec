import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boardOf } from '../../shared/boards';
import type { BoardName } from '../../shared/settings';
import { wiringProblems } from '../../shared/wiring';

const docs = join(import.meta.dirname, '../../docs');
const languages = ['hardware.md', 'hardware.ko.md'];
const boards: [BoardName, string][] = [
  ['nodemcu', '## NodeMCU'],
  ['esp32', '## ESP32 DevKit'],
];

function read(file: string): string {
  return readFileSync(join(docs, file), 'utf8');
}

describe.each(languages)('docs/%s', (file) => {
  it.each(boards)('wires a kit on %s as the firmware expects it', (name, heading) => {
    const section = read(file).split(`\n${heading}\n`)[1]!.split('\n## ')[0]!;
    const rows = [...section.matchAll(/^\| [^|]+ \| `(\w+)` \| (\w+) \| (\w+) \|/gm)].map((row) =>
      row.slice(1),
    );
    const { pins, labels } = boardOf(name);
    expect(rows).toEqual(
      Object.entries(pins).map(([part, pin]) => [
        part,
        String(pin),
        typeof pin === 'string' ? pin : labels[pin],
      ]),
    );
  });

  it('quotes a refusal as it is printed', () => {
    const { board, pins } = { board: 'nodemcu' as const, pins: { ...boardOf('nodemcu').pins, relay: 15 } };
    const [problem] = wiringProblems(board, pins, { ledOn: 1, relayOn: 0, oled: 0x3c });
    expect(read(file).replaceAll('\n', ' ')).toContain(
      `kit.config.ts: kits[0].pins.relay: ${problem!.sentence}`,
    );
  });

  it('recommends only wirings that work', () => {
    const { pins } = boardOf('nodemcu');
    expect(wiringProblems('nodemcu', { ...pins, relay: 14 }, { ledOn: 1, relayOn: 0, oled: 0x3c })).toEqual(
      [],
    );
    expect(wiringProblems('nodemcu', { ...pins, relay: 15 }, { ledOn: 1, relayOn: 1, oled: 0x3c })).toEqual(
      [],
    );
    const esp32 = boardOf('esp32').pins;
    expect(wiringProblems('esp32', { ...esp32, relay: 23 }, { ledOn: 1, relayOn: 1, oled: 0x3c })).toEqual(
      [],
    );
    for (const advice of ['pins: { relay: 14 }', 'pins: { relay: 15 }', 'pins: { relay: 23 }']) {
      expect(read(file)).toContain(advice);
    }
  });

  it('links only to headings and files that are there', () => {
    const text = read(file);
    const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map((heading) =>
      heading[1]!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((link) => link[1]!);
    expect(links.length).toBeGreaterThanOrEqual(4);
    for (const link of links) {
      if (link.startsWith('#')) expect(anchors).toContain(link.slice(1));
      else expect(read(link).length).toBeGreaterThan(0);
    }
  });
});

describe('the drawings', () => {
  it.each(boards)('of %s show the pins of the tables', (name) => {
    const drawn = [...read(`wiring-${name}.svg`).matchAll(/>([^<>]+)<\/text>/g)].map((text) => text[1]);
    const { pins, labels } = boardOf(name);
    for (const pin of Object.values(pins)) {
      expect(drawn).toContain(typeof pin === 'string' ? pin : labels[pin]);
      if (typeof pin === 'number') expect(drawn).toContain(`GPIO ${pin}`);
    }
  });
});
