import { BoardError, BoardScriptError } from './board-error';
import type { Conversation } from './conversation';

let asked = 0;

/** Erases a half-typed line, and neither runs nor interrupts anything. */
export const eraseLine = '\x1b[2H';

/** Makes the statement that gives an expression's value as the answer. */
export type Answer = (expression: string) => string;

/**
 * Has the board run a statement that answers, at once or in a callback, and gives back what JSON makes of the value.
 * The answer is marked with the number of its question, so that neither what the board prints meanwhile nor a late
 * answer is taken for it. A BoardScriptError when the board threw, undefined when it has not answered in time.
 */
export async function ask(
  talk: Conversation,
  statement: (answer: Answer) => string,
  timeoutMs: number,
): Promise<{ value: unknown } | undefined> {
  const number = ++asked;
  // The marks are joined on the board: an echo of the line must not look like its answer.
  const print = (sign: string, text: string): string => `print("<"+"<${number}${sign}"+${text}+">>")`;
  const line = statement((expression) => print('=', `JSON.stringify(${expression})`));
  if (!/^[\x20-\x7e]*$/.test(line)) throw new TypeError('a question to a board is one line of ASCII');
  // What noise or a lost byte has left in the line goes first. 0x10: without echo.
  talk.say(`${eraseLine}\x10try{${line}}catch(e){${print('!', 'JSON.stringify(e.message||""+e)')}}\n`);
  const mark = new RegExp(`<<${number}([=!])([^\\r\\n]*)>>\\r?\\n`);
  const found = await talk.until((heard) => mark.exec(heard) ?? undefined, timeoutMs);
  if (!found) return undefined;
  const value = parse(talk.port, found[2]!);
  if (found[1] === '!') throw new BoardScriptError(String(value));
  return { value };
}

/** A line without the answers in it; empty when it held nothing else. */
export function withoutAnswers(line: string): string {
  return line.replace(/>?<<\d+[=!].*>>$/, '');
}

function parse(port: string, text: string): unknown {
  if (text === 'undefined') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new BoardError('silent', `the board at ${port} answered what is no JSON: ${text.slice(0, 60)}`);
  }
}
