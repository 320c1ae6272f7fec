import type { KitMessage } from '../../shared/live';

/** A kit says some twelve a minute. */
const perKitMax = 50;
/** Of all kits together, 1 kB each: a page of some sixty kits. Whoever was quiet for longest loses the oldest. */
const allMax = 3000;

/** What was said on each kit's topics last, for a page that is opened now. */
export class RecentMessages {
  /** The kit that was quiet for longest is first; of each the oldest message. */
  readonly #byKit = new Map<number, KitMessage[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(message: KitMessage): void {
    const messages = this.#byKit.get(message.kit) ?? [];
    this.#byKit.delete(message.kit);
    this.#byKit.set(message.kit, messages);
    messages.push(message);
    this.#count++;
    if (messages.length > perKitMax) this.#forgetOldest(messages);
    else if (this.#count > allMax) this.#forgetQuietest();
  }

  /** Oldest first. */
  of(kit: number): readonly KitMessage[] {
    return this.#byKit.get(kit) ?? [];
  }

  #forgetQuietest(): void {
    const [kit, messages] = this.#byKit.entries().next().value!;
    this.#forgetOldest(messages);
    if (messages.length === 0) this.#byKit.delete(kit);
  }

  #forgetOldest(messages: KitMessage[]): void {
    messages.shift();
    this.#count--;
  }
}
