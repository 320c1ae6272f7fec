import vm from 'node:vm';

/** Code was ended because it did not end by itself. */
export class Endless extends Error {}

/** V8 ends a script after a time, and with it whatever that has called, in whichever world. */
const world = vm.createContext({});
const script = new vm.Script('run()');

/** Runs it for at most so many milliseconds of real time, then throws `Endless`. Costs a thread each time. */
export function bounded<T>(run: () => T, limitMs: number): T {
  (world as { run?: () => T }).run = run;
  try {
    return script.runInContext(world, { timeout: limitMs }) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new Endless();
    throw error;
  }
}
