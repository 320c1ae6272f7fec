import { BoardError } from './board-error';
import type { Conversation } from './conversation';
import { isNoise, looksLikeEspruino, otherFirmware } from './other-firmware';
import { ask, eraseLine } from './question';

/** Ctrl-C drops the line and stops what is running, where the chip sees it: for a board that does not answer without. */
const interrupt = '\x03';
/** Within this a board that is idle has shown its prompt. */
const promptMs = 300;
/** A kit that reads its sensor and draws is busy for less. */
const attemptMs = 1000;
const verdictMs = 1500;

/**
 * Gets an answer out of the board, past a half-typed line and the password.
 * Throws a BoardError that says what the board looks like when no answer comes.
 */
export async function greet(
  talk: Conversation,
  password: string | undefined,
  timeoutMs: number,
): Promise<{ version: string; unlocked: boolean }> {
  const attempts = Math.max(1, Math.round(timeoutMs / (promptMs + attemptMs)));
  let heard = '';
  let unlocked = false;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!locked(talk.heard)) {
      talk.say(attempt === 0 ? `${eraseLine}\n` : interrupt);
      await talk.until((text) => /(?:^|[^>])>\s*$/.exec(text) ?? undefined, promptMs);
    }
    if (locked(talk.heard)) {
      await unlock(talk, password);
      unlocked = true;
    }
    heard += talk.heard;
    const answer = await ask(talk, (answer) => answer('process.version'), attemptMs);
    if (answer) return { version: String(answer.value), unlocked };
    heard += talk.heard;
    const other = otherFirmware(heard);
    if (other) throw foreign(talk.port, other);
  }
  throw unanswered(talk.port, heard);
}

function locked(heard: string): boolean {
  return /password>\s*$/.test(heard);
}

async function unlock(talk: Conversation, password: string | undefined): Promise<void> {
  if (password === undefined) {
    throw new BoardError(
      'locked',
      `the console at ${talk.port} wants a password: it stands in .env, under the name that kit.config.ts gives it`,
    );
  }
  talk.say(`${password}\n`);
  // A refusal may be that of what was sent before, and be followed by the answer to this.
  for (let wait = 0; wait < 2; wait++) {
    if (await talk.until((heard) => heard.includes('Logged in') || undefined, verdictMs)) return;
    if (talk.heard.includes('Invalid password')) {
      throw new BoardError(
        'locked',
        `the console at ${talk.port} refused the password: the board was flashed with another one`,
      );
    }
  }
  throw new BoardError('locked', `the console at ${talk.port} did not answer to the password`);
}

function foreign(port: string, firmware: string): BoardError {
  return new BoardError(
    'not-espruino',
    `the board at ${port} does not run Espruino: it looks like ${firmware}`,
  );
}

function unanswered(port: string, heard: string): BoardError {
  const text = heard.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').trim();
  if (text === '') {
    return new BoardError(
      'silent',
      `the board at ${port} says nothing: is it the right port, does the board have power, does Espruino run on it? Press its reset button and try again; \`npm run rescue\` if its code wedges`,
    );
  }
  if (isNoise(text)) {
    return new BoardError(
      'not-espruino',
      `the board at ${port} sends unreadable bytes: Espruino talks at 115,200 baud, so this is another firmware or a chip that keeps restarting`,
    );
  }
  if (looksLikeEspruino(text)) {
    return new BoardError(
      'silent',
      `the Espruino at ${port} does not answer: its code keeps it busy. A kit on an ESP32 hears nothing for up to 19 s while it looks for its broker: try again. \`npm run rescue\` gets back what never answers`,
    );
  }
  const last = text.split(/\r?\n/).at(-1)!.slice(0, 60);
  return new BoardError(
    'not-espruino',
    `the board at ${port} does not answer as Espruino does; it says ${JSON.stringify(last)}. If it should be an Espruino, its code keeps it busy: \`npm run rescue\``,
  );
}
