/** The address of a page, taken apart. */
export type Route =
  | { page: 'overview' }
  | { page: 'kit'; kit: number }
  | { page: 'sensor'; id: string }
  | { page: 'flash' }
  | { page: 'login' }
  | { page: 'unknown' };

/** Kit numbers go from 1 to 9999, as in kit.config.ts. */
const kitPath = /^\/iot\/([1-9]\d{0,3})$/;
const sensorPath = /^\/sensors\/([A-Za-z0-9_.:-]{1,64})$/;

/** Which page a path such as `/iot/2` is; a slash at the end does not matter. */
export function routeOf(path: string): Route {
  const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
  if (plain === '/') return { page: 'overview' };
  if (plain === '/flash') return { page: 'flash' };
  if (plain === '/login') return { page: 'login' };
  const kit = kitPath.exec(plain)?.[1];
  if (kit) return { page: 'kit', kit: Number(kit) };
  const sensor = sensorPath.exec(decoded(plain))?.[1];
  if (sensor) return kitOf(sensor) ? { page: 'kit', kit: kitOf(sensor)! } : { page: 'sensor', id: sensor };
  return { page: 'unknown' };
}

/** The kit's number when the sensor `kit_<kit>` is one; undefined for any other sensor. */
export function kitOf(sensor: string): number | undefined {
  const kit = /^kit_([1-9]\d{0,3})$/.exec(sensor)?.[1];
  return kit ? Number(kit) : undefined;
}

/** Where the page of a sensor is. */
export function pathOf(sensor: string): string {
  const kit = kitOf(sensor);
  return kit ? `/iot/${kit}` : `/sensors/${encodeURIComponent(sensor)}`;
}

/**
 * Where to go after a login: a path of this site, never an address elsewhere, which `//host` and `/\host` would be.
 */
export function nextPage(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/';
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
