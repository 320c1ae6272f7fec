import { parse, type Node } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { analyze } from 'eslint-scope';
import { nameRules } from './gate/names';
import type { AnyNode, Rule, Script, Token } from './gate/rule';
import { scopeRules } from './gate/scope';
import { syntaxRules } from './gate/syntax';
import { textRules } from './gate/text';
import type { BoardNames } from './names';

/** A place in the finished bundle that the interpreter cannot run, or runs wrong. */
export interface Refusal {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  construct: string;
  /** What to write in its place. */
  instead: string;
}

export const rules: Rule[] = [...syntaxRules, ...textRules, ...scopeRules, ...nameRules];

/** Reads the finished bundle as the interpreter would, and refuses what it cannot run; in the order of the text. */
export function gate(code: string, names: BoardNames, applied = rules): Refusal[] {
  const script = readScript(code, names);
  if ('construct' in script) return [script];
  const found = new Map<string, Refusal & { at: number }>();
  for (const rule of applied) {
    rule.find(script, (at, construct = rule.construct, instead = rule.instead) => {
      found.set(`${at} ${construct}`, { at, ...place(code, at), construct, instead });
    });
  }
  return [...found.values()].sort((a, b) => a.at - b.at).map(({ at: _, ...refusal }) => refusal);
}

function readScript(code: string, names: BoardNames): Script | Refusal {
  const tokens: Token[] = [];
  try {
    const program = parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      ranges: true,
      onToken: tokens,
    });
    // A scope of its own for the script, so that what is left in the global one is what the board must have.
    const options = { ecmaVersion: 2022, sourceType: 'script', nodejsScope: true, ignoreEval: true } as const;
    const scopes = analyze(program as never, options);
    const walk: Script['walk'] = (enter) =>
      fullAncestor(program, (node: Node, _state, ancestors) =>
        enter(node as AnyNode, ancestors as AnyNode[]),
      );
    return { code, program, tokens, scopes, globalScope: scopes.globalScope!, names, walk };
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('pos' in error)) throw error;
    const { message } = error;
    const construct = `text that is no script: ${message.replace(/ \(\d+:\d+\)$/, '')}`;
    return {
      ...place(code, Number(error.pos)),
      construct,
      instead: 'a plain script without import and export',
    };
  }
}

function place(code: string, at: number): { line: number; column: number } {
  const before = code.slice(0, at).split('\n');
  return { line: before.length, column: before[before.length - 1]!.length + 1 };
}
