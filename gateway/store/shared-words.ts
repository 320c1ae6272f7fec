/**
 * Words of the memory that the gateway and the thread of the history both see: whether the thread is within a call,
 * and whether it must begin no other. A thread that is ended within a call of libsql 0.5.29 aborts the process.
 */
export const words = { isBusy: 0, isEnding: 1 };
