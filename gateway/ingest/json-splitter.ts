import { isUtf8 } from 'node:buffer';

/** An object may be this long, in bytes: 16 values with every character escaped have some 9,000. */
export const objectBytesMax = 16_384;
/** How long an object may stay open. */
export const openMsMax = 2000;
const depthMax = 32;

const nul = 0x00;
const tab = 0x09;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** EF BB BF: some programs on Windows begin with it. */
const byteOrderMark = [0xef, 0xbb, 0xbf];

const enum At {
  /** Between messages. */
  Rest,
  /** In what is no message and has been told as such: it ends with a newline, with `{`, or in time. */
  Noise,
  /** In an object or an array, outside of its strings. */
  Structure,
  String,
  Escape,
}

export interface SplitterEvents {
  /** A whole message: an object, or an array, which is for whoever reads it to refuse. */
  message(json: unknown): void;
  /** What is wrong with the bytes up to here, in one sentence. */
  problem(sentence: string): void;
  /** The first newline after a message or a problem. */
  newline(): void;
}

/**
 * JSON objects out of a stream of bytes, with or without newlines between them. What it tells does not depend on how the
 * bytes were split or joined. What cannot become an object is given up as early as the bytes tell, and reading starts
 * anew at the next `{` or after the next newline.
 */
export class JsonSplitter {
  readonly #events: SplitterEvents;
  #at = At.Rest;
  #nowMs = 0;
  /** When the object was opened, or the noise began. */
  #sinceMs = 0;
  /** Messages and problems told by this call of `push`. */
  #told = 0;
  #lineIsOpen = false;
  /** Containers that are open, the innermost last. */
  readonly #open: number[] = [];
  /** The last byte of the open object that is neither blank nor in a string. */
  #last = 0;
  /** What came of the open object in earlier pieces. */
  #held: Buffer | undefined;
  #heldLength = 0;

  constructor(events: SplitterEvents) {
    this.#events = events;
  }

  /** Bytes that wait for the rest of their object. */
  get held(): number {
    return this.#heldLength;
  }

  /** Whether there is something that `tick` may end. */
  get waiting(): boolean {
    return this.#at !== At.Rest;
  }

  /**
   * Returns how many bytes were used: all, or fewer when `toldMax` messages and problems have been told, so that who
   * sends thousands in one piece does not hold up the others.
   */
  push(bytes: Buffer, nowMs: number, toldMax = Infinity): number {
    this.#nowMs = nowMs;
    this.#told = 0;
    let i = 0;
    while (i < bytes.length && this.#told < toldMax)
      i = this.#at < At.Structure ? this.#readBetween(bytes, i) : this.#readObject(bytes, i);
    // The newline belongs to the last message.
    return bytes[i] === newline && this.#lineIsOpen ? this.#readBetween(bytes, i) : i;
  }

  /** Gives up what has been open for 2 s. */
  tick(nowMs: number): void {
    if (this.#at === At.Rest || nowMs - this.#sinceMs < openMsMax) return;
    this.#nowMs = nowMs;
    if (this.#at === At.Noise) this.#at = At.Rest;
    else this.#giveUp(`an object was not closed within ${openMsMax / 1000} s`);
  }

  /** The stream is over. */
  end(): void {
    if (this.#at >= At.Structure) this.#giveUp('the connection ended before the object did');
    this.#at = At.Rest;
  }

  /** Reads on after a message or in noise; returns where an object begins, or else the end of a line or of the bytes. */
  #readBetween(bytes: Buffer, from: number): number {
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === newline) {
        this.#endLine();
        return i + 1;
      }
      if (byte === openBrace || (byte === openBracket && this.#at === At.Rest)) {
        this.#begin();
        return i;
      }
      if (this.#at === At.Noise || isBlank(byte) || byte === nul || byteOrderMark.includes(byte)) continue;
      this.#giveUp(`expected a JSON object, got ${shown(byte)}`);
      return i + 1;
    }
    return bytes.length;
  }

  /** Reads on in the open object; returns where it ends or breaks, or the end of the bytes. */
  #readObject(bytes: Buffer, from: number): number {
    const end = Math.min(bytes.length, from + objectBytesMax - this.#heldLength);
    for (let i = from; i < end; i++) {
      const broken = this.#step(bytes[i]!);
      if (broken !== undefined) {
        this.#giveUp(broken);
        // Not i + 1: what broke it may be the newline or the brace that reading starts anew at.
        return i;
      }
      if (this.#open.length > 0) continue;
      this.#finish(bytes.subarray(from, i + 1));
      return i + 1;
    }
    if (end < bytes.length) this.#giveUp(`an object is longer than ${objectBytesMax} bytes`);
    else this.#hold(bytes.subarray(from, end));
    return end;
  }

  /** Takes a byte of the open object, which is closed when nothing is open; returns why it cannot become one. */
  #step(byte: number): string | undefined {
    if (this.#at === At.Structure) {
      if (isBlank(byte)) return undefined;
      if (byte === quote) this.#at = At.String;
      else if (byte === openBrace || byte === openBracket) {
        if (!this.#mayOpen()) return 'an object begins where the one before it is not closed';
        if (this.#open.push(byte) > depthMax) return `an object is nested deeper than ${depthMax}`;
      } else if (byte === closeBrace || byte === closeBracket) {
        // [ and ] are two apart, { and } as well.
        if (this.#open.pop() !== byte - 2) return `a bracket does not match: ${shown(byte)}`;
      }
      this.#last = byte;
      return undefined;
    }
    // RFC 8259, 7: control characters must be escaped. A text that nobody has closed ends with its line.
    if (byte < space) return 'a text is not closed at the end of its line';
    if (this.#at === At.Escape) this.#at = At.String;
    else if (byte === quote) this.#at = At.Structure;
    else if (byte === backslash) this.#at = At.Escape;
    return undefined;
  }

  /** A container opens after `:`, or in an array after `[` or `,`; anywhere else the one before was never closed. */
  #mayOpen(): boolean {
    if (this.#last === colon || this.#last === openBracket) return true;
    return this.#last === comma && this.#open.at(-1) === openBracket;
  }

  #begin(): void {
    this.#at = At.Structure;
    this.#sinceMs = this.#nowMs;
    this.#open.length = 0;
    // As if the stream were the value of a key.
    this.#last = colon;
  }

  #finish(tail: Buffer): void {
    const whole = this.#held ? Buffer.concat([this.#held.subarray(0, this.#heldLength), tail]) : tail;
    this.#drop();
    this.#at = At.Rest;
    this.#lineIsOpen = true;
    this.#told++;
    let json: unknown;
    try {
      json = parseJson(whole);
    } catch (error) {
      this.#events.problem((error as Error).message);
      return;
    }
    this.#events.message(json);
  }

  /** Copies: what it is handed is a window on the whole piece that came. */
  #hold(bytes: Buffer): void {
    const length = this.#heldLength + bytes.length;
    if (!this.#held || this.#held.length < length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(objectBytesMax, Math.max(256, 2 * length)));
      this.#held?.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldLength);
    this.#heldLength = length;
  }

  #drop(): void {
    this.#held = undefined;
    this.#heldLength = 0;
  }

  #giveUp(sentence: string): void {
    this.#drop();
    this.#at = At.Noise;
    this.#sinceMs = this.#nowMs;
    this.#lineIsOpen = true;
    this.#told++;
    this.#events.problem(sentence);
  }

  #endLine(): void {
    this.#at = At.Rest;
    if (!this.#lineIsOpen) return;
    this.#lineIsOpen = false;
    this.#events.newline();
  }
}

/** Throws a sentence that says where it is no JSON in UTF-8. */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Error('expected UTF-8, got other bytes');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Error(`expected JSON: ${(error as Error).message}`);
  }
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab || byte === newline || byte === carriageReturn;
}

function shown(byte: number): string {
  return byte > space && byte < 0x7f ? String.fromCharCode(byte) : `the byte ${byte}`;
}
