import { type System, thisSystem } from '../../network/system';

/** This computer, for the commands of the network tools; what it runs is ended when the signal is aborted. */
export function thisComputer(signal: AbortSignal): System {
  return thisSystem(process.env, signal);
}

/** A variable of the environment; empty counts as not set. */
export function environment(name: string): string | undefined {
  return process.env[name] || undefined;
}
