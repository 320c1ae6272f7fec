import { isLoopback, networkOf } from '../settings/address';
import { RateLimit } from '../web/rate-limit';

/** As over HTTP: a hundred sensors behind one router, one reading a second. */
const allowance = { burst: 1000, perS: 100 };

/** Why an address must not be listened on: TCP and UDP know no passwords. */
export function openProblem(protocol: 'TCP' | 'UDP', host: string, open = false): string | undefined {
  if (open || isLoopback(host)) return undefined;
  return `readings over ${protocol} come without a password: take them on 127.0.0.1, or on ${host} with --open-ingest`;
}

/** Addresses of which it is remembered what they owe. */
const debtorsMax = 4096;

/** How much each address may send where anybody may send; the programs of this computer are not limited. */
export class OpenLimit {
  readonly #limit: RateLimit;
  /** Messages that were read although the address had none left: a read may bring several. */
  readonly #owed = new Map<string, number>();

  constructor(now: () => number) {
    this.#limit = new RateLimit(allowance, now);
  }

  /** Whether the address has to wait. */
  waits(address: string): boolean {
    const network = networkOf(address);
    const owed = this.#owed.get(network);
    if (owed === undefined) return false;
    if (this.#limit.take(address, owed) > 0) return true;
    this.#owed.delete(network);
    return false;
  }

  /** Messages of the address that were read. */
  charge(address: string, messages: number): void {
    if (isLocal(address) || this.#limit.take(address, messages) === 0) return;
    const network = networkOf(address);
    const owed = Math.min(allowance.burst, (this.#owed.get(network) ?? 0) + messages);
    this.#owed.set(network, owed);
    if (this.#owed.size > debtorsMax) this.#owed.delete(this.#owed.keys().next().value!);
  }

  /** Whether one more message of the address may be read; charges it. */
  takes(address: string): boolean {
    return isLocal(address) || this.#limit.take(address) === 0;
  }
}

function isLocal(address: string): boolean {
  return isLoopback(address.startsWith('::ffff:') ? address.slice(7) : address);
}
