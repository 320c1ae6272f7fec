/** A connection, as far as it matters for who has to go. */
export interface Guest {
  /** Its address as `networkOf` has it. */
  readonly network: string;
}

interface Row<T> {
  /** Those that have not reported yet, in the order in which they came. */
  silent: Set<T>;
  /** The others; the one that reported last is last. */
  reported: Set<T>;
}

/**
 * The connections that there is room for. Whoever comes gets in; when there is no room, the address that has the most
 * connections loses one: the oldest that has never reported, or else the one whose last report is oldest. So ten thousand
 * connections from one address push out each other and nobody else.
 */
export class Seats<T extends Guest> {
  readonly #rows = new Map<string, Row<T>>();
  readonly #seats: number;
  #taken = 0;

  constructor(seats: number) {
    this.#seats = seats;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Returns who has to go, and has gone as far as the seats are concerned. */
  add(guest: T): T | undefined {
    const loser = this.#taken >= this.#seats ? this.#loser(guest.network) : undefined;
    if (loser) this.remove(loser);
    let row = this.#rows.get(guest.network);
    if (!row) this.#rows.set(guest.network, (row = { silent: new Set(), reported: new Set() }));
    row.silent.add(guest);
    this.#taken++;
    return loser;
  }

  /** It has sent a reading. Ignored when it has no seat any more. */
  hasReported(guest: T): void {
    const row = this.#rows.get(guest.network);
    if (row && (row.silent.delete(guest) || row.reported.delete(guest))) row.reported.add(guest);
  }

  remove(guest: T): void {
    const row = this.#rows.get(guest.network);
    if (!row || !(row.silent.delete(guest) || row.reported.delete(guest))) return;
    this.#taken--;
    if (countOf(row) === 0) this.#rows.delete(guest.network);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const { silent, reported } of this.#rows.values()) {
      yield* silent;
      yield* reported;
    }
  }

  /** Of addresses with as many connections the newcomer's loses one. */
  #loser(newcomer: string): T {
    let longest = this.#rows.get(newcomer);
    for (const row of this.#rows.values()) if (!longest || countOf(row) > countOf(longest)) longest = row;
    const [first] = longest!.silent.size > 0 ? longest!.silent : longest!.reported;
    return first!;
  }
}

function countOf<T>({ silent, reported }: Row<T>): number {
  return silent.size + reported.size;
}
