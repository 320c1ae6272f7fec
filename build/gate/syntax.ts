import { keywords } from './language';
import { propertyName, type AnyNode, type Rule } from './rule';

/** Refuses every node for which `matches` holds, at the node's start. */
function refuse(
  construct: string,
  instead: string,
  matches: (node: AnyNode, parent?: AnyNode) => boolean,
): Rule {
  return {
    construct,
    instead,
    find: (script, report) =>
      script.walk((node, ancestors) => {
        if (matches(node, ancestors[ancestors.length - 2])) report(node.start);
      }),
  };
}

const isFunction = (node: AnyNode) =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression';

const isString = (node: AnyNode) => node.type === 'Literal' && typeof node.value === 'string';

/** Constructs that one node, or a node and its parent, tell. */
export const syntaxRules: Rule[] = [
  refuse(
    'destructuring',
    'read the properties one by one',
    (node, parent) =>
      // A pattern in a pattern is the same mistake, told once.
      (node.type === 'ObjectPattern' || node.type === 'ArrayPattern') &&
      !/Pattern|^Property$/.test(parent?.type ?? ''),
  ),
  refuse(
    'default parameter',
    'test the parameter for undefined in the body',
    (node, parent) => node.type === 'AssignmentPattern' && parent !== undefined && isFunction(parent),
  ),
  refuse(
    'rest parameter',
    'an array as the last parameter',
    (node, parent) => node.type === 'RestElement' && parent !== undefined && isFunction(parent),
  ),
  refuse('spread', 'concat(), Object.assign() or apply()', (node) => node.type === 'SpreadElement'),
  refuse('optional chaining', 'a && a.b', (node) => node.type === 'ChainExpression'),
  refuse(
    'async function',
    'a callback',
    (node) => isFunction(node) && 'async' in node && node.async === true,
  ),
  refuse(
    'await',
    'a callback',
    (node) => node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await),
  ),
  refuse(
    'generator',
    'a callback',
    (node) => isFunction(node) && 'generator' in node && node.generator === true,
  ),
  refuse('label', 'a function of its own that returns', (node) => node.type === 'LabeledStatement'),
  refuse('tagged template', 'a function call', (node) => node.type === 'TaggedTemplateExpression'),
  refuse('private name', 'a plain property', (node) =>
    node.type === 'MemberExpression'
      ? node.property.type === 'PrivateIdentifier'
      : (node.type === 'PropertyDefinition' || node.type === 'MethodDefinition') &&
        node.key.type === 'PrivateIdentifier',
  ),
  refuse('static block', 'statements after the class', (node) => node.type === 'StaticBlock'),
  refuse('class field', 'an assignment in the constructor', (node) => node.type === 'PropertyDefinition'),
  refuse(
    'computed key',
    'an assignment o[key] = value',
    (node) => (node.type === 'Property' || node.type === 'MethodDefinition') && node.computed,
  ),
  refuse(
    'exponent operator',
    'Math.pow() or multiplication',
    (node) =>
      (node.type === 'BinaryExpression' && node.operator === '**') ||
      (node.type === 'AssignmentExpression' && node.operator === '**='),
  ),
  refuse(
    'logical assignment',
    'if (...) a = b',
    (node) => node.type === 'AssignmentExpression' && ['??=', '||=', '&&='].includes(node.operator),
  ),
  refuse('bigint', 'a number', (node) => node.type === 'Literal' && typeof node.bigint === 'string'),
  refuse('with statement', 'a variable', (node) => node.type === 'WithStatement'),
  refuse('new.target', 'nothing: call it with new', (node) => node.type === 'MetaProperty'),
  refuse('import()', 'a static import, which the build bundles', (node) => node.type === 'ImportExpression'),
  refuse('case after default', 'default as the last branch', (node) => {
    if (node.type !== 'SwitchStatement') return false;
    const position = node.cases.findIndex((branch) => !branch.test);
    return position >= 0 && position < node.cases.length - 1;
  }),
  {
    construct: 'return as the last word of a function',
    instead:
      'an if around what comes before: the board reads a function without its closing brace and misses the value',
    find: (script, report) =>
      script.walk((node, ancestors) => {
        if (node.type !== 'ReturnStatement' || node.argument) return;
        const body = ancestors.findLast(isFunction)?.body;
        if (body?.end === node.end + 1) report(node.start);
      }),
  },
  refuse('method named by a keyword', 'another name', (node) => {
    // In a class the lexer wants an identifier; in an object literal only getters and setters do.
    const named = node.type === 'MethodDefinition' || (node.type === 'Property' && node.kind !== 'init');
    return named && keywords.includes(propertyName(node) ?? '');
  }),
  refuse(
    'method with a quoted or numeric name',
    'an identifier',
    (node) => node.type === 'MethodDefinition' && node.key.type === 'Literal',
  ),
  refuse('assignment to .length', 'splice(), or a new array', (node) => {
    const target =
      node.type === 'AssignmentExpression'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : undefined;
    return target?.type === 'MemberExpression' && propertyName(target) === 'length';
  }),
  refuse(
    '\\u{...} escape',
    '\\xNN: strings on the board are bytes',
    (node) =>
      // An odd number of backslashes before u{ is an escape.
      (isString(node) || node.type === 'TemplateElement') && /(^|[^\\])(\\\\)*\\u\{/.test(rawText(node)),
  ),
  refuse('character above \\xff', 'its UTF-8 bytes: the board cuts it to one byte', (node) => {
    const text =
      node.type === 'TemplateElement'
        ? node.value.cooked
        : isString(node) && 'value' in node
          ? node.value
          : '';
    return /[^\0-\xff]/.test(String(text));
  }),
  refuse(
    'line continuation in a string',
    'two strings and +: the board keeps the line end',
    (node) => isString(node) && /\\[\r\n]/.test(rawText(node)),
  ),
];

function rawText(node: AnyNode): string {
  if (node.type === 'TemplateElement') return node.value.raw;
  return node.type === 'Literal' ? (node.raw ?? '') : '';
}
