import { timingSafeEqual } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import type { Identity } from './broker/access';
import type { Authenticator } from './broker/gate';
import { Attempts } from './credentials/attempts';
import {
  type Credential,
  type Given,
  identityFor,
  nameProblem,
  passwordProblem,
  plainText,
} from './credentials/credential';
import { changing, isReadableByOthers, readCredentials, writeCredentials } from './credentials/file';
import { Remembered } from './credentials/remembered';
import { NotNow, ScryptQueue } from './credentials/scrypt-queue';

import { networkOf } from './settings/address';

export type { Identity, Role } from './broker/access';
export { NotNow } from './credentials/scrypt-queue';

export interface CredentialsOptions {
  /** Milliseconds that go on; which clock does not matter. */
  now: () => number;
  /** Random bytes that nobody can guess. */
  random: (bytes: number) => Buffer;
  /** Told in one sentence when the file cannot be taken over, or can be read by others. */
  log?: (sentence: string) => void;
}

/** How often to look whether the file has changed, in milliseconds. */
const watchMs = 1000;

/** The users of broker, dashboard and API, from a file that `lamplighter credentials` writes. */
export class Credentials implements Authenticator {
  readonly #counters = { right: 0, wrong: 0, remembered: 0, notNow: 0 };
  #credentials = new Map<string, Credential>();
  readonly #queue = new ScryptQueue();
  readonly #remembered: Remembered;
  readonly #attempts: Attempts;
  /** Checks under way: who asks the same meanwhile gets the same answer. */
  readonly #pending = new Map<string, Promise<Credential | undefined>>();
  readonly #listeners: (() => void)[] = [];
  #stopWatching: (() => void) | undefined;
  /** For names that do not exist, so that the time of an answer does not tell them. */
  readonly #decoySalt: string;

  private constructor(
    private readonly file: string,
    private readonly options: CredentialsOptions,
  ) {
    this.#remembered = new Remembered(options.random(32), options.now);
    this.#attempts = new Attempts(options.now);
    this.#decoySalt = options.random(16).toString('base64');
  }

  /** No file is no credentials. Throws one sentence when it is damaged. */
  static async load(file: string, options: CredentialsOptions): Promise<Credentials> {
    const credentials = new Credentials(file, options);
    credentials.#credentials = await readCredentials(file);
    await credentials.#warnOfMode();
    return credentials;
  }

  /** Answers by what they were, hashes made, and users that there are. */
  get counters(): Readonly<Record<'right' | 'wrong' | 'remembered' | 'notNow' | 'hashed' | 'users', number>> {
    return { ...this.#counters, hashed: this.#queue.counters.hashed, users: this.#credentials.size };
  }

  get isEmpty(): boolean {
    return this.#credentials.size === 0;
  }

  /** By name, in the order in which they were made. */
  list(): Identity[] {
    return [...this.#credentials.values()].map(({ identity }) => identity);
  }

  /**
   * Who has this name and password; undefined when one is wrong. What was checked once is known from then on, at the
   * price of one HMAC; until then a check takes 16 MB and tens of milliseconds in a thread. Rejects with NotNow when too
   * many wait, or when too many wrong ones have come from the address.
   */
  async verify(name: string, password: string, from?: string): Promise<Identity | undefined> {
    // One machine has 2^64 addresses of IPv6 to guess from.
    const address = from === undefined ? undefined : networkOf(from);
    const [user, secret] = [plainText(name), plainText(password)];
    const key = this.#remembered.keyOf(user, secret);
    const known = this.#remembered.lookUp(key);
    if (known && known !== 'wrong' && this.#credentials.get(user) === known) {
      this.#counters.remembered++;
      return known.identity;
    }
    const credential = known === 'wrong' ? undefined : await this.#checked(key, user, secret, address);
    if (!credential) {
      this.#counters.wrong++;
      if (address !== undefined) this.#attempts.wrong(address);
      return undefined;
    }
    this.#counters.right++;
    return credential.identity;
  }

  /** What the user may do now; undefined when there is none of the name. Another object after each change of the user. */
  identity(name: string): Identity | undefined {
    return this.#credentials.get(plainText(name))?.identity;
  }

  /** Whether who was let in as this would still be. */
  isCurrent(identity: Identity): boolean {
    return this.#credentials.get(identity.name)?.identity === identity;
  }

  /** Whether a kit shows a password of its own, or one that all kits share. */
  hasKit(kit: number): boolean {
    return this.list().some(({ role, kit: own }) => role === 'kits' || (role === 'kit' && own === kit));
  }

  /** Tells after each change of any user. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Throws the sentence with which `add` would refuse, whatever the password. */
  check(name: string, given: Given): Identity {
    const user = plainText(name);
    const problem = nameProblem(user);
    if (problem !== undefined) throw new Error(problem);
    return identityFor(user, given, this.identity(user));
  }

  /** Makes a user or changes one; throws one sentence that names what is wrong. */
  async add(
    name: string,
    password: string,
    given: Given = {},
  ): Promise<{ identity: Identity; replaced: boolean }> {
    await this.reload();
    this.check(name, given);
    const secret = plainText(password);
    const problem = passwordProblem(secret);
    if (problem !== undefined) throw new Error(problem);
    const salt = this.options.random(16).toString('base64');
    const hash = (await this.#queue.hash(secret, salt)).toString('base64');
    return changing(this.file, async () => {
      await this.reload();
      const identity = this.check(name, given);
      const replaced = this.#credentials.has(identity.name);
      await this.#write(new Map(this.#credentials).set(identity.name, { identity, salt, hash }));
      return { identity, replaced };
    });
  }

  /** False when there is no such user. */
  async remove(name: string): Promise<boolean> {
    await this.reload();
    if (!this.identity(name)) return false;
    return changing(this.file, async () => {
      await this.reload();
      const left = new Map(this.#credentials);
      if (!left.delete(plainText(name))) return false;
      await this.#write(left);
      return true;
    });
  }

  /** Takes over what the file says now. Throws, and changes nothing, when it is damaged. */
  async reload(): Promise<void> {
    this.#takeOver(await readCredentials(this.file));
  }

  /** Takes over each change of the file, until `stop`. */
  watch(): void {
    if (this.#stopWatching) return;
    const onChange = (): void => {
      this.reload()
        .then(() => this.#warnOfMode())
        .catch((error: Error) => this.options.log?.(`${error.message}; what was known before still counts`));
    };
    watchFile(this.file, { interval: watchMs, persistent: false }, onChange);
    this.#stopWatching = () => unwatchFile(this.file, onChange);
  }

  /** Harmless when the file is not watched. */
  stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  async #write(credentials: Map<string, Credential>): Promise<void> {
    await writeCredentials(this.file, credentials);
    this.#takeOver(credentials);
  }

  /** What has not changed stays the same object: by that it is known. */
  #takeOver(read: Map<string, Credential>): void {
    let changed = read.size !== this.#credentials.size;
    for (const [name, credential] of read) {
      const former = this.#credentials.get(name);
      if (former && isSame(former, credential)) read.set(name, former);
      else changed = true;
    }
    if (!changed) return;
    this.#credentials = read;
    this.#remembered.forgetWrong();
    for (const listener of this.#listeners) listener();
  }

  #checked(
    key: string,
    name: string,
    password: string,
    address: string | undefined,
  ): Promise<Credential | undefined> {
    const underWay = this.#pending.get(key);
    if (underWay) return underWay;
    const check = this.#check(key, name, password, address).finally(() => this.#pending.delete(key));
    this.#pending.set(key, check);
    return check;
  }

  async #check(
    key: string,
    name: string,
    password: string,
    address: string | undefined,
  ): Promise<Credential | undefined> {
    const credential = this.#credentials.get(name);
    const refuseIfBlocked = (): void => {
      if (address !== undefined && this.#attempts.isBlocked(address))
        throw new NotNow(`too many wrong passwords from ${address}: try again in a minute`);
    };
    try {
      refuseIfBlocked();
      // Asked again when its turn comes: a thousand guesses sent at once are no more than the first few.
      const hash = await this.#queue.hash(password, credential?.salt ?? this.#decoySalt, refuseIfBlocked);
      // The file has changed meanwhile.
      if (this.#credentials.get(name) !== credential) return this.#check(key, name, password, address);
      const right = credential && timingSafeEqual(hash, Buffer.from(credential.hash, 'base64'));
      this.#remembered.remember(key, right ? credential : undefined);
      return right ? credential : undefined;
    } catch (error) {
      if (error instanceof NotNow) this.#counters.notNow++;
      throw error;
    }
  }

  async #warnOfMode(): Promise<void> {
    if (await isReadableByOthers(this.file))
      this.options.log?.(`${this.file} can be read by other users of this computer: chmod 600 ${this.file}`);
  }
}

function isSame(one: Credential, other: Credential): boolean {
  const { identity } = one;
  return (
    one.salt === other.salt &&
    one.hash === other.hash &&
    identity.role === other.identity.role &&
    identity.kit === other.identity.kit &&
    String(identity.sensors) === String(other.identity.sensors)
  );
}
