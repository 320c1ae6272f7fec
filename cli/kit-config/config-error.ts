/**
 * A mistake of the user's in kit.config.ts or `.env`: the message has one sentence a line, is complete
 * without a stack trace, and never holds the value of a secret or of a password.
 */
export class ConfigError extends Error {
  override name = 'ConfigError';

  constructor(sentences: string[]) {
    super([...new Set(sentences)].join('\n'));
  }
}
