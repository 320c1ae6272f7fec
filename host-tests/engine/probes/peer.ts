/** The other end of one connection. */
export interface Connection {
  write(text: string): void;
  end(): void;
  reset(): void;
  /** Runs something `answerMs` from now. */
  later(run: () => void): void;
}

/** A peer that answers at once is sometimes heard before the board's own `drain`, sometimes after it. */
export const answerMs = 20;

/**
 * A peer that does what it is told, word by word: `say:TEXT`, `send:N` (N bytes in one piece), `end`, `reset`; each word
 * ends with a semicolon. `count:N` waits for N more bytes and says how many came.
 * Returns what takes the bytes that arrive.
 */
export function serve(connection: Connection): (text: string) => void {
  let rest = '';
  return (text) => {
    rest += text;
    for (;;) {
      const [all, verb, value = ''] = /^(\w+)(?::([^;]*))?;/.exec(rest) ?? [];
      if (all === undefined) return;
      const left = rest.slice(all.length);
      if (verb === 'count' && left.length < Number(value)) return;
      rest = verb === 'count' ? left.slice(Number(value)) : left;
      connection.later(() => {
        if (verb === 'say') connection.write(value);
        else if (verb === 'send') connection.write('x'.repeat(Number(value)));
        else if (verb === 'count') connection.write(`got ${value}`);
        else if (verb === 'end') connection.end();
        else if (verb === 'reset') connection.reset();
      });
    }
  };
}
