/**
 * What waits to be sent. Results are kept until the broker acknowledges them; telemetry is kept
 * only while offline. Both together are bounded: the oldest telemetry goes first, and is counted.
 */
export interface Outbox {
  /** Oldest first; empty text for one that was acknowledged before its turn. */
  results: string[];
  /** Packet identifier of the first result, 2..32767. */
  id: number;
  /** How many results were sent in this session, and how many of the first are to be sent once more. */
  sent: number;
  repeat: number;
  /** Time since a result was sent or acknowledged, ms. */
  waitMs: number;
  /** Telemetry from while offline, oldest first: uptime in ms, then the JSON text. */
  telemetry: string[];
  /** How many were dropped and have not been told yet. */
  dropped: number;
}

/** Most that waits at once. */
export const outboxMax = 8;
/** An acknowledgement that takes longer makes the results be sent once more, with the DUP flag. */
const repeatMs = 25_000;

export function newOutbox(): Outbox {
  return { results: [], id: 2, sent: 0, repeat: 0, waitMs: 0, telemetry: [], dropped: 0 };
}

/** Adds a result, or telemetry when `uptimeMs` is not 0. */
export function enqueue(outbox: Outbox, text: string, uptimeMs: number): void {
  if (outbox.results.length + outbox.telemetry.length >= outboxMax) {
    outbox.dropped++;
    if (outbox.telemetry.length) outbox.telemetry.shift();
    else if (uptimeMs) return;
    else forget(outbox);
  }
  if (uptimeMs) outbox.telemetry.push(uptimeMs + text);
  else outbox.results.push(text);
}

/** PUBACK. */
export function acknowledge(outbox: Outbox, id: number): void {
  const index = id - outbox.id;
  if (index < 0 || index >= outbox.sent) return;
  outbox.waitMs = 0;
  outbox.results[index] = '';
  while (outbox.sent && !outbox.results[0]) forget(outbox);
}

/** Time passes while online: what was not acknowledged in time is sent once more. */
export function age(outbox: Outbox, ms: number): void {
  if (!outbox.sent) return;
  outbox.waitMs += ms;
  if (outbox.waitMs < repeatMs) return;
  outbox.repeat = Math.max(outbox.repeat, outbox.sent);
  outbox.sent = outbox.waitMs = 0;
}

/** The session ended: what was sent and not acknowledged is sent again, with new identifiers. */
export function restart(outbox: Outbox): void {
  outbox.id = outbox.id > 30_000 ? 2 : outbox.id + outboxMax;
  outbox.sent = outbox.repeat = outbox.waitMs = 0;
}

function forget(outbox: Outbox): void {
  outbox.results.shift();
  outbox.id++;
  // With none in flight the identifiers may start over.
  if (outbox.id > 30_000 && !outbox.results.length) outbox.id = 2;
  if (outbox.sent) outbox.sent--;
  if (outbox.repeat) outbox.repeat--;
}
