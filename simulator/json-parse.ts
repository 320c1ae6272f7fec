import { BoardError } from './errors';

/*
 * JSON.parse as Espruino does it: with the lexer of the language itself, so it takes single quotes, comments, hexadecimal
 * numbers and a trailing comma, and does not look at what follows the value.
 * Source: Espruino src/jswrap_json.c (jswrap_json_parse_internal), src/jslex.c, release 2v29.
 */
export interface JsonFactory {
  object(): Record<string, unknown>;
  array(): unknown[];
}

/** `kind` is the character itself for punctuation. */
interface Token {
  kind: string;
  /** Name, digits, or the string's bytes. */
  value: string;
}

export function parseJson(source: string, factory: JsonFactory, bareKeys = false): unknown {
  return new JsonParser(source, factory, bareKeys).parse();
}

/** What a value that is not there looks like: the interpreter gives up without an exception in some places. */
const nothing = Symbol('nothing');

class JsonParser {
  readonly #lexer: JsonLexer;
  #token: Token;

  constructor(
    source: string,
    private readonly factory: JsonFactory,
    private readonly bareKeys: boolean,
  ) {
    this.#lexer = new JsonLexer(source);
    this.#token = this.#lexer.next();
  }

  parse(): unknown {
    const value = this.#value();
    return value === nothing ? undefined : value;
  }

  #value(): unknown {
    const { kind, value } = this.#token;
    switch (kind) {
      case 'STRING':
        this.#advance();
        return value;
      case 'INT':
      case 'FLOAT':
        this.#advance();
        return numberOf(value);
      case '-':
        return this.#negative();
      case '[':
        return this.#array();
      case '{':
        return this.#object();
      case 'ID':
        if (value in constants) {
          this.#advance();
          return constants[value];
        }
    }
    const got = kind === 'ID' && reserved.has(value) ? value : kindText(kind);
    throw new BoardError(`Expecting valid value, got ${got}`, 'SyntaxError');
  }

  #negative(): unknown {
    this.#advance();
    if (this.#token.kind !== 'INT' && this.#token.kind !== 'FLOAT') return nothing;
    return 0 - (this.#value() as number);
  }

  #array(): unknown {
    const items = this.factory.array();
    this.#advance();
    while (this.#token.kind !== ']') {
      const item = this.#value();
      if (item === nothing) return nothing;
      if (this.#token.kind !== ']') this.#expect(',');
      items.push(item);
    }
    this.#advance();
    return items;
  }

  #object(): unknown {
    const object = this.factory.object();
    this.#advance();
    while (['STRING', 'INT', 'ID'].includes(this.#token.kind)) {
      if (this.#token.kind !== 'STRING' && !this.bareKeys) this.#expect('STRING');
      const key = this.#token.kind === 'INT' ? String(numberOf(this.#token.value)) : this.#token.value;
      this.#advance();
      this.#expect(':');
      const item = this.#value();
      if (item === nothing) return nothing;
      if (this.#token.kind !== '}') this.#expect(',');
      // Of two equal keys both are stored and the first is the one that is found.
      if (!Object.hasOwn(object, key)) {
        Object.defineProperty(object, key, {
          value: item,
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
    }
    this.#expect('}');
    return object;
  }

  #advance(): void {
    this.#token = this.#lexer.next();
  }

  #expect(kind: string): void {
    const { kind: got, value } = this.#token;
    if (got !== kind) {
      let shown = kindText(got);
      if (got === 'ID' && !reserved.has(value)) shown = `ID:${value}`;
      else if (got === 'ID') shown = value;
      else if (got === 'STRING') shown = `String:'${value}'`;
      // The interpreter keeps this part of its message in 30 bytes.
      throw new BoardError(`Got ${shown.slice(0, 29)} expected ${kindText(kind)}`, 'SyntaxError');
    }
    this.#advance();
  }
}

const constants: Record<string, unknown> = { true: true, false: false, null: null };

/** Words that the lexer knows; in messages they stand for themselves. */
const reserved = new Set(
  (
    'if else do while for return break continue function var let const this throw try catch finally true false null ' +
    'undefined new in instanceof switch case default delete typeof void debugger class extends super static of'
  ).split(' '),
);

const escapes: Record<string, string> = { n: '\n', b: '\b', f: '\f', r: '\r', t: '\t', v: '\v' };

const numeral =
  /^(?:0[xX][\da-fA-F_]*|0[bB][01_]*|0[oO][0-7_]*|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d*)?|\.\d+(?:[eE][+-]?\d*)?)/;

class JsonLexer {
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

function numberOf(digits: string): number {
  const bare = digits.replaceAll('_', '');
  if (/^0[0-7]+$/.test(bare)) return parseInt(bare, 8);
  return Number(/[eE][+-]?$/.test(bare) ? bare.replace(/[eE][+-]?$/, '') : bare);
}

function kindText(kind: string): string {
  return /^\W$/.test(kind) ? `'${kind}'` : kind;
}
