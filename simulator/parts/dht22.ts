import type { Clock } from '../clock';
import type { Level, Part, Wire } from '../wire';

/*
 * Source: Aosong AM2302 (DHT22) product manual, "single-bus communication": times of the start signal, the response and the
 * bits, typical values in microseconds; interval and power-up time from the same manual's notes.
 */
const shortestStartUs = 800;
const longestStartUs = 20_000;
const responseDelayUs = 30;
const responseUs = 80;
const bitLowUs = 50;
const zeroHighUs = 26;
const oneHighUs = 70;
/** Asked sooner than this after the last answer, the sensor repeats that answer. */
const measureEveryMs = 2000;
/** After power-on the sensor does not answer at all. */
const wakeUpMs = 1000;

export type Dht22Fault =
  | 'none'
  /** No answer. */
  | 'silent'
  /** The last byte does not fit the others. */
  | 'checksum'
  /** Two short extra pulses in the train. */
  | 'noise'
  /** The train ends after half of its bits. */
  | 'short';

/** A temperature and humidity sensor on one wire with a pull-up: it answers a start signal with timed edges. */
export class Dht22 implements Part {
  /** -40 to 80, sent in tenths. */
  temperatureC = 24;
  /** 0 to 100, sent in tenths. */
  humidityPct = 45;
  fault: Dht22Fault = 'none';
  /** Bits sent instead of the measured ones, most significant first: any number of '0' and '1'. */
  frame: string | undefined;
  /** Start signals answered. */
  answers = 0;
  /** The board has given a start signal that the sensor understands, whether it answers or not. */
  onAsked: ((atMs: number) => void) | undefined;
  #wire: Wire | undefined;
  #poweredMs = -Infinity;
  /** When the board began to pull the wire down. */
  #lowSinceMs: number | undefined;
  #busy = false;
  #lastAnswerMs = -Infinity;
  #lastBits = '';
  #cancelEdge: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  connect(wire: Wire): void {
    this.#wire = wire;
    wire.drive(1);
  }

  powerOn(atMs: number): void {
    this.#poweredMs = atMs;
    this.#wire?.drive(1);
  }

  powerOff(): void {
    this.#cancelEdge?.();
    this.#busy = false;
    this.#lastBits = '';
    this.#lastAnswerMs = -Infinity;
    this.#wire?.drive(undefined);
  }

  onBoardDrives(level: Level, atMs: number): void {
    if (level === 0) {
      this.#lowSinceMs ??= atMs;
      return;
    }
    const lowUs = this.#lowSinceMs === undefined ? 0 : (atMs - this.#lowSinceMs) * 1000;
    this.#lowSinceMs = undefined;
    // A hundredth of a microsecond is the error of adding up fractions of milliseconds.
    if (lowUs < shortestStartUs - 0.01 || lowUs > longestStartUs + 0.01) return;
    this.onAsked?.(atMs);
    this.#answer(atMs);
  }

  #answer(atMs: number): void {
    if (this.#busy || this.fault === 'silent' || atMs - this.#poweredMs < wakeUpMs) return;
    if (atMs - this.#lastAnswerMs >= measureEveryMs) this.#lastBits = this.#measure();
    this.#lastAnswerMs = atMs;
    this.#busy = true;
    this.answers++;
    this.#play(this.#train(this.frame ?? this.#lastBits), atMs);
  }

  /** 16 bits of humidity, a sign and 15 bits of temperature, both in tenths, and the sum of these bytes. */
  #measure(): string {
    const humidity = Math.round(this.humidityPct * 10);
    const tenths = Math.round(Math.abs(this.temperatureC) * 10);
    const temperature = this.temperatureC < 0 ? tenths | 0x8000 : tenths;
    const bytes = [humidity >> 8, humidity & 255, temperature >> 8, temperature & 255];
    const sum = bytes.reduce((total, byte) => total + byte, 0) & 255;
    return [...bytes, sum].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  }

  /** Durations in microseconds, high and low by turns, beginning with the wait before the response. */
  #train(bits: string): number[] {
    let sent = bits;
    if (this.fault === 'checksum') sent = bits.slice(0, -1) + (bits.endsWith('1') ? '0' : '1');
    if (this.fault === 'short') sent = bits.slice(0, 20);
    const train = [responseDelayUs, responseUs, responseUs];
    for (const bit of sent) train.push(bitLowUs, bit === '1' ? oneHighUs : zeroHighUs);
    train.push(bitLowUs);
    // Each extra pulse splits a duration in three: one edge more in either direction.
    if (this.fault === 'noise') for (const at of [21, 50]) train.splice(at, 1, 8, 4, 8);
    return train;
  }

  /** A clock that comes late finds several edges due: each keeps the time at which it was. */
  #play(train: readonly number[], startMs: number): void {
    let index = 0;
    let atMs = startMs + train[0]! / 1000;
    const next = (): void => {
      while (index < train.length && atMs <= this.clock.now()) {
        this.#wire?.drive(index % 2 === 0 ? 0 : 1, atMs);
        index++;
        atMs += (train[index] ?? 0) / 1000;
      }
      if (index < train.length) this.#cancelEdge = this.clock.at(atMs, next);
      else this.#busy = false;
    };
    this.#cancelEdge = this.clock.at(atMs, next);
  }
}
