import { SourceMap, type SourceMapPayload } from 'node:module';
import { relative, resolve } from 'node:path';
import { root } from './root';

/** Leads from a place in a finished bundle back to the source that it comes from. */
export class SourceOf {
  #map: SourceMap;

  constructor(
    private code: string,
    map: object,
    private folder: string,
  ) {
    this.#map = new SourceMap(map as SourceMapPayload);
  }

  /** `device/main.ts:12`, or nothing for text that the build itself added; both counted from 1. */
  at(line: number, column: number): string {
    const entry = this.#entry(line, column);
    return entry ? `${entry.module}:${entry.line}` : '';
  }

  /** What the source calls that which the bundle names here; undefined when the map does not tell. */
  nameAt(line: number, column: number): string | undefined {
    const entry = this.#map.findEntry(line - 1, column - 1);
    return 'name' in entry ? (entry as { name?: string }).name : undefined;
  }

  /** Bytes by the source file that the source map gives for each, largest first. The bundle is ASCII. */
  bytesByModule(): { module: string; bytes: number }[] {
    const bytes = new Map<string, number>();
    this.code.split(/(?<=\n)/).forEach((text, line) => {
      for (let column = 0; column < text.length; column++) {
        const module = this.#entry(line + 1, column + 1)?.module ?? '(added by the build)';
        bytes.set(module, (bytes.get(module) ?? 0) + 1);
      }
    });
    return [...bytes].map(([module, bytes]) => ({ module, bytes })).sort((a, b) => b.bytes - a.bytes);
  }

  #entry(line: number, column: number): { module: string; line: number } | undefined {
    const entry = this.#map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry) || entry.originalSource === undefined) return undefined;
    const module = relative(root, resolve(this.folder, entry.originalSource)).replaceAll('\\', '/');
    return { module, line: entry.originalLine + 1 };
  }
}
