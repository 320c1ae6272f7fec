import { dirname, join } from 'node:path';
import type { Plugin } from 'rollup';
import ts from 'typescript';
import { inlineConstants } from './constants';
import { root } from './root';

/**
 * Rollup plugin: compiles the device project as one program, once for all bundles of a build. Only a whole
 * program knows every const enum, so that they become numbers across files. Any type error ends the build.
 *
 * In place of @rollup/plugin-typescript, whose watching program keeps Node alive for ever after a type error.
 */
export function typescript(): Plugin {
  let program: ts.Program | undefined;
  return {
    name: 'typescript',
    buildStart() {
      program ??= deviceProgram();
    },
    async resolveId(importee, importer) {
      if (!importer || !importee.startsWith('.')) return null;
      const file = join(dirname(importer), importee);
      return program!.getSourceFile(slashed(`${file}.ts`)) ? `${file}.ts` : null;
    },
    load(file) {
      const source = file.endsWith('.ts') ? program!.getSourceFile(slashed(file)) : undefined;
      if (!source) return null;
      const output = { code: '', map: '' };
      const write: ts.WriteFileCallback = (name, text) =>
        (output[name.endsWith('.map') ? 'map' : 'code'] = text);
      program!.emit(source, write, undefined, false, {
        before: [inlineConstants(program!.getTypeChecker())],
      });
      return output;
    },
  };
}

function deviceProgram(): ts.Program {
  const file = join(root, 'tsconfig.device.json');
  const config = ts.getParsedCommandLineOfConfigFile(
    file,
    { noEmit: false, sourceMap: true, newLine: ts.NewLineKind.LineFeed },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => fail([problem]) },
  )!;
  const program = ts.createProgram(config.fileNames, config.options);
  fail([...config.errors, ...ts.getPreEmitDiagnostics(program)]);
  return program;
}

function fail(problems: readonly ts.Diagnostic[]): void {
  if (problems.length === 0) return;
  throw new Error(
    ts
      .formatDiagnostics(problems, {
        getCurrentDirectory: () => root,
        getCanonicalFileName: (name) => name,
        getNewLine: () => '\n',
      })
      .trimEnd(),
  );
}

/** TypeScript writes paths with slashes on every system. */
function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
