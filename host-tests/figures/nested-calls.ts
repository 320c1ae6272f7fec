/**
 * How deep calls nest in a finished bundle, told by the bundle itself: every function notes its entry and its end, and a
 * path that is deeper than any before is printed.
 *
 * The rule: a function of the bundle counts as one call. One of the runtime counts when it calls back while it runs (`forEach`), with
 * the callback above it; else it is a C function at the tip of the path, and no frame of the interpreter. An event's handler is
 * the first call; while the bundle is loaded, the bundle itself is.
 */
import { parse, type Node } from 'acorn';
import { full } from 'acorn-walk';
import { analyze, type Scope } from 'eslint-scope';
import type * as estree from 'estree';
import type { SourceOf } from '../../build/source-of';

export const nestedCallsMax = 6;

/** Begins a line of the console that names a path. */
const mark = '\x04';
const idLength = 2;
/** Methods of the runtime that call a function before they return. */
const callsBack = /^(?:forEach|map|filter|some|every|reduce|find|findIndex|sort|replace|mapInPlace)$/;

const recorder = `var $S="00",$M=0;
function $I(c){var n=$S.length;if(n>=$M){$M=n+${idLength};console.log("${mark}"+$S+c)}$S+=c;return n}
function $O(n){$S=$S.substr(0,n)}
function $W(c,f){var n=$I(c);try{return f()}finally{$O(n)}}
`;

export interface Instrumented {
  code: string;
  /** The calls that a line of the console names, outermost first; undefined when it names none. */
  path(line: string): string[] | undefined;
}

type Located = Node & { loc: { start: { line: number; column: number } } };
type Callable = estree.Function & Located;

/** `sources` leads to the names that the build has shortened. */
export function instrument(code: string, sources?: SourceOf): Instrumented {
  const program = parse(code, { ecmaVersion: 2020, locations: true, ranges: true });
  const native = nativeCalls(program);
  const titles = ['the bundle itself'];
  const inserts: { at: number; text: string; closing: boolean; depth: number }[] = [];
  const idOf = (title: string): string => {
    const known = titles.indexOf(title);
    const id = known > 0 ? known : titles.push(title) - 1;
    return id.toString(36).padStart(idLength, '0');
  };
  // The body of an arrow function may be a call, which lies within the body although both are the same text.
  const around = ({ start, end }: Node, before: string, after: string, outer = 0): void => {
    inserts.push({ at: start, text: before, closing: false, depth: start - end - outer });
    inserts.push({ at: end, text: after, closing: true, depth: start - outer });
  };

  full(program, (node) => {
    if (isFunction(node)) {
      const enter = `{var $k=$I("${idOf(titleOf(node, code, sources))}");try{`;
      const body = node.body as unknown as Node;
      const leave = '}finally{$O($k)}}';
      if (node.body.type === 'BlockStatement') around(body, enter, leave, 0.5);
      else around(body, `${enter}return `, leave, 0.5);
    } else if (native.has(node)) {
      const callee = (node as unknown as estree.CallExpression).callee as unknown as Node;
      const text = code.slice(callee.start, callee.end);
      const method = /\.(\w+)$/.exec(text)?.[1];
      if (method && callsBack.test(method)) around(node, `$W("${idOf(`.${method}()`)}",()=>`, ')');
    }
  });

  return {
    code: `${recorder}${inserted(code, inserts)}\n$S="";\n`,
    path(line) {
      if (!line.startsWith(mark)) return undefined;
      const ids = line.slice(mark.length).match(new RegExp(`.{${idLength}}`, 'g'))!;
      return ids.map((id) => titles[parseInt(id, 36)]!);
    },
  };
}

function isFunction(node: Node): node is Callable {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** Calls of what the bundle does not define itself. */
function nativeCalls(program: Node): Set<Node> {
  const manager = analyze(program as unknown as estree.Program, { ecmaVersion: 2020, sourceType: 'script' });
  const own = new Set<unknown>();
  const visit = (scope: Scope): void => {
    for (const { identifier, resolved } of scope.references) if (resolved?.defs.length) own.add(identifier);
    scope.childScopes.forEach(visit);
  };
  visit(manager.globalScope!);
  const found = new Set<Node>();
  full(program, (node) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
    const { callee } = node as unknown as estree.CallExpression;
    if (!own.has(callee) && !isFunction(callee as unknown as Node)) found.add(node);
  });
  return found;
}

function titleOf(node: Callable, code: string, sources: SourceOf | undefined): string {
  const named = 'id' in node && node.id ? (node.id as unknown as Located) : undefined;
  const { line, column } = (named ?? node).loc.start;
  const place = sources?.at(line, column + 1);
  const name = named
    ? (sources?.nameAt(line, column + 1) ?? code.slice(named.start, named.end))
    : 'a function';
  return place ? `${name} (${place})` : name;
}

/** Insertions at one place: what closes comes first, innermost first; what opens comes outermost first. */
function inserted(
  code: string,
  inserts: { at: number; text: string; closing: boolean; depth: number }[],
): string {
  const sorted = [...inserts].sort(
    (a, b) =>
      a.at - b.at ||
      Number(b.closing) - Number(a.closing) ||
      (a.closing ? b.depth - a.depth : a.depth - b.depth),
  );
  let text = '';
  let done = 0;
  for (const insert of sorted) {
    text += code.slice(done, insert.at) + insert.text;
    done = insert.at;
  }
  return text + code.slice(done);
}
