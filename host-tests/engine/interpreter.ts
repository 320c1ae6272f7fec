/** The real interpreter's Linux form as a child process: a board's runtime without a board. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { access, constants, copyFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';
import { byteLiteral } from './byte-literal';

/** One build of the interpreter, and what it told of itself. */
export interface EngineForm {
  path: string;
  /** Its version, `2v29` or `2v29.277`. */
  name: string;
  chip: 'esp8266' | 'esp32';
  /** Size of the pool: 1600 on the ESP8266's form. */
  variables: number;
}

export const noInterpreter =
  'No interpreter: set ESPRUINO to the path of an Espruino Linux build with 1600 variables (several with the ' +
  `separator "${delimiter}"), and ESPRUINO32 to one in the ESP32's form.`;

/** A path in ESPRUINO or ESPRUINO32 that holds no interpreter. */
export class NotAnInterpreter extends Error {}

/** Where the interpreter keeps its Storage, in its working directory. */
export const flashFile = 'espruino.flash';
/** Longest that a script runs which only writes or measures, ms. */
const scriptMs = 60_000;
/** A script is parsed from RAM: with so many characters it runs in 1600 variables. */
const scriptMax = 3500;
const pieceBytes = 512;

/** The forms that ESPRUINO and ESPRUINO32 name, in that order; none without them. */
export async function findForms(env: NodeJS.ProcessEnv): Promise<EngineForm[]> {
  const named = (variable: string, chip: EngineForm['chip']): Promise<EngineForm>[] =>
    (env[variable] ?? '')
      .split(delimiter)
      .filter((path) => path)
      .map((path) => askForm(variable, path, chip));
  return Promise.all([...named('ESPRUINO', 'esp8266'), ...named('ESPRUINO32', 'esp32')]);
}

async function askForm(variable: string, path: string, chip: EngineForm['chip']): Promise<EngineForm> {
  const wrong = (why: string): NotAnInterpreter =>
    new NotAnInterpreter(`${variable}: expected the path of an Espruino Linux build, got ${path}: ${why}`);
  try {
    await access(path, constants.X_OK);
  } catch {
    throw wrong('there is no program');
  }
  const form = { path: await realpath(path), name: '', chip, variables: 0 };
  const script = 'print("FORM",process.version,process.memory().total);quit();';
  const output = await Interpreter.run(form, script, { limitMs: 10_000 }).catch((error: unknown) => {
    throw wrong(error instanceof Error ? error.message : String(error));
  });
  const [, name, variables] = /^FORM (\S+) (\d+)$/m.exec(output) ?? [];
  if (name === undefined) throw wrong('it does not run JavaScript as Espruino does');
  return { ...form, name, variables: Number(variables) };
}

/**
 * A new folder whose `espruino.flash` holds these Storage files, written by the interpreter itself; with `base`
 * in addition to what the flash in that folder holds. The caller removes the folder.
 */
export async function makeFlash(
  form: EngineForm,
  files: Record<string, string>,
  base?: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lamplighter-board-'));
  try {
    if (base !== undefined) await copyFile(join(base, flashFile), join(folder, flashFile));
    const statements = Object.entries(files).flatMap(([name, bytes]) => writing(name, bytes));
    for (const script of scripts(statements)) {
      const output = await Interpreter.run(form, script, { folder });
      if (!/^DONE$/m.test(output)) throw new Error(`${form.path}: Storage was not written:\n${output}`);
    }
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Statements that write a file piece by piece, and one that throws unless it can be read again. */
function writing(name: string, bytes: string): string[] {
  const file = byteLiteral(name);
  const statements: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = byteLiteral(bytes.substring(at, at + pieceBytes));
    statements.push(`s.write(${file},${piece},${at},${bytes.length});`);
  }
  const crc = crc32(Buffer.from(bytes, 'latin1'));
  return [...statements, `if(E.CRC32(s.read(${file}))!=${crc})throw "not as written: "+${file};`];
}

/** Statements gathered into scripts that the smallest form can hold. */
function scripts(statements: readonly string[]): string[] {
  const found: string[] = [];
  let text = '';
  for (const [i, statement] of statements.entries()) {
    text += statement;
    const next = statements[i + 1];
    if (next !== undefined && text.length + next.length < scriptMax) continue;
    found.push(`s=require("Storage");${text}print("DONE");quit();`);
    text = '';
  }
  return found;
}

export interface RunOptions {
  args?: string[];
  /** A program, and its arguments, that runs the interpreter: `valgrind` for one. */
  wrapper?: string[];
}

/** One running process. What it prints is held as lines of byte strings, without its prompt and its echo control. */
export class Interpreter {
  readonly lines: string[] = [];
  onLine?: (line: string) => void;
  /** Its exit code; null when it was ended from outside. */
  readonly exited: Promise<number | null>;
  readonly #process: ChildProcessWithoutNullStreams;

  private constructor(form: EngineForm, folder: string, { args = [], wrapper = [] }: RunOptions) {
    const [command, ...rest] = [...wrapper, form.path, ...args] as [string, ...string[]];
    // Its input must stay open: at the end of it the interpreter reads bytes of 0xFF for ever.
    this.#process = spawn(command, rest, { cwd: folder, stdio: 'pipe' });
    const { stdout, stderr } = this.#process;
    for (const stream of [stdout, stderr])
      createInterface(stream.setEncoding('latin1')).on('line', (line) => this.#onLine(line));
    // Typing to a process that has just ended is no error: `exited` tells of it.
    this.#process.stdin.on('error', () => {});
    this.exited = new Promise((resolve) => {
      this.#process.on('error', (error) => {
        this.#onLine(error.message);
        resolve(null);
      });
      this.#process.on('close', resolve);
    });
  }

  /** Boots from the flash in `folder`, with the console on `type` and `lines`. */
  static boot(form: EngineForm, folder: string, options: RunOptions = {}): Interpreter {
    return new Interpreter(form, folder, options);
  }

  /** Runs a text, without boot code, until it calls `quit()`; returns what it printed. */
  static async run(
    form: EngineForm,
    script: string,
    options: RunOptions & { folder?: string; limitMs?: number } = {},
  ): Promise<string> {
    const { args = [], limitMs = scriptMs } = options;
    const own = await mkdtemp(join(tmpdir(), 'lamplighter-script-'));
    try {
      const file = join(own, 'script.js');
      await writeFile(file, script, 'latin1');
      const running = new Interpreter(form, options.folder ?? own, { ...options, args: [...args, file] });
      let late = false;
      const limit = setTimeout(() => {
        late = true;
        void running.stop();
      }, limitMs);
      await running.exited;
      clearTimeout(limit);
      if (late) throw new Error(`it did not come to its end within ${limitMs} ms`);
      return running.lines.join('\n');
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }

  get id(): number | undefined {
    return this.#process.pid;
  }

  /** Types bytes on its console; a line that starts with 0x10 is neither echoed nor answered. */
  type(text: string): void {
    this.#process.stdin.write(text, 'latin1');
  }

  /** Ends it at once, as a cut of the power would: in its console mode it heeds nothing milder. */
  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.exited;
  }

  #onLine(line: string): void {
    const clean = line.replace(controls, '').replace(/^>+/, '');
    this.lines.push(clean);
    this.onLine?.(clean);
  }
}

/** Escape sequences, carriage returns, and what the interpreter makes of an end of input. */
const controls = /\x1b\[[\d;]*[A-Za-z]|[\r\xff]/g;
