import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../build/root';
import { SourceOf } from '../../build/source-of';
import { instrument, type Instrumented } from './nested-calls';

/** dist/firmware.js so that it tells how deep its calls nest, by the names of its source. */
export async function instrumentedFirmware(): Promise<Instrumented> {
  const dist = join(root, 'dist');
  const code = await readFile(join(dist, 'firmware.js'), 'utf8');
  const map = JSON.parse(await readFile(join(dist, 'firmware.js.map'), 'utf8')) as object;
  return instrument(code, new SourceOf(code, map, dist));
}

/** The deepest path that these lines of a console name, outermost call first. */
export function deepest({ path }: Instrumented, lines: readonly string[]): string[] {
  return lines.reduce<string[]>((best, line) => {
    const found = path(line) ?? [];
    return found.length > best.length ? found : best;
  }, []);
}
