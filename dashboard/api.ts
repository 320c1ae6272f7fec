import type { SensorConfig } from '../shared/live';
import type { Point } from './charts/line';

/** Who this browser is to the gateway. */
export interface Session {
  /** Null when nobody is logged in. */
  user: string | null;
  loginRequired: boolean;
}

/** A request that the gateway refused, with its sentence; status 0 when it did not answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const getSession = () => call<Session>('/api/session');

export const logIn = (user: string, password: string) =>
  call<unknown>('/api/login', { method: 'POST', body: JSON.stringify({ user, password }) });

export const logOut = () => call<unknown>('/api/logout', { method: 'POST', body: '{}' });

/** At most `points` points of one value between two times, ms since 1970. */
export async function getSeries(
  sensor: string,
  name: string,
  fromMs: number,
  toMs: number,
  points: number,
): Promise<Point[]> {
  const query = new URLSearchParams({
    name,
    from: String(Math.round(fromMs)),
    to: String(Math.round(toMs)),
    points: String(points),
  });
  return (await call<{ points: Point[] }>(`${sensorUrl(sensor)}/series?${query}`)).points;
}

export const getConfig = (sensor: string) => call<SensorConfig>(`${sensorUrl(sensor)}/config`);

export const putConfig = (sensor: string, config: SensorConfig) =>
  call<SensorConfig>(`${sensorUrl(sensor)}/config`, { method: 'PUT', body: JSON.stringify(config) });

/** All that the history has of a sensor, as a file. */
export const csvUrl = (sensor: string) => `/api/export.csv?sensor=${encodeURIComponent(sensor)}`;

/** Whether the gateway answers within 5 s; a gateway that answers with an error is there, too. */
export async function isAlive(): Promise<boolean> {
  try {
    await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}

const sensorUrl = (sensor: string) => `/api/sensors/${encodeURIComponent(sensor)}`;

async function call<T>(url: string, init: RequestInit = {}): Promise<T> {
  const headers = init.body ? { 'Content-Type': 'application/json' } : undefined;
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(15_000) });
  } catch (error) {
    throw new ApiError(0, (error as Error).message);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(response.status, sentenceOf(body) ?? response.statusText);
  return body as T;
}

function sentenceOf(body: unknown): string | undefined {
  const error = (body as { error?: unknown } | undefined)?.error;
  return typeof error === 'string' ? error : undefined;
}
