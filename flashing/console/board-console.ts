import { BoardError } from './board-error';
import { Conversation } from './conversation';
import { greet } from './greeting';
import { type Answer, ask, eraseLine, withoutAnswers } from './question';
import type { Transport } from './transport';

/** A reading of the sensor and the drawing that follows keep a board busy for less. */
const answerMs = 5000;

/** A board's console. Whatever is asked of it ends within a time: with the answer, or with a BoardError. */
export class BoardConsole {
  /** Each line that the board prints and that is no answer of ours. */
  onLine: ((line: string) => void) | undefined;
  /** Espruino's version, as `2v29`; empty before greet(). */
  version = '';
  /** Settles when the connection has ended, by whomever. */
  readonly closed: Promise<void>;
  readonly #talk: Conversation;
  #turn: Promise<unknown> = Promise.resolve();
  #unlocked = false;

  constructor(
    readonly port: string,
    private readonly transport: Transport,
  ) {
    this.#talk = new Conversation(port, transport);
    this.#talk.onLine = (line) => {
      const own = withoutAnswers(line);
      if (own !== '') this.onLine?.(own);
    };
    this.closed = transport.closed;
  }

  /** Waits until the board answers, and unlocks it. */
  greet(password: string | undefined, timeoutMs: number): Promise<void> {
    return this.#inTurn(async () => {
      const { version, unlocked } = await greet(this.#talk, password, timeoutMs);
      this.version = version;
      this.#unlocked ||= unlocked;
    });
  }

  /** What JSON makes of the expression's value on the board. A BoardScriptError when it throws there. */
  evaluate(expression: string, timeoutMs = answerMs): Promise<unknown> {
    return this.evaluateLater((answer) => answer(expression), timeoutMs);
  }

  /** The same for what comes in a callback: the statement is run, and answers by the statement it is given. */
  evaluateLater(statement: (answer: Answer) => string, timeoutMs: number): Promise<unknown> {
    return this.#inTurn(async () => {
      const answer = await ask(this.#talk, statement, timeoutMs);
      if (answer) return answer.value;
      throw new BoardError('silent', `the board at ${this.port} did not answer within ${timeoutMs / 1000} s`);
    });
  }

  /** Runs a statement, in place of what is half typed, and waits for nothing. */
  send(line: string): void {
    this.transport.write(`${eraseLine}\x10${line}\n`);
  }

  /**
   * Types a line and waits until it is done, or until the console wants more because a bracket is open. Its echo and
   * what it prints come as lines.
   */
  type(line: string, timeoutMs: number): Promise<'done' | 'more'> {
    return this.#inTurn(async () => {
      this.#talk.say(`${line}\n`);
      const state = await this.#talk.until((heard) => stateAfter(line, heard), timeoutMs);
      if (state) return state;
      throw new BoardError('silent', `the board at ${this.port} is not done within ${timeoutMs / 1000} s`);
    });
  }

  /** Bytes as they are, for who is at the keyboard. */
  write(bytes: string): void {
    this.transport.write(bytes);
  }

  /** All that the board sends, as it comes. */
  set onBytes(listener: ((bytes: string) => void) | undefined) {
    this.#talk.onBytes = listener;
  }

  /** Whether the connection has a reset line. */
  get canReset(): boolean {
    return this.transport.reset !== undefined;
  }

  /** Pulls the board's reset line. */
  async reset(): Promise<void> {
    await this.transport.reset?.();
  }

  /** Asks for the password again from now on, if it was given here: else who connects next needs none. */
  lock(): void {
    if (this.#unlocked) this.send('E.lockConsole()');
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  /** One question at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** What stands after the echo of a line: `:` for more of it, or the prompt. */
function stateAfter(line: string, heard: string): 'done' | 'more' | undefined {
  const echo = heard.indexOf(`${line}\r\n`);
  if (echo < 0) return undefined;
  const rest = heard.slice(echo + line.length + 2);
  if (rest === ':') return 'more';
  return /(?:^|\n|\x1b\[J)>$/.test(rest) ? 'done' : undefined;
}
