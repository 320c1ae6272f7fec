import type { AnyNode, Node, Program, Token as AcornToken } from 'acorn';
import type { Scope, ScopeManager } from 'eslint-scope';
import type { BoardNames } from '../names';

/** A construct that the interpreter cannot run, or runs wrong. */
export interface Rule {
  /** What it is, as a reader would say it. */
  construct: string;
  /** What to write in its place, and why where that is not plain. */
  instead: string;
  find(script: Script, report: Report): void;
}

/** Tells where the construct stands; `construct` and `instead` replace the rule's own words. */
export type Report = (at: number, construct?: string, instead?: string) => void;

/** A parsed bundle. */
export interface Script {
  code: string;
  program: Program;
  tokens: Token[];
  scopes: ScopeManager;
  globalScope: Scope;
  names: BoardNames;
  /** Calls `enter` for each node, its ancestors outermost first, itself last. */
  walk(enter: (node: AnyNode, ancestors: AnyNode[]) => void): void;
}

export type { AnyNode };

/** acorn's declarations leave out the token's text. */
export type Token = AcornToken & { value?: unknown };

/** The text of a property that is named in the source, also as a quoted string; undefined when computed. */
export function propertyName(node: { computed: boolean; property?: Node; key?: Node }): string | undefined {
  const name = (node.property ?? node.key) as AnyNode;
  if (name.type === 'Literal') return typeof name.value === 'string' ? name.value : undefined;
  return !node.computed && name.type === 'Identifier' ? name.name : undefined;
}
