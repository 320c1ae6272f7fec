import { type System, thisSystem } from '../../network/system';

/** This computer, for the commands of the network tools. */
export function thisComputer(): System {
  return thisSystem(process.env);
}

/** A variable of the environment; empty counts as not set. */
export function environment(name: string): string | undefined {
  return process.env[name] || undefined;
}
