/*
 * The part of Espruino's lexer that JSON meets. Source: Espruino src/jslex.c, release 2v29.
 */
import { BoardError } from './errors';

/** `kind` is the character itself for punctuation. */
export interface Token {
  kind: string;
  /** Name, digits, or the string's bytes. */
  value: string;
}

/** Words that the lexer knows; in messages they stand for themselves. */
export const reserved = new Set(
  (
    'if else do while for return break continue function var let const this throw try catch finally true false null ' +
    'undefined new in instanceof switch case default delete typeof void debugger class extends super static of'
  ).split(' '),
);

const escapes: Record<string, string> = { n: '\n', b: '\b', f: '\f', r: '\r', t: '\t', v: '\v' };

const numeral =
  /^(?:0[xX][\da-fA-F_]*|0[bB][01_]*|0[oO][0-7_]*|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d*)?|\.\d+(?:[eE][+-]?\d*)?)/;

export class JsonLexer {
  #at = 0;

  constructor(private readonly source: string) {}

  next(): Token {
    this.#skipBlanks();
    const rest = this.source.slice(this.#at, this.#at + 64);
    const char = rest[0];
    if (char === undefined || char === '\0') return { kind: 'EOF', value: '' };
    if (char === '"' || char === "'") return this.#string(char);
    const number = numeral.exec(rest)?.[0];
    if (number !== undefined) return this.#take(/^0[xXbBoO]|^\d+$/.test(number) ? 'INT' : 'FLOAT', number);
    const word = /^[A-Za-z_$][\w$]*/.exec(rest)?.[0];
    if (word !== undefined) return this.#take('ID', word);
    const operator = /^(?:--|\+\+)/.exec(rest)?.[0] ?? char;
    return this.#take(operator, operator);
  }

  #take(kind: string, value: string): Token {
    this.#at += value.length;
    return { kind, value };
  }

  #skipBlanks(): void {
    for (;;) {
      while (/^[\t-\r ]$/.test(this.source[this.#at] ?? '')) this.#at++;
      const two = this.source.slice(this.#at, this.#at + 2);
      if (two === '//') {
        while (this.#at < this.source.length && this.source[this.#at] !== '\n') this.#at++;
      } else if (two === '/*') {
        const end = this.source.indexOf('*/', this.#at + 2);
        if (end < 0) {
          this.#at = this.source.length;
          return;
        }
        this.#at = end + 2;
      } else {
        return;
      }
    }
  }

  #string(quote: string): Token {
    let value = '';
    this.#at++;
    for (;;) {
      const char = this.source[this.#at];
      if (char === undefined || char === '\0' || char === '\n') return { kind: 'UNFINISHED STRING', value };
      this.#at++;
      if (char === quote) return { kind: 'STRING', value };
      value += char === '\\' ? this.#escape() : char;
    }
  }

  #escape(): string {
    const char = this.source[this.#at++] ?? '';
    if (char === 'u' || char === 'x') {
      const length = char === 'u' ? 4 : 2;
      const digits = this.source.slice(this.#at, this.#at + length);
      if (!/^[\da-fA-F]+$/.test(digits) || digits.length < length)
        throw new BoardError('Invalid escape sequence');
      this.#at += length;
      return String.fromCharCode(parseInt(digits, 16) & 255);
    }
    if (char >= '0' && char <= '7') {
      const digits = /^[0-7]{1,3}/.exec(this.source.slice(this.#at - 1, this.#at + 2))![0];
      this.#at += digits.length - 1;
      return String.fromCharCode(parseInt(digits, 8) & 255);
    }
    return escapes[char] ?? char;
  }
}

export function numberOf(digits: string): number {
  const bare = digits.replaceAll('_', '');
  if (/^0[0-7]+$/.test(bare)) return parseInt(bare, 8);
  return Number(/[eE][+-]?$/.test(bare) ? bare.replace(/[eE][+-]?$/, '') : bare);
}
