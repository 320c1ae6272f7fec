import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addNetworkCommands } from '../../cli/network/commands';
import { codeOf, readPage } from './markdown';

const text = readPage('docs/network-tools.md').text;
/** By heading: `wifi info`, `discover` and so on. */
const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0]!, section]),
);
const commands = leavesOf(addTo(new Command('lamplighter')), []);

test('each command has a section, in the order of the help', () => {
  expect([...sections.keys()].slice(0, -1)).toEqual([...commands.keys()]);
});

describe.each([...commands])('%s', (name, command) => {
  const section = sections.get(name)!;

  test('each of its options is in its table, and no other', () => {
    const rows = [...section.matchAll(/^\| (`-[^|]*) \|/gm)].map(([, cell]) => codeOf(cell));
    expect(rows).toEqual(command.options.map(({ flags }) => flags));
  });

  test('is called on the page as it can be called', () => {
    const lines = [...section.matchAll(/^\$ (?:.*?[|] |sudo )?npx lamplighter (.*?)(?: <.*)?$/gm)];
    expect(lines.length).toBeGreaterThan(0);
    for (const [, line] of lines) {
      expect(line!.startsWith(name)).toBe(true);
      const flags = line!.match(/(?<= )--?[a-z][a-z-]*/g) ?? [];
      const known = command.options.flatMap(({ short, long }) => [short, long]);
      expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
    }
  });
});

function addTo(program: Command): Command {
  addNetworkCommands(program);
  return program;
}

/** The commands that do something, by the words that call them. */
function leavesOf(command: Command, words: string[]): Map<string, Command> {
  if (command.commands.length === 0) return new Map([[words.join(' '), command]]);
  return new Map(command.commands.flatMap((one) => [...leavesOf(one, [...words, one.name()])]));
}
