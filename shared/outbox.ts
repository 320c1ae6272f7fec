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
  again: number;
  /** Time since a result was sent or acknowledged, ms. */
  waitMs: number;
  /** Telemetry from while offline, oldest first: of each the JSON text, then its uptime in ms. */
  telemetry: string[];
  /** How many were dropped and have not been told yet. */
  dropped: number;
}

/** Most that waits at once. */
export const outboxMax = 8;
/** An acknowledgement that takes longer makes the results be sent once more, with the DUP flag. */
const repeatMs = 25_000;

export function newOutbox(): Outbox {
  return { results: [], id: 2, sent: 0, again: 0, waitMs: 0, telemetry: [], dropped: 0 };
}

/** Adds a result, or telemetry when `uptimeMs` is not 0. */
export function enqueue(outbox: Outbox, text: string, uptimeMs: number): void {
  if ((outbox.telemetry[0] || outbox.results[outboxMax - 1] !== undefined) && !makeRoom(outbox, uptimeMs))
    return;
  if (!uptimeMs) outbox.results.push(text);
  else {
    outbox.telemetry.push(text);
    outbox.telemetry.push('' + uptimeMs);
  }
}

/** Returns 0 when what is new is to be dropped. */
function makeRoom(outbox: Outbox, uptimeMs: number): number {
  if (outbox.results.length + outbox.telemetry.length / 2 < outboxMax) return 1;
  outbox.dropped++;
  if (outbox.telemetry.length) outbox.telemetry.splice(0, 2);
  else if (uptimeMs) return 0;
  else {
    outbox.results.shift();
    // A broker that acknowledges nothing is not confused by it.
    outbox.id = outbox.id < 60_000 ? outbox.id + 1 : 2;
    if (outbox.sent) outbox.sent--;
    if (outbox.again) outbox.again--;
  }
  return 1;
}

/** PUBACK. */
export function acknowledge(outbox: Outbox, id: number): void {
  const index = id - outbox.id;
  if (index < 0 || index >= outbox.sent) return;
  outbox.waitMs = 0;
  outbox.results[index] = '';
  while (outbox.results[0] === '' && outbox.sent) {
    outbox.results.shift();
    outbox.id++;
    outbox.sent--;
    if (outbox.again) outbox.again--;
  }
  // With none in flight the identifiers may start over.
  if (outbox.id > 30_000 && !outbox.results.length) outbox.id = 2;
}

/** Time passes while online: what was not acknowledged in time is sent once more. */
export function age(outbox: Outbox, ms: number): void {
  if (!outbox.sent) return;
  outbox.waitMs += ms;
  if (outbox.waitMs < repeatMs) return;
  outbox.again = Math.max(outbox.again, outbox.sent);
  outbox.sent = outbox.waitMs = 0;
}

/** The session ended: what was sent and not acknowledged is sent again, with new identifiers. */
export function restart(outbox: Outbox): void {
  outbox.id = outbox.id > 30_000 ? 2 : outbox.id + outboxMax;
  outbox.sent = outbox.again = outbox.waitMs = 0;
}
