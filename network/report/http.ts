import type { Report } from './queue';
import type { Outcome } from './reporter';

/** The server may take so long, in milliseconds: a Pi with a slow card writes for some seconds. */
const answerMs = 15_000;
/** Of a refusal, so much is kept. */
const reasonLength = 300;

export interface Server {
  /** Without user and password. */
  url: string;
  /** Value of the header `Authorization`. */
  authorization?: string;
}

/** `http://user:password@host:5000` in two parts. Throws a sentence that never repeats the password. */
export function parseServer(text: string): Server {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(
      '--server: expected http://host:5000 or http://user:password@host:5000, got an address that cannot be read',
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`--server: expected http:// or https://, got ${url.protocol}//`);
  const { username, password } = url;
  url.username = url.password = url.search = url.hash = '';
  const base = url.href.replace(/\/+$/, '');
  if (!username) return { url: base };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: base, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Posts one batch; never throws. */
export async function postReports(
  { url, authorization }: Server,
  sensor: string,
  key: string,
  reports: readonly Report[],
  now: () => number,
): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/api/sensors/${encodeURIComponent(sensor)}/data`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify(reports),
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
    });
    // Read to its end, or the connection cannot be used again.
    const text = await response.text();
    return outcomeOf(response.status, text, response.headers.get('retry-after'), now());
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    return { type: 'failed', reason: cause?.code ?? cause?.message ?? message };
  }
}

export function outcomeOf(status: number, body: string, retryAfter: string | null, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return { type: 'taken', status };
  const reason = sentenceIn(body).replace(/\s+/g, ' ').trim().slice(0, reasonLength);
  if (status >= 400 && status < 500 && status !== 408 && status !== 429)
    return { type: 'refused', status, reason };
  const retryAfterMs = retryAfterIn(retryAfter, nowMs);
  return {
    type: 'failed',
    reason: `status ${status}${reason && `, ${reason}`}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** The gateway says `{"error":"..."}`. */
function sentenceIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === 'string' ? error : body;
  } catch {
    return body;
  }
}

/** Seconds, or a date: RFC 9110, 10.2.3. Undefined when it is neither. */
export function retryAfterIn(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return isNaN(at) ? undefined : Math.max(at - nowMs, 0);
}
