import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './root';

/**
 * The names that mean something outside the bundle: the interpreter's, as device/espruino.d.ts declares
 * them, and the keys of kit.json. The minifier keeps them and the gate allows no others.
 */
export interface BoardNames {
  /** What exists undeclared, with its properties; `undefined` where those cannot be known (a function, `any`). */
  globals: Map<string, Set<string> | undefined>;
  /** Every property that a value of the runtime may have, constructors' own such as `Object.keys` left out. */
  members: Set<string>;
  /** Every name in the declarations, whatever it names. */
  declared: Set<string>;
  /** Keys of what host and board exchange as JSON. */
  wire: Set<string>;
}

/** The files whose types describe JSON that leaves the bundle or enters it. */
const wireTypes = ['shared/settings.ts'];

/** Values of the language itself, which a program without a library need not declare. */
const intrinsic = ['undefined', 'NaN', 'Infinity', 'arguments'];

export function readBoardNames(): BoardNames {
  const wire = wireTypes.map((file) => readFileSync(join(root, file), 'utf8'));
  return boardNames(readFileSync(join(root, 'device/espruino.d.ts'), 'utf8'), wire);
}

export function boardNames(declarations: string, wireSources: string[]): BoardNames {
  const source = ts.createSourceFile('espruino.d.ts', declarations, ts.ScriptTarget.ES2019, true);
  const checker = checkerOf(source);
  const names: BoardNames = {
    globals: new Map(intrinsic.map((name) => [name, undefined])),
    members: new Set(),
    declared: declaredNames(source),
    wire: new Set(),
  };

  for (const text of wireSources) {
    const types = ts.createSourceFile('wire.ts', text, ts.ScriptTarget.ES2019, true);
    for (const name of declaredNames(types)) names.wire.add(name);
  }
  for (const symbol of checker.getSymbolsInScope(source, ts.SymbolFlags.Value)) {
    const declaration = symbol.valueDeclaration;
    if (declaration) names.globals.set(symbol.name, propertiesOf(checker, symbol, declaration));
  }
  visit(source, (node) => {
    if (ts.isInterfaceDeclaration(node) && node.name.text.endsWith('Constructor')) return false;
    if (isMember(node)) names.members.add(node.name.text);
    return true;
  });
  return names;
}

/** Properties of a global such as `Math`; undefined where any property might exist. */
function propertiesOf(checker: ts.TypeChecker, symbol: ts.Symbol, declaration: ts.Declaration) {
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
  const open = type.flags & ts.TypeFlags.Any || checker.getIndexInfosOfType(type).length > 0;
  const properties = checker.getPropertiesOfType(checker.getApparentType(type));
  return open || properties.length === 0 ? undefined : new Set(properties.map((property) => property.name));
}

/** Names of variables, functions, classes, namespaces and of every property, in the file's order. */
function declaredNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  visit(source, (node) => {
    const named =
      ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isModuleDeclaration(node);
    if (named && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
    if (isMember(node)) names.add(node.name.text);
    return true;
  });
  return names;
}

function isMember(node: ts.Node): node is ts.TypeElement & { name: ts.Identifier | ts.StringLiteral } {
  const member = ts.isTypeElement(node) || ts.isClassElement(node) || ts.isEnumMember(node);
  return member && node.name !== undefined && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name));
}

function visit(node: ts.Node, enter: (node: ts.Node) => boolean): void {
  if (enter(node)) ts.forEachChild(node, (child) => visit(child, enter));
}

function checkerOf(source: ts.SourceFile): ts.TypeChecker {
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === source.fileName ? source : undefined),
    getDefaultLibFileName: () => '',
    writeFile: () => undefined,
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === source.fileName,
    readFile: () => undefined,
  };
  return ts.createProgram([source.fileName], { noLib: true, types: [] }, host).getTypeChecker();
}
