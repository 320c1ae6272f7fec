/** How much a board holds, how often it looks, and how long it waits. */

/** Bytes that may wait in the socket before answers are held back or shed: they lie in variables. */
export const unsentMax = 1000;
/** Bytes that may arrive during the 50 ms of a DHT22 reading before it is given up for them. */
export const unreadMax = 1000;
/** A calm kit takes so many ticks as one while it is online, and half as many while it is not. */
export const beatTicks = 10;
/** News in one sample may become news in the mean of any four with it. */
export const oddTicks = 5;
/** Above every light that can be measured. */
export const anyLight = 9999;
/** Below this many free variables what is queued is dropped. */
export const lowWater = 120;
/** Link and outbox count time in beats of at least this length, ms. */
export const beatMs = 500;
/** Longest time that one tick stands for, ms. */
export const tickMsMax = 60_000;
export const subscribeId = 1;
/** Packet identifiers of commands that were obeyed lately: a duplicate is obeyed once. */
export const recentMax = 8;
/** A boot that lasts this long has gone well, ms. */
export const goodMs = 60_000;
/** Safe mode ends by itself after this time, ms. */
export const safeMs = 300_000;
/**
 * A board whose tick has died restarts after this time, ms: on ESP8266 `E.enableWatchdog` does nothing. Longer than an ESP32 may stand
 * still for name and connection.
 */
export const dogMs = 60_000;
/** And it is put off each time that this has passed, ms. */
export const pettedMs = 10_000;
/** Time for what was sent to leave before a restart, ms. */
export const partingMs = 500;
