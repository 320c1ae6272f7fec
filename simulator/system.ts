import { crc32 } from 'node:zlib';
import { bytesFromData, bytesFromString, stringFromBytes } from './bytes';
import type { Chip } from './chips';
import { BoardError, Halted } from './errors';
import { environment, memory, serialNumber } from './environment';
import type { BoardInterpreter } from './interpreter';
import { objectText, toJsStyle } from './json-text';
import type { BoardRandom } from './random';
import type { Storage } from './storage';
import { createWatchdog } from './watchdog';

/** What the console asks for. The lock outlives a soft reset, the password does not. */
export interface ConsoleState {
  password: string | undefined;
  locked: boolean;
  echo: boolean;
}

export interface SystemOptions {
  interpreter: BoardInterpreter;
  chip: Chip;
  mac: string;
  storage: Storage;
  random: BoardRandom;
  console: ConsoleState;
  freeVariables: () => number;
  /** load() with the file's name, reset(): taken up at the end of the idle pass. */
  restart: (request: { load: string | undefined } | 'reset') => void;
  reboot: (reason: string) => void;
}

export interface System {
  /** Remembers an error flag such as "FIFO_FULL"; the `errorFlag` event comes at the end of the pass. */
  raise(flag: string): void;
  /** What the end of an idle pass does about flags. */
  checkFlags(): void;
  /** Runs the listeners of an event of `E` at once. */
  tell(event: string, ...args: unknown[]): void;
  /** How many listeners `E` and `process` have. */
  listenerCount(): number;
}

/** `E`, `process` and the functions around restarting. Source: Espruino src/jswrap_espruino.c, src/jswrap_process.c. */
export function installSystem(options: SystemOptions): System {
  const { interpreter, storage, random } = options;
  const { realm, emitters } = interpreter;
  const raised = new Set<string>();
  let known = new Set<string>();
  const watchdog = createWatchdog(options);

  const system: System = {
    raise: (flag) => raised.add(flag),
    checkFlags() {
      const fresh = [...raised].filter((flag) => !known.has(flag));
      known = new Set(raised);
      if (fresh.length === 0) return;
      const flags = realm.array(fresh);
      system.tell('errorFlag', flags);
      interpreter.print(`New interpreter error: ${fresh.join(',')}`);
    },
    tell(event, ...args) {
      for (const listener of [...emitters.listeners(E, event)]) interpreter.call(listener, E, args);
    },
    listenerCount: () => emitters.count(E) + emitters.count(process),
  };

  const E = realm.module({
    getErrorFlags: () => {
      const flags = realm.array([...raised]);
      raised.clear();
      return flags;
    },
    CRC32: (data: unknown) => {
      if (typeof data === 'string') return crc32(bytesFromString(data));
      if (typeof data !== 'object' || data === null) return undefined;
      // Whatever can be walked: each element is a number.
      const isPlain = Array.isArray(data) || Object.getPrototypeOf(data) === realm.objectPrototype;
      return crc32(isPlain ? Uint8Array.from(Object.values(data).map(Number)) : bytesFromData(data)!);
    },
    hwRand: () => random.next(),
    srand: (seed: number) => random.seed(Math.trunc(seed)),
    setPassword: (password: unknown) => {
      options.console.password = password === undefined ? undefined : String(password);
    },
    lockConsole: () => {
      options.console.locked = options.console.password !== undefined;
    },
    getConsole: () => 'Serial1',
    setBootCode: (code: unknown, always: unknown) => {
      storage.erase('.bootcde');
      storage.erase('.bootrst');
      if (typeof code === 'string' && code !== '') storage.write(always ? '.bootrst' : '.bootcde', code);
    },
    reboot: () => {
      system.tell('kill');
      options.reboot('restart');
      throw new Halted();
    },
    enableWatchdog: (seconds: unknown, automatic: unknown) => watchdog.enable(seconds, automatic),
    kickWatchdog: () => watchdog.kick(),
    toString: (...data: unknown[]) => stringFromBytes(bytesFromData(data) ?? new Uint8Array()),
    toUint8Array: (...data: unknown[]) => realm.uint8Array(bytesFromData(data) ?? new Uint8Array()),
    toJS: (value: unknown) => objectText(value, toJsStyle),
    clip: (value: number, least: number, most: number) => Math.min(most, Math.max(least, value)),
  });

  const process = realm.object({
    version: '2v29',
    env: realm.data(environment(options)),
    memory: realm.native((collect: unknown) =>
      realm.data(memory(options, collect !== false && collect !== 0)),
    ),
  });

  interpreter.onUncaught = (error) => {
    const listeners = emitters.listeners(process, 'uncaughtException');
    for (const listener of [...listeners]) interpreter.call(listener, process, [error]);
    return listeners.length > 0;
  };

  realm.define('E', E);
  realm.define('process', process);
  const functions = {
    getTime: () => Math.trunc(interpreter.timeMs() * 1000) / 1_000_000,
    setTime: (seconds: number) => interpreter.setTimeMs(Number(seconds) * 1000),
    load: (name: unknown) => options.restart({ load: name === undefined ? undefined : String(name) }),
    reset: (clearFlash: unknown) => {
      if (clearFlash) for (const file of ['.bootcde', '.bootrst', '.varimg']) storage.erase(file);
      options.restart('reset');
    },
    save: () => {
      throw new BoardError('save() is not part of the virtual board: write code to .bootcde instead');
    },
    echo: (on: unknown) => {
      options.console.echo = Boolean(on);
    },
    getSerial: () => serialNumber(options.mac),
  };
  for (const [name, fn] of Object.entries(functions)) realm.define(name, realm.native(fn));
  return system;
}
