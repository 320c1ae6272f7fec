import { BoardError } from './errors';
import { JsonLexer, numberOf, reserved, type Token } from './json-lexer';

/*
 * JSON.parse as Espruino does it: with the lexer of the language itself, so it takes single quotes, comments, hexadecimal
 * numbers and a trailing comma, and does not look at what follows the value.
 * Source: Espruino src/jswrap_json.c (jswrap_json_parse_internal), src/jslex.c, release 2v29.
 */
export interface JsonFactory {
  object(): Record<string, unknown>;
  array(): unknown[];
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

function kindText(kind: string): string {
  return /^\W$/.test(kind) ? `'${kind}'` : kind;
}
