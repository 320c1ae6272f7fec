import type { Identifier } from 'estree';
import { absentGlobals, absentMethods, absentStatics, clearers } from './language';
import { propertyName, type AnyNode, type Rule, type Script } from './rule';

const undeclared = 'what device/espruino.d.ts declares; if the board has it, declare it there';

export const nameRules: Rule[] = [
  {
    construct: 'unknown global',
    instead: undeclared,
    find: ({ globalScope, names }, report) => {
      for (const { identifier } of globalScope.through) {
        const { name } = identifier as Identifier;
        const absent = Object.hasOwn(absentGlobals, name) ? absentGlobals[name] : undefined;
        if (names.globals.has(name) && absent === undefined) continue;
        report(
          (identifier as unknown as AnyNode).start,
          `${absent ? 'absent' : 'unknown'} global ${name}`,
          absent,
        );
      }
    },
  },
  {
    construct: 'unknown function of a namespace',
    instead: undeclared,
    find: (script, report) => {
      const free = freeIdentifiers(script);
      script.walk((node) => {
        if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier' || !free.has(node.object))
          return;
        const property = propertyName(node);
        const known = script.names.globals.get(node.object.name);
        if (property === undefined) return;
        const path = `${node.object.name}.${property}`;
        const absent = Object.hasOwn(absentStatics, path) ? absentStatics[path] : undefined;
        if (absent !== undefined) report(node.start, `absent ${path}`, absent);
        else if (known && !known.has(property)) report(node.start, `unknown ${path}`);
      });
    },
  },
  {
    construct: 'unknown property',
    instead: undeclared,
    find: (script, report) => {
      const free = freeIdentifiers(script);
      const own = ownProperties(script);
      script.walk((node) => {
        if (node.type !== 'MemberExpression') return;
        const isStatic = node.object.type === 'Identifier' && free.has(node.object);
        if (isStatic && script.names.globals.get((node.object as Identifier).name)) return;
        const property = propertyName(node);
        if (property === undefined || own.has(property) || script.names.wire.has(property)) return;
        const absent = Object.hasOwn(absentMethods, property) ? absentMethods[property] : undefined;
        if (absent !== undefined) report(node.property.start, `absent method .${property}`, absent);
        else if (!script.names.members.has(property))
          report(node.property.start, `unknown property .${property}`);
      });
    },
  },
  {
    construct: 'clear without an id',
    instead:
      'an id, behind a test for undefined: without one every timer or watch is cleared, undefined throws',
    find: (script, report) => {
      const free = freeIdentifiers(script);
      script.walk((node) => {
        if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || !free.has(node.callee))
          return;
        const { name } = node.callee;
        const [id] = node.arguments;
        const absent = !id || (id.type === 'UnaryExpression' && id.operator === 'void');
        if (clearers.includes(name) && (absent || isUndefined(id)))
          report(node.start, `${name}() without an id`);
      });
    },
  },
  {
    construct: 'extends of what is no class of the bundle',
    instead: 'a class declared here: subclasses of the runtime lose their methods',
    find: (script, report) => {
      const free = freeIdentifiers(script);
      script.walk((node) => {
        if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return;
        const base = node.superClass;
        if (base && (base.type !== 'Identifier' || free.has(base))) report(base.start);
      });
    },
  },
];

const isUndefined = (node: AnyNode) => node.type === 'Identifier' && node.name === 'undefined';

function freeIdentifiers({ globalScope }: Script): Set<unknown> {
  return new Set(globalScope.through.map(({ identifier }) => identifier));
}

/** Properties that the bundle itself gives to objects. */
function ownProperties(script: Script): Set<string> {
  const own = new Set<string>();
  script.walk((node) => {
    const keyed = node.type === 'Property' || node.type === 'MethodDefinition' ? node : undefined;
    const assigned =
      node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' ? node.left : undefined;
    const name = keyed ? propertyName(keyed) : assigned && propertyName(assigned);
    if (name !== undefined) own.add(name);
  });
  return own;
}
