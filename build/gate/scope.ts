import { ancestor } from 'acorn-walk';
import type { Definition, Reference, Variable } from 'eslint-scope';
import type { Identifier } from 'estree';
import type { AnyNode, Rule, Script } from './rule';

/** A node of the same tree as eslint-scope sees it: acorn gives every node its place. */
const startOf = (node: object) => (node as AnyNode).start;

export const scopeRules: Rule[] = [
  {
    construct: 'binding named of or static',
    instead: 'another name: the lexer reserves both',
    find: ({ scopes }, report) => {
      for (const { name, identifiers } of scopes.scopes.flatMap((scope) => scope.variables)) {
        if (name === 'of' || name === 'static') report(startOf(identifiers[0]!), `binding named ${name}`);
      }
    },
  },
  {
    construct: 'closure over a loop-head variable',
    instead: 'a const inside the body: all rounds share what the head declares',
    find: ({ scopes }, report) => {
      for (const scope of scopes.scopes.filter(({ type }) => type === 'for')) {
        for (const reference of scope.variables.flatMap(({ references }) => references)) {
          const inClosure = reference.from.variableScope !== scope.variableScope;
          if (inClosure)
            report(startOf(reference.identifier), `closure over loop-head variable ${nameOf(reference)}`);
        }
      }
    },
  },
  {
    construct: 'use before the declaration',
    instead: 'the declaration first: the board does not hoist',
    find: ({ scopes }, report) => {
      for (const variable of scopes.scopes.flatMap((scope) => scope.variables)) {
        const declaredAt = Math.min(...variable.defs.filter(isDeclaration).map(({ name }) => startOf(name)));
        for (const reference of variable.references) {
          const sameFunction = reference.from.variableScope === variable.scope.variableScope;
          const early = startOf(reference.identifier) < declaredAt;
          if (sameFunction && early && declaredAt < Infinity) {
            report(startOf(reference.identifier), `use of ${variable.name} before its declaration`);
          }
        }
      }
    },
  },
  {
    construct: 'var whose declaration may be skipped',
    instead: 'let, const, or the declaration at the top: a skipped var leaves the name to the scope outside',
    find: (script, report) => {
      const branches = branchesOf(script);
      for (const variable of script.scopes.scopes.flatMap((scope) => scope.variables)) {
        for (const reference of skippable(variable, branches)) {
          report(startOf(reference.identifier), `var ${variable.name}, whose declaration may be skipped`);
        }
      }
    },
  },
];

function isDeclaration({ type }: Definition): boolean {
  return type === 'Variable' || type === 'FunctionName' || type === 'ClassName';
}

/** References that no declaration of the same `var` surely comes before. */
function skippable(variable: Variable, branches: Map<number, AnyNode[]>): Reference[] {
  const declarations = variable.defs.filter((definition) => isVar(definition));
  if (declarations.length === 0 || declarations.length < variable.defs.length) return [];
  return variable.references.filter((reference) => {
    const at = startOf(reference.identifier);
    // A declaration holds for what stands in every branch that it stands in itself.
    return !declarations.some(({ name }) =>
      (branches.get(startOf(name)) ?? []).every((branch) => branch.start <= at && at < branch.end),
    );
  });
}

function isVar({ type, parent }: Definition): boolean {
  return type === 'Variable' && parent?.type === 'VariableDeclaration' && parent.kind === 'var';
}

/** For each name declared with `var`, by its place, the statements around it in its function that may be skipped. */
function branchesOf({ program }: Script): Map<number, AnyNode[]> {
  const branches = new Map<number, AnyNode[]>();
  ancestor(program, {
    VariableDeclarator(declarator, _state, ancestors) {
      const path = ancestors as AnyNode[];
      const inFunction = path.slice(path.findLastIndex((node) => /Function/.test(node.type)) + 1);
      const around = inFunction.filter((node, index) => mayBeSkipped(node, inFunction[index - 1]));
      branches.set(declarator.id.start, around);
    },
  });
  return branches;
}

function mayBeSkipped(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'IfStatement':
      return node !== parent.test;
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
      return node === parent.body;
    case 'TryStatement':
      return node !== parent.finalizer;
    default:
      return node.type === 'SwitchCase';
  }
}

const nameOf = ({ identifier }: Reference) => (identifier as Identifier).name;
