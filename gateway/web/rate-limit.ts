import { networkOf } from '../settings/address';

/** How much an address may do at once, and how much more each second. */
export interface Allowance {
  burst: number;
  perS: number;
}

/** Addresses remembered; the ones that were quiet for longest make room. */
const addressesMax = 4096;

/** A bucket of tokens for each address; a whole /64 is one address, since one machine has all of it in IPv6. */
export class RateLimit {
  private readonly buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(
    private readonly allowance: Allowance,
    private readonly now: () => number,
  ) {}

  get addresses(): number {
    return this.buckets.size;
  }

  /** Takes `tokens` and returns 0, or takes none and returns the whole seconds until there are enough. */
  take(address: string, tokens = 1): number {
    const key = networkOf(address);
    const left = this.left(key);
    if (left < tokens) return Math.ceil((tokens - left) / this.allowance.perS);
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: left - tokens, atMs: this.now() });
    if (this.buckets.size > addressesMax) this.buckets.delete(this.buckets.keys().next().value!);
    return 0;
  }

  private left(key: string): number {
    const bucket = this.buckets.get(key);
    if (!bucket) return this.allowance.burst;
    // A clock that was set back leaves a moment in the future: no time has passed then.
    const passedS = Math.max(0, this.now() - bucket.atMs) / 1000;
    return Math.min(this.allowance.burst, bucket.tokens + passedS * this.allowance.perS);
  }
}
