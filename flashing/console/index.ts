export { markGood, outputsOff, restartUnlessHeardOf } from './board-code';
export { BoardConsole } from './board-console';
export { BoardError, type BoardFailure, BoardScriptError } from './board-error';
export { PacedLine } from './paced-line';
export { eraseLine } from './question';
export { type BoardSlot, readSlots, type SlotName, slotToBoot } from './slots';
export type { Transport } from './transport';
