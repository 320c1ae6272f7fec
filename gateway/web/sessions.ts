import type { Identity } from '../broker/access';

/** A week, counted from the last use: a dashboard on a wall stays logged in. */
const lifeMs = 7 * 86_400_000;
/** The one that was used longest ago makes room. */
const sessionsMax = 1000;

export const sessionCookie = 'lamplighter_session';

/** Who is logged in, by the token in the browser's cookie. In memory only: a restart ends every session. */
export class Sessions {
  private readonly sessions = new Map<string, { identity: Identity; usedMs: number }>();

  constructor(
    /** At least 128 unguessable bits as letters, digits, `-` and `_`. */
    private readonly token: () => string,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.sessions.size;
  }

  open(identity: Identity): string {
    const token = this.token();
    this.sessions.set(token, { identity, usedMs: this.now() });
    if (this.sessions.size > sessionsMax) this.sessions.delete(this.sessions.keys().next().value!);
    return token;
  }

  identityOf(token: string): Identity | undefined {
    const session = this.sessions.get(token);
    if (!session) return undefined;
    this.sessions.delete(token);
    const usedMs = this.now();
    if (usedMs - session.usedMs > lifeMs) return undefined;
    session.usedMs = usedMs;
    this.sessions.set(token, session);
    return session.identity;
  }

  close(token: string): void {
    this.sessions.delete(token);
  }
}

/** The session's token among the cookies of a request. */
export function tokenIn(cookies: string | undefined): string | undefined {
  return /(?:^|;\s*)lamplighter_session=([\w-]{16,128})(?:;|$)/.exec(cookies ?? '')?.[1];
}

/** For Set-Cookie; an empty token makes the browser forget it. */
export function cookieFor(token: string, secure: boolean): string {
  const age = token === '' ? 0 : lifeMs / 1000;
  return `${sessionCookie}=${token}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
