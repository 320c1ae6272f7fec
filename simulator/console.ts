import { tokTypes, tokenizer } from 'acorn';

/** What a console talks to: a virtual board. */
export interface ConsoleTarget {
  /** What board code has told the console: E.setPassword(), E.lockConsole(), echo(). */
  readonly console: { password: string | undefined; locked: boolean; echo: boolean };
  evaluate(code: string): unknown;
  /** How the value of an expression is shown. */
  inspect(value: unknown): string;
  /** How an exception is shown that nobody has caught. */
  describe(error: unknown): string;
}

/** Longest line that is held, in bytes: an upload to RAM comes as one line for each function. */
export const lineMax = 65_536;

/** Espruino keeps no more of a password than this. */
const passwordMax = 20;

const eraseLine = '\r\x1b[J';

/**
 * The read-eval-print loop of a board, byte by byte as Espruino does it: the prompt `>`, echo, `:` before what belongs to
 * an unfinished line, 0x10 at the start of a line to run it without echo, Ctrl-C to drop what was typed.
 * Ctrl-C does not stop code that runs, binary packets are not understood, and there is neither history nor completion.
 * Source: Espruino src/jsinteractive.c, jsiHandleConsoleChar.
 */
export class Console {
  #line = '';
  #tooLong = false;
  /** 0x10 came first: this line runs without echo. */
  #silent = false;
  /** The prompt and what was typed after it are on the screen. */
  #shown = false;
  #escape = '';
  #returnDue = false;
  #afterReturn = false;

  constructor(
    private readonly target: ConsoleTarget,
    private readonly write: (bytes: string) => void,
  ) {
    this.#returnPrompt();
  }

  /** What the board prints. */
  print(line: string): void {
    if (this.#shown) {
      this.#shown = false;
      if (this.#echo) this.write(eraseLine);
    }
    this.write(`${line.replaceAll('\n', '\r\n')}\r\n`);
    this.#returnPromptLater();
  }

  /** What is typed; each character is one byte. */
  receive(bytes: string): void {
    for (const byte of bytes) this.#take(byte);
    this.#returnPromptLater();
  }

  #take(byte: string): void {
    if (this.target.console.locked) return this.#takePassword(byte);
    // A terminal that ends lines by CR and LF means one end.
    const second = byte === '\n' && this.#afterReturn;
    this.#afterReturn = byte === '\r' && this.#escape === '';
    if (second) return;
    if (this.#escape !== '') return this.#takeEscape(byte);
    switch (byte) {
      case '\x03':
        this.#dropLine();
        this.#silent = false;
        return;
      case '\x10':
        if (this.#line === '') this.#silent = true;
        return;
      case '\x1b':
        this.#escape = byte;
        return;
      case '\b':
      case '\x7f':
        if (this.#line === '') return;
        this.#line = this.#line.slice(0, -1);
        if (this.#visible) this.write('\b \b');
        return;
      case '\r':
      case '\n':
        return this.#endLine();
      default:
        if (byte >= ' ' || byte === '\t') this.#append(byte);
    }
  }

  /**
   * Alt-Enter goes on to the next line without running, ESC [ 2 H erases the line; cursor keys, and the line numbers
   * that an upload may give, are ignored.
   */
  #takeEscape(byte: string): void {
    const begun = this.#escape;
    this.#escape = '';
    if (begun === '\x1b' && (byte === '\n' || byte === '\r')) this.#continueLine();
    else if (begun === '\x1b' && (byte === '[' || byte === 'O')) this.#escape = '\x1b[';
    else if (begun === '\x1b[2' && byte === 'H') this.#dropLine();
    else if (begun.startsWith('\x1b[') && byte >= '0' && byte <= '9') this.#escape = begun + byte;
  }

  #takePassword(byte: string): void {
    if (byte !== '\r' && byte !== '\n') {
      if (this.#line.length < passwordMax) this.#line += byte;
      return;
    }
    const state = this.target.console;
    state.locked = this.#line !== state.password;
    this.#line = '';
    this.#shown = state.locked;
    this.write(state.locked ? '\r\n  Invalid password\r\npassword>' : '\r\n  Logged in.\r\n');
  }

  #append(text: string): void {
    if (this.#line.length >= lineMax) {
      this.#tooLong = true;
      return;
    }
    this.#line += text;
    if (this.#visible) this.write(text);
  }

  #endLine(): void {
    if (this.#tooLong) {
      this.#dropLine();
      this.#silent = false;
      this.print(`ERROR: a line of more than ${lineMax} bytes was dropped`);
    } else if (isComplete(this.#line)) this.#run();
    else this.#continueLine();
  }

  #continueLine(): void {
    const shown = this.#visible;
    this.#line += '\n';
    if (shown) this.write('\r\n:');
  }

  #run(): void {
    if (this.#visible) this.write('\r\n');
    if (!this.#silent) this.#shown = false;
    const code = this.#line.trimEnd();
    this.#line = '';
    if (code !== '') this.#evaluate(code);
    this.#silent = false;
  }

  #evaluate(code: string): void {
    try {
      const value = this.target.evaluate(code);
      if (this.#echo) this.write(`=${this.target.inspect(value).replaceAll('\n', '\r\n')}\r\n`);
    } catch (error) {
      this.print(this.target.describe(error));
    }
  }

  #dropLine(): void {
    if (this.#visible) this.write(eraseLine);
    this.#line = '';
    this.#tooLong = false;
    this.#shown = false;
  }

  get #echo(): boolean {
    return this.target.console.echo && !this.#silent;
  }

  get #visible(): boolean {
    return this.#echo && this.#shown;
  }

  /** Once everything is handled that has come in together, as at the end of an idle pass. */
  #returnPromptLater(): void {
    if (this.#returnDue) return;
    this.#returnDue = true;
    queueMicrotask(() => this.#returnPrompt());
  }

  #returnPrompt(): void {
    this.#returnDue = false;
    if (this.#shown) return;
    this.#shown = true;
    const prompt = this.target.console.locked ? 'password>' : `>${this.#line.replaceAll('\n', '\r\n:')}`;
    if (this.#echo) this.write(prompt);
  }
}

/** Whether a line can be run: every bracket is closed, and every comment and template. A broken one is run, to show its error. */
function isComplete(line: string): boolean {
  let open = 0;
  try {
    for (const { type } of tokenizer(line, { ecmaVersion: 2022 })) {
      if (opening.has(type)) open++;
      else if (closing.has(type)) open--;
    }
  } catch (error) {
    return !/Unterminated (comment|template)/.test(String(error));
  }
  return open <= 0;
}

const opening = new Set([tokTypes.parenL, tokTypes.braceL, tokTypes.bracketL, tokTypes.dollarBraceL]);
const closing = new Set([tokTypes.parenR, tokTypes.braceR, tokTypes.bracketR]);
