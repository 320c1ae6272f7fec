/** Who is on this link, as the kernel's table of neighbours has it. */

interface Neighbour {
  /** Lower case, with colons. */
  mac: string;
  /** `DELAY` and `PROBE`: it was there once, and is being asked again. */
  state: string;
}

/** What `ip -4 neigh show` says, by address; who has never answered is left out. Source: ip-neighbour(8). */
export function parseNeighbours(text: string): Map<string, Neighbour> {
  const found = new Map<string, Neighbour>();
  for (const line of text.split('\n')) {
    const [, ip, mac, state] = /^(\S+) .*\blladdr (\S+).* ([A-Z]+)\s*$/.exec(line) ?? [];
    if (ip !== undefined && state !== 'FAILED' && state !== 'INCOMPLETE')
      found.set(ip, { mac: mac!.toLowerCase(), state: state! });
  }
  return found;
}

/** Longer than the kernel takes to give somebody up whom it knew: 5 s of hope, then three questions. Source: arp(7). */
const doubtMs = 9000;
const lookMs = 500;

/**
 * The addresses of those who are there, by IP, out of a table that was just made to look: who has answered, or answers ARP.
 * Waits for the kernel to find out whether somebody is still there whom it knew before. `look` reads the table.
 */
export async function presentNeighbours(
  look: () => Promise<ReadonlyMap<string, Neighbour>>,
  answered: ReadonlySet<string>,
  pause: (ms: number) => Promise<void>,
): Promise<Map<string, string>> {
  for (let waitedMs = 0; ; waitedMs += lookMs) {
    const all = [...(await look())];
    const doubtful = ([ip, { state }]: [string, Neighbour]) =>
      (state === 'DELAY' || state === 'PROBE') && !answered.has(ip);
    if (waitedMs >= doubtMs || !all.some(doubtful))
      return new Map(all.filter((one) => !doubtful(one)).map(([ip, { mac }]) => [ip, mac]));
    await pause(lookMs);
  }
}
