import { tokTypes } from 'acorn';
import type { Rule, Token } from './rule';

/** Patterns that parse on the board but match wrongly or throw, each with what would do. */
const regexFaults: [RegExp, string, string][] = [
  [/^\(\?[=!]/, 'lookahead', 'a group and a test in code'],
  [/^\(\?<[=!]/, 'lookbehind', 'a group and a test in code'],
  [/^\(\?</, 'named group', 'a numbered group'],
  [/^\(\?/, 'group without capture', 'a plain group'],
  [/^\{\d/, 'repeat count', 'the piece written out'],
  [/^\\b/i, 'word boundary', 'the characters that may stand there'],
  [/^\\[1-9k]/, 'back-reference', 'a comparison in code'],
  [/^\\[up]/, 'Unicode escape', 'bytes'],
  [/^[*+?]\?/, 'lazy repeat', 'a class that excludes the end, such as [^"]*'],
];

/** The lexer takes a slash after these for the start of a regular expression, after anything else for a division. */
const beforeRegex = new Set('! % & * + - / < = > ? [ { } ( , ; :'.split(' '));

export const textRules: Rule[] = [
  {
    construct: 'byte that is not ASCII',
    instead: '\\xNN: uploads expand other bytes',
    find: ({ code }, report) => {
      const at = code.search(/[^\0-\x7f]/);
      if (at >= 0) report(at);
    },
  },
  {
    construct: 'regular expression',
    instead: 'only groups, alternatives, classes, * + ? and the flags g and i work',
    find: (script, report) =>
      script.walk((node) => {
        if (node.type !== 'Literal' || !node.regex) return;
        const { pattern, flags } = node.regex;
        const flag = flags.replace(/[gi]/g, '')[0];
        if (flag) report(node.start, `regular expression flag ${flag}`, 'only g and i are obeyed');
        for (const at of patternOffsets(pattern)) {
          const fault = regexFaults.find(([start]) => start.test(pattern.slice(at)));
          if (fault) report(node.start + 1 + at, `${fault[1]} in a regular expression`, fault[2]);
        }
      }),
  },
  {
    construct: 'slash that the lexer misreads',
    instead: 'brackets: what stands before a slash decides whether a regular expression begins',
    find: ({ tokens }, report) =>
      tokens.forEach((token, index) => {
        const divides = token.type === tokTypes.slash || token.value === '/=';
        const regex = token.type === tokTypes.regexp;
        if (!divides && !regex) return;
        const previous = tokens[index - 1];
        if (regex !== startsRegex(previous)) report(token.start);
      }),
  },
];

/** Offsets of the pattern's pieces: an escape counts once, what is inside a class not at all. */
function patternOffsets(pattern: string): number[] {
  const offsets: number[] = [];
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    if (!inClass) offsets.push(at);
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '[') inClass = true;
    else if (pattern[at] === ']') inClass = false;
  }
  return offsets;
}

/** Source: jslex.c, JSLJT_FORWARDSLASH: operators of several characters and keywords that are no values. */
function startsRegex(previous: Token | undefined): boolean {
  if (!previous) return true;
  const { type, value } = previous;
  if (
    type === tokTypes.string ||
    type === tokTypes.num ||
    type === tokTypes.regexp ||
    type === tokTypes.template
  ) {
    return false;
  }
  if (type === tokTypes.name) return ['of', 'let', 'static'].includes(String(value));
  if (type.keyword) return !['true', 'false', 'null'].includes(type.keyword);
  const text = typeof value === 'string' ? value : type.label;
  return beforeRegex.has(text) || text.length > 1;
}
