import { existsSync } from 'node:fs';
import Module, { register } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { checkout } from '../../build/checkout';
import type { ClassroomConfig } from './classroom';
import { ConfigError } from './config-error';
import { plainMac, resolveKit, type Classroom } from './kit-settings';
import { schemaProblems } from './schema';
import { placeholderReader } from './secrets';

/** Reads and checks a kit.config.ts. Throws a ConfigError. */
export async function loadClassroom(file: string): Promise<Classroom> {
  const path = resolve(file);
  return checkClassroom(path, await importConfig(path));
}

/**
 * Checks shape, ranges, kits that collide, and the wiring of every kit; secrets are not looked at.
 * Throws a ConfigError.
 */
export function checkClassroom(file: string, config: unknown): Classroom {
  const named = (sentence: string) => `${basename(file)}: ${sentence}`;
  let problems = schemaProblems(config).map(named);
  if (problems.length > 0) throw new ConfigError(problems);

  const classroom: Classroom = { file, config: config as ClassroomConfig };
  problems = collisions(classroom.config).map(named);
  for (const { kit } of classroom.config.kits) resolveKit(classroom, kit, placeholderReader, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return classroom;
}

/** Two kits with one number would take each other's commands; two with one MAC cannot both be that board. */
function collisions({ kits }: ClassroomConfig): string[] {
  return kits.flatMap(({ kit, mac }, index) => {
    const before = kits.slice(0, index);
    const sameKit = before.findIndex((other) => other.kit === kit);
    const sameMac = before.findIndex((other) => other.mac && mac && plainMac(other.mac) === plainMac(mac));
    return [
      ...(sameKit < 0
        ? []
        : [`kits[${index}].kit: ${kit} is the number of kits[${sameKit}]; give each kit its own`]),
      ...(sameMac < 0
        ? []
        : [`kits[${index}].mac: ${mac} is the board of kits[${sameMac}]; one board is one kit`]),
    ];
  });
}

async function importConfig(path: string): Promise<unknown> {
  const name = basename(path);
  if (!existsSync(path)) {
    throw new ConfigError([`${name}: there is no such file in ${dirname(path)}; name another with --config`]);
  }
  let exports: { default?: unknown };
  if (!checkout) findClassroomInRelease();
  try {
    // A namespace of its own for each import: an edited file is read anew.
    exports = (await tsImport(pathToFileURL(path).href, import.meta.url)) as typeof exports;
  } catch (error) {
    throw new ConfigError([`${name}: ${whyNotImported(error as Error, name)}`]);
  }
  // Where package.json does not say "type": "module", the module arrives wrapped once more.
  const outer = exports.default;
  const config = typeof outer === 'object' && outer && 'default' in outer ? outer.default : outer;
  if (config === undefined) {
    throw new ConfigError([`${name}: exports no classroom; expected export default defineClassroom({ … })`]);
  }
  return config;
}

let isFound = false;

/**
 * A kit.config.ts imports ./cli/kit-config/classroom, as it does in a checkout. Wherever it lies, with a release that
 * is a file of the release; whether it is loaded as an ES module or not, package.json beside it decides.
 */
function findClassroomInRelease(): void {
  if (isFound) return;
  isFound = true;
  const pattern = /cli.kit-config.classroom(\.ts)?(\?|$)/;
  const url = new URL('./kit-config.mjs', import.meta.url);
  const hook = `export const resolve = (specifier, context, next) =>
    ${pattern}.test(specifier) ? { url: '${url}', shortCircuit: true } : next(specifier, context);`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
  const loader = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string };
  const usual = loader._resolveFilename;
  loader._resolveFilename = function (request, ...rest) {
    return pattern.test(request) ? fileURLToPath(url) : usual.call(this, request, ...rest);
  };
}

/** Where the file fails and how, without quoting it: a password may stand there. */
function whyNotImported(error: Error, name: string): string {
  if (error.name === 'TransformError') {
    const [, line, column, text] = /:(\d+):(\d+): ERROR: (.*)/.exec(error.message) ?? [];
    const expected = /^Expected ("[^"]{1,2}"|identifier)/.exec(text ?? '')?.[1];
    const what = expected ? `expected ${expected}` : 'a bracket, comma or quote is missing or too many';
    return `line ${line}, column ${column}: syntax error: ${what}`;
  }
  if (/MODULE_NOT_FOUND/.test((error as NodeJS.ErrnoException).code ?? '')) {
    return `imports what is not there: ${error.message.split(/ imported from|\n/)[0]}`;
  }
  // Known only where the stack is mapped back to the file, as it is when tsx runs the command.
  const line = error.stack?.split(`${name}:`)[1]?.match(/^\d+/)?.[0];
  const where = line === undefined ? '' : `line ${line}: `;
  if (error.name === 'ReferenceError') return `${where}a name is used that is not defined; text wants quotes`;
  return `${where}${error.name}: ${error.message.replace(/(["'`]).*?\1/g, '…')}`;
}
