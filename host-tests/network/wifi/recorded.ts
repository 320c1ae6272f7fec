import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult, System } from '../../../network/system';

/**
 * What programs print, by version, in the form in which users have shown it in public; names and addresses are made up. None was
 * recorded on hardware of this project's.
 */
export function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8');
}

interface Recording {
  /** By command line; a program that no line names is not installed. */
  programs?: Record<string, string | Partial<RunResult>>;
  files?: Record<string, string>;
  folders?: Record<string, string[]>;
  addresses?: Record<string, string[]>;
  root?: boolean;
}

/** A computer whose programs say what was recorded; `ran` lists the command lines. */
export function recordedSystem(recording: Recording): System & { ran: string[] } {
  const { programs = {}, files = {}, folders = {}, addresses = {}, root = false } = recording;
  const ran: string[] = [];
  return {
    ran,
    run: (program, args) => {
      const line = [program, ...args].join(' ');
      ran.push(line);
      const said = programs[line];
      if (typeof said === 'string') return Promise.resolve({ stdout: said, stderr: '', code: 0 });
      if (said) return Promise.resolve({ stdout: '', stderr: '', code: 0, ...said });
      const installed = Object.keys(programs).some((key) => key === program || key.startsWith(`${program} `));
      return Promise.resolve(installed ? { stdout: '', stderr: 'not recorded', code: 1 } : undefined);
    },
    read: (path) => Promise.resolve(files[path]),
    list: (folder) => Promise.resolve(folders[folder] ?? []),
    addresses: () => new Map(Object.entries(addresses)),
    isRoot: root,
  };
}
