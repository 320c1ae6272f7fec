import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Identity } from '../broker/access';
import { NotNow } from '../credentials';
import { kitOf } from '../registry';
import { Problem } from './problem';
import { RateLimit } from './rate-limit';
import type { Credentials } from './rooms';
import { type Sessions, tokenIn } from './sessions';

export interface AccessRules {
  /** Names under which browsers reach the gateway, beside `localhost` and every address; in small letters. */
  hosts: readonly string[];
  /** Whether pages and API ask who is there: when others than this machine can reach them. */
  loginNeeded: boolean;
  /** Whether sensors may report without credentials although `loginNeeded`. */
  openIngest: boolean;
}

/** Readings an address may report without credentials: a hundred sensors behind one router, one reading a second. */
const openReadings = { burst: 1000, perS: 100 };

/** Who may do what. Everything throws a Problem that says why not. */
export class Access {
  readonly counters = { limited: 0, foreign: 0 };
  private knownHost: string | undefined;
  private readonly openReadings: RateLimit;

  constructor(
    readonly rules: AccessRules,
    private readonly credentials: Credentials,
    private readonly sessions: Sessions,
    now: () => number,
  ) {
    this.openReadings = new RateLimit(openReadings, now);
  }

  /**
   * A page from elsewhere must not reach the gateway under a name of its own (DNS rebinding). An address cannot be
   * such a name, and what sends no Host is no browser.
   */
  checkHost({ host }: IncomingHttpHeaders): void {
    if (host === undefined || host === this.knownHost) return;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (!isAddress(name) && !/(?:^|\.)localhost$/.test(name) && !this.rules.hosts.includes(name)) {
      this.counters.foreign++;
      throw new Problem(
        403,
        `Host: ${name.slice(0, 100)} is not known here; if it is this gateway, start it with --host-name ${name.slice(0, 100)}`,
      );
    }
    this.knownHost = host;
  }

  /** Browsers say which page a request comes from; other programs say nothing and are no danger. */
  checkOrigin({ origin, host }: IncomingHttpHeaders): void {
    if (origin === undefined || (host !== undefined && origin.replace(/^https?:\/\//, '') === host)) return;
    this.counters.foreign++;
    throw new Problem(403, `Origin: expected a page of this gateway, got ${origin.slice(0, 100)}`);
  }

  /** The user of the session or of HTTP Basic; undefined when neither is there. */
  async identify(request: IncomingMessage): Promise<Identity | undefined> {
    const token = tokenIn(request.headers.cookie);
    const identity = token && this.sessions.identityOf(token);
    if (identity && this.isCurrent(identity)) return identity;
    const basic = basicIn(request.headers.authorization);
    return basic && this.verify(basic.user, basic.password, addressOf(request));
  }

  /** Throws when user or password is wrong, and when too many were. */
  async verify(user: string, password: string, address: string): Promise<Identity> {
    const identity = await this.credentials.verify(user, password, address).catch(notNow);
    if (identity) return identity;
    throw new Problem(401, 'user or password is wrong');
  }

  /** Whether the user is still there, with the same password and role. */
  isCurrent(identity: Identity): boolean {
    return this.credentials.identity(identity.name) === identity;
  }

  /** For everything but reporting. */
  async checkController(request: IncomingMessage): Promise<void> {
    if (!this.rules.loginNeeded) return;
    const identity = await this.identify(request);
    if (!identity) throw new Problem(401, 'log in, or send a user and password with HTTP Basic');
    if (identity.role !== 'controller') throw onlyReports(identity);
  }

  /** Whether anybody who can connect may report. */
  get ingestIsOpen(): boolean {
    return !this.rules.loginNeeded || this.rules.openIngest;
  }

  /** For reporting `count` readings of a sensor, on what is open to all. */
  checkOpenIngest(request: IncomingMessage, count: number): void {
    if (!this.rules.loginNeeded) return;
    const waitS = this.openReadings.take(addressOf(request), count);
    if (waitS === 0) return;
    this.counters.limited++;
    throw new Problem(
      429,
      `too many readings from one address: at most ${openReadings.perS} a second`,
      undefined,
      waitS,
    );
  }

  /** For reporting readings of a sensor with credentials. */
  async checkIngest(request: IncomingMessage, sensor: string): Promise<void> {
    const identity = await this.identify(request);
    if (!identity) throw new Problem(401, 'send a user and password with HTTP Basic');
    if (this.mayReport(identity, sensor)) return;
    throw new Problem(403, `${identity.name} may not report as ${sensor}`);
  }

  private mayReport({ role, kit, sensors }: Identity, sensor: string): boolean {
    switch (role) {
      case 'controller':
        return true;
      case 'sensor': {
        if (sensors) return sensors.includes(sensor);
        const asKit = kitOf(sensor);
        // Where kits have no users, they may report as sensors do.
        return asKit === undefined || !this.credentials.hasKit(asKit);
      }
      case 'kit':
        return sensor === `kit_${kit}`;
      case 'kits':
        return /^kit_\d+$/.test(sensor);
    }
  }
}

export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? 'unknown';
}

export function onlyReports({ name, role }: Identity): Problem {
  return new Problem(403, `${name} has the role ${role} and may only report; expected a controller`);
}

function notNow(error: unknown): never {
  if (error instanceof NotNow) throw new Problem(429, error.message, undefined, 10);
  throw error;
}

function basicIn(header: string | undefined): { user: string; password: string } | undefined {
  const match = /^basic +([\w+/=-]+)$/i.exec(header ?? '');
  if (!match) return undefined;
  const text = Buffer.from(match[1]!, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
