import type { Kind, Words } from './kinds';
import { flagOf, type Name, names, type Setting, table, variableOf } from './table';

export type Language = keyof Words;

/** `--web-port <port>` */
export function syntaxOf(name: Name): string {
  const { placeholder } = kindOf(name);
  return placeholder === undefined ? `--${flagOf(name)}` : `--${flagOf(name)} <${placeholder}>`;
}

/** One line of `--help`. */
export function helpOf(name: Name): string {
  const fallback = fallbackOf(name, 'en');
  const usual = fallback === '' || fallback === 'none' ? '' : ` (default: ${fallback})`;
  return plain(table[name].what.en + usual);
}

/** What stands below the options in `--help`: what a port may be is said once, and not at each of them. */
export function valuesHelp(): string {
  const kinds = new Map(names.map((name) => [kindOf(name).placeholder, kindOf(name).expected.en]));
  kinds.delete(undefined);
  const width = Math.max(...[...kinds.keys()].map((placeholder) => placeholder!.length));
  return [...kinds]
    .map(([placeholder, expected]) => `  ${`<${placeholder}>`.padEnd(width + 2)}  ${expected}`)
    .join('\n');
}

/** The table of the documentation, as lines of Markdown. */
export function settingsTable(language: Language): string[] {
  const heading: Record<Language, string[]> = {
    en: ['option', 'variable', 'key', 'value', 'default', ''],
    ko: ['옵션', '변수', '키', '값', '기본값', ''],
  };
  const rows = names.map((name) => [
    `\`--${flagOf(name)}\``,
    `\`${variableOf(name)}\``,
    `\`${name}\``,
    kindOf(name).expected[language],
    fallbackOf(name, language) || (language === 'en' ? 'no' : '아니요'),
    table[name].what[language],
  ]);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(heading[language]), line(heading[language].map(() => '---')), ...rows.map(line)];
}

/** Empty for what is off unless it is asked for. */
function fallbackOf(name: Name, language: Language): string {
  const { fallback, fallbackWords } = table[name] as Setting<unknown>;
  if (fallbackWords) return fallbackWords[language];
  return fallback === false || fallback === undefined ? '' : `\`${String(fallback)}\``;
}

function kindOf(name: Name): Kind<unknown> {
  return table[name].kind;
}

function plain(text: string): string {
  return text.replaceAll('`', '');
}
