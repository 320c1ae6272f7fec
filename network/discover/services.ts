/** What usually answers on a port, for `discover` and `ports`. */
export const services: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [23, 'Telnet'],
  [80, 'HTTP'],
  [443, 'HTTPS'],
  [1883, 'MQTT'],
  [3306, 'MySQL'],
  [5000, 'Lamplighter'],
  [5432, 'PostgreSQL'],
  [8080, 'HTTP-Alt'],
  [8883, 'MQTT-TLS'],
  [9998, 'Lamplighter ingest (UDP)'],
  [9999, 'Lamplighter ingest'],
]);

/** Those of them that a TCP connection can find; 9998 is UDP. */
export const usualPorts: readonly number[] = [...services.keys()];

/** Ports of one list at most: all of them. */
const portMax = 65_535;

/** `1-1024,1883` -> each port once, ascending. Throws a sentence. */
export function parsePorts(text: string): number[] {
  const ports = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to = from] = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === undefined || first < 1 || last > portMax || first > last)
      throw new Error(
        `--ports: expected ports from 1 to 65535 as 22,80,1000-2000, got ${JSON.stringify(part)}`,
      );
    for (let port = first; port <= last; port++) ports.add(port);
  }
  return [...ports].sort((a, b) => a - b);
}
