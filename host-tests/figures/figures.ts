import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SourceOf } from '../../build/source-of';
import { phaseNames, type Phase, type Variables } from './phases';

/** What the firmware weighs, as `npm run size -- --json` prints it and budget.json holds it. */
export interface Figures {
  /** Of dist/firmware.js. */
  bytes: number;
  gzip: number;
  /** Above an idle interpreter; null when there was none to measure on. */
  variablesAtRest: number | null;
  /** The worst of `phases`. */
  variablesPeak: number | null;
  /** The most variables in use at once, by what the kit was doing. */
  phases: Record<Phase, number> | null;
  /** Bytes of the minified text, by the source file that they come from. */
  modules: Record<string, number>;
}

/** Figures of the bundle in the folder `dist`, which a build has left with its source map. */
export async function textFigures(dist: string): Promise<Figures> {
  const code = await readFile(join(dist, 'firmware.js'), 'utf8');
  const map = JSON.parse(await readFile(join(dist, 'firmware.js.map'), 'utf8')) as object;
  const modules = new SourceOf(code, map, dist).bytesByModule();
  return {
    bytes: code.length,
    gzip: gzipSync(code).length,
    variablesAtRest: null,
    variablesPeak: null,
    phases: null,
    modules: Object.fromEntries(modules.map(({ module, bytes }) => [module, bytes])),
  };
}

export function withVariables(figures: Figures, { atRest, peaks }: Variables): Figures {
  const variablesPeak = Math.max(...phaseNames.map((phase) => peaks[phase]));
  return { ...figures, variablesAtRest: atRest, variablesPeak, phases: peaks };
}
