/** A week, counted from the last use: a dashboard on a wall stays logged in. */
const lifeMs = 7 * 86_400_000;
/** The one that was used longest ago makes room. */
const sessionsMax = 1000;

export const sessionCookie = 'lamplighter_session';

/** Who is logged in, by the token in the browser's cookie. In memory only: a restart ends every session. */
export class Sessions {
  private readonly users = new Map<string, { user: string; usedMs: number }>();

  constructor(
    /** At least 128 unguessable bits as letters, digits, `-` and `_`. */
    private readonly token: () => string,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.users.size;
  }

  open(user: string): string {
    const token = this.token();
    this.users.set(token, { user, usedMs: this.now() });
    if (this.users.size > sessionsMax) this.users.delete(this.users.keys().next().value!);
    return token;
  }

  userOf(token: string): string | undefined {
    const session = this.users.get(token);
    if (!session) return undefined;
    this.users.delete(token);
    const usedMs = this.now();
    if (usedMs - session.usedMs > lifeMs) return undefined;
    this.users.set(token, { user: session.user, usedMs });
    return session.user;
  }

  close(token: string): void {
    this.users.delete(token);
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
