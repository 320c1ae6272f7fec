import { type System, thisSystem } from '../../network/system';

/** This computer, for the commands of the network tools. */
export function thisComputer(): System {
  return thisSystem(process.env);
}
