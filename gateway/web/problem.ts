/** Why a request is refused: an HTTP status, and one sentence that says what was wrong and what would be right. */
export class Problem extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503 | 504,
    message: string,
    /** The field or parameter that is wrong: `limit`, `thresholds.temperature.min`. */
    readonly field?: string,
    /** Seconds after which another attempt makes sense. */
    readonly retryAfterS?: number,
  ) {
    super(message);
  }

  /** The answer to the request, as JSON. */
  get body(): { error: string; field?: string } {
    return this.field === undefined ? { error: this.message } : { error: this.message, field: this.field };
  }
}

/** A value that is wrong, its name in front: `limit: expected a whole number from 1 to 10000, got "x"`. */
export function badField(field: string, expected: string, got: unknown): Problem {
  return new Problem(400, `${field}: expected ${expected}, got ${shown(got)}`, field);
}

/** A value as it may stand in a sentence: JSON, cut short; of what may be nested without end only what it is. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
