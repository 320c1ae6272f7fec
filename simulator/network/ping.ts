import { BoardError } from '../errors';
import { dottedAddress } from './address';
import type { Hardware } from './hardware';
import type { Station, Uplink } from './network';
import type { Callback, Radio } from './radio';

const pings = 5;
const timeoutMs = 1_000;

interface Report {
  totalCount: number;
  totalBytes: number;
  totalTime: number;
  respTime: number;
  seqNo: number;
  timeoutCount: number;
  bytes: number;
  error: number;
}

export interface PingParts {
  station: Station;
  hardware: Hardware;
  uplink: Uplink;
  radio: Radio;
}

/**
 * Wifi.ping(address, callback): the callback is called for each of five pings, and the chips tell a lost one in
 * different ways. ESP8266: every count is 0 and `error` is -1. ESP32: `error` is always 0, `timeoutCount` grows and
 * `bytes` reads 65535; at the end the last report comes once more, and without a route it is the only one, all zeros.
 * Source: ESP8266_NONOS_SDK third_party/lwip/app/ping.c; ESP-IDF components/lwip/apps/ping.
 */
export function createPing({ station, hardware, uplink, radio }: PingParts) {
  const { interpreter, chip } = station;
  let callback: Callback | undefined;
  let cancelSeries: (() => void) | undefined;
  /** ESP8266 counts on from one series to the next. */
  let sequence = 0;

  return (target: unknown, onReport: unknown): void => {
    const ip = targetAddress(target);
    if (onReport !== undefined && onReport !== null && typeof onReport !== 'function') {
      throw new BoardError('Callback is not a function');
    }
    callback = (onReport ?? undefined) as Callback | undefined;
    // An ESP8266 stops the series that is under way; an ESP32 refuses a second one, which is given the new callback only.
    if (chip === 'esp32' && cancelSeries !== undefined) return;
    cancelSeries?.();
    const startMs = interpreter.now();
    cancelSeries = chip === 'esp8266' ? seriesOfEsp8266(ip, startMs) : seriesOfEsp32(ip, startMs);
  };

  function report(fields: Partial<Report>): void {
    if (callback === undefined) return;
    const empty = {
      totalCount: 0,
      totalBytes: 0,
      totalTime: 0,
      respTime: 0,
      seqNo: 0,
      timeoutCount: 0,
      bytes: 0,
      error: 0,
    };
    interpreter.queue(callback, interpreter.data({ ...empty, ...fields }) as never);
  }

  /** One ping; `done` gets the time of the reply, or `undefined` after a second of silence. */
  function ping(ip: string, done: (replyMs: number | undefined) => void): void {
    let over = false;
    const end = (replyMs: number | undefined): void => {
      if (over) return;
      over = true;
      done(replyMs);
    };
    hardware.later(timeoutMs, () => end(undefined));
    if (radio.lease === undefined) return;
    const sentMs = hardware.clock.now();
    uplink.ping(ip, (afterMs) => {
      if (afterMs < timeoutMs) hardware.later(afterMs, () => end(Math.round(hardware.clock.now() - sentMs)));
    });
  }

  function seriesOfEsp8266(ip: string, startMs: number): () => void {
    let stopped = false;
    for (let i = 0; i < pings; i++) {
      hardware.later(
        i * timeoutMs,
        () => {
          if (stopped) return;
          const seqNo = ++sequence;
          ping(ip, (replyMs) => {
            if (stopped) return;
            if (replyMs === undefined) report({ error: -1 });
            else report({ respTime: replyMs, seqNo, bytes: 32 });
          });
        },
        startMs,
      );
    }
    return () => (stopped = true);
  }

  function seriesOfEsp32(ip: string, startMs: number): () => void {
    const betweenMs = 500;
    const total = { totalCount: 0, totalBytes: 0, totalTime: 0, respTime: 0, timeoutCount: 0, bytes: 0 };
    let seqNo = 0;
    const next = (left: number): void => {
      if (left === 0) {
        report({ ...total, seqNo: ++seqNo });
        cancelSeries = undefined;
      } else if (radio.lease === undefined) {
        hardware.later(betweenMs, () => next(left - 1));
      } else {
        ping(ip, (replyMs) => {
          total.totalCount++;
          total.respTime = replyMs ?? timeoutMs;
          // The length of what was received, -1 for nothing, in sixteen bits.
          total.bytes = replyMs === undefined ? 65_535 : 60;
          total.totalBytes += total.bytes;
          if (replyMs === undefined) total.timeoutCount++;
          else total.totalTime += replyMs;
          report({ ...total, seqNo: ++seqNo });
          hardware.later(betweenMs, () => next(left - 1));
        });
      }
    };
    return hardware.later(0, () => next(pings), startMs);
  }
}

function targetAddress(target: unknown): string {
  if (typeof target === 'number') return [0, 8, 16, 24].map((shift) => (target >>> shift) & 255).join('.');
  if (typeof target !== 'string') throw new BoardError('IP address must be string or integer');
  const ip = dottedAddress(target);
  if (ip === undefined) throw new BoardError('Not a valid IP address');
  return ip;
}
