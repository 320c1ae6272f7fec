import { lwip } from './habits';
import type { Hardware } from './hardware';
import type { Uplink } from './network';

/** How long lwIP keeps an answer: as long as the name server says; this is a common value. */
const cacheMs = 300_000;

/** The name resolution of one chip, shared by Wifi.getHostByName and by sockets. */
export class Resolver {
  readonly #cache = new Map<string, { ip: string; untilMs: number }>();

  constructor(
    private readonly hardware: Hardware,
    private readonly uplink: Uplink,
    private readonly online: () => boolean,
  ) {}

  cached(name: string): string | undefined {
    const entry = this.#cache.get(name);
    return entry !== undefined && entry.untilMs > this.hardware.clock.now() ? entry.ip : undefined;
  }

  /**
   * Asks the name server. `done` gets the address, or `undefined` when there is none or nobody answered, and after how many
   * milliseconds: it may be called before this returns, with the time that the answer is going to take.
   */
  query(name: string, startMs: number, done: (ip: string | undefined, afterMs: number) => void): void {
    let answered = false;
    const answer = (ip: string | undefined, afterMs: number): void => {
      if (answered) return;
      answered = true;
      if (afterMs >= lwip.dnsTimeoutMs) {
        done(undefined, lwip.dnsTimeoutMs);
        return;
      }
      if (ip !== undefined) this.#cache.set(name, { ip, untilMs: startMs + afterMs + cacheMs });
      done(ip, afterMs);
    };
    if (!this.online()) {
      answer(undefined, lwip.dnsTimeoutMs);
      return;
    }
    this.uplink.resolve(name, answer);
    if (!answered)
      this.hardware.later(lwip.dnsTimeoutMs, () => answer(undefined, lwip.dnsTimeoutMs), startMs);
  }
}
