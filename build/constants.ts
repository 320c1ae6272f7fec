import ts from 'typescript';

/**
 * Compiler step: writes the value of each top-level `const` that is a plain number or string where it is used. On the board every
 * global takes a variable or more, and text in flash takes none, so a constant is worth its repetition.
 */
export function inlineConstants(checker: ts.TypeChecker): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isShorthandPropertyAssignment(node)) {
        const value = valueOf(checker.getShorthandAssignmentValueSymbol(node), checker);
        return value ? ts.factory.createPropertyAssignment(node.name, value) : node;
      }
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return node;
      if (ts.isIdentifier(node) && isUse(node)) {
        return valueOf(checker.getSymbolAtLocation(node), checker) ?? node;
      }
      // Of a module that was imported whole.
      if (ts.isPropertyAccessExpression(node)) {
        const value = valueOf(checker.getSymbolAtLocation(node.name), checker);
        if (value) return value;
      }
      return ts.visitEachChild(node, visit, context);
    };
    return ts.visitEachChild(file, visit, context);
  };
}

/** Neither where it is declared, nor the name of a property or of an export. */
function isUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent)) return parent.initializer === node;
  return !ts.isExportSpecifier(parent);
}

function valueOf(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): ts.Expression | undefined {
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return undefined;
  const list = declaration.parent;
  const constant = list.flags & ts.NodeFlags.Const && ts.isSourceFile(list.parent.parent);
  const value = declaration.initializer;
  if (!constant || !value) return undefined;
  if (ts.isNumericLiteral(value)) return ts.factory.createNumericLiteral(value.text);
  return ts.isStringLiteral(value) ? ts.factory.createStringLiteral(value.text) : undefined;
}
