import type { Report } from './queue';
import type { Outcome } from './reporter';

/** The server may take so long, in milliseconds: a Pi with a slow card writes for some seconds. */
const answerMs = 15_000;
/** Of an answer, so many bytes are read. */
const answerBytesMax = 64 * 1024;
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
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { url: base, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  } catch {
    throw new Error('--server: expected % in user or password to be written as %25');
  }
}

/** Posts one batch; never throws. When `signal` is aborted, it is not known whether the server has it. */
export async function postReports(
  { url, authorization }: Server,
  sensor: string,
  key: string,
  reports: readonly Report[],
  { now, signal }: { now: () => number; signal: AbortSignal },
): Promise<Outcome> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new Error(`no answer within ${answerMs / 1000} s`)), answerMs);
  const interrupt = () => ending.abort(new Error('no answer before the end'));
  signal.addEventListener('abort', interrupt);
  try {
    signal.throwIfAborted();
    const response = await fetch(`${url}/api/sensors/${encodeURIComponent(sensor)}/data`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify(reports),
      redirect: 'manual',
      signal: ending.signal,
    });
    const { status, headers } = response;
    const text = await startOf(response);
    const elsewhere = headers.get('location');
    return outcomeOf(
      status,
      elsewhere === null ? text : `it is at ${elsewhere}`,
      headers.get('retry-after'),
      now(),
    );
  } catch (error) {
    return { type: 'failed', reason: failureOf(error as Error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}

/** Read to its end, or the connection cannot be used again; unless it is longer than what a server of readings has to say. */
export async function startOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
    if (bytes >= answerBytesMax) break;
  }
  return Buffer.concat(chunks).toString();
}

/** What fetch hides behind `fetch failed`, and a name with several addresses behind nothing at all. */
export function failureOf(error: Error): string {
  const { message, reason, code, errors } = (error.cause ?? error) as Error & {
    code?: string;
    errors?: Error[];
    /** Of TLS; its message is five times as long. */
    reason?: string;
  };
  return reason || message || errors?.[0]?.message || code || error.message;
}

export function outcomeOf(status: number, body: string, retryAfter: string | null, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return { type: 'taken', status };
  const reason = sentenceIn(body)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, reasonLength);
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

/** Milliseconds, from seconds or a date: RFC 9110, 10.2.3. Undefined when it is neither. */
export function retryAfterIn(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  // JavaScript takes nearly everything for a date: -5 is one of May 2001.
  const at = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*, .* GMT$/.test(header) ? Date.parse(header) : NaN;
  return isNaN(at) ? undefined : Math.max(at - nowMs, 0);
}
