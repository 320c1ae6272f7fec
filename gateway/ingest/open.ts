import { isLoopback } from '../settings/address';
import { RateLimit } from '../web/rate-limit';

/** As over HTTP: a hundred sensors behind one router, one reading a second. */
const allowance = { burst: 1000, perS: 100 };

/** Why an address must not be listened on: TCP and UDP know no passwords. */
export function openProblem(protocol: 'TCP' | 'UDP', host: string, open = false): string | undefined {
  if (open || isLoopback(host)) return undefined;
  return `readings over ${protocol} come without a password: take them on 127.0.0.1, or on ${host} with --open-ingest`;
}

/** How much each address may send where anybody may send; the programs of this computer are not limited. */
export class OpenLimit {
  readonly #limit: RateLimit;

  constructor(now: () => number) {
    this.#limit = new RateLimit(allowance, now);
  }

  /** Whether the address has to wait. */
  waits(address: string): boolean {
    return !isLocal(address) && this.#limit.waitS(address) > 0;
  }

  /** Messages of the address that were read. */
  charge(address: string, messages: number): void {
    if (!isLocal(address)) this.#limit.charge(address, messages);
  }
}

function isLocal(address: string): boolean {
  return isLoopback(address.startsWith('::ffff:') ? address.slice(7) : address);
}
