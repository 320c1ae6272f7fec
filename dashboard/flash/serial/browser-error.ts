/** Why a board could not be reached from this page, beside what its console may fail with. */
export type BrowserFailure =
  /** Neither https nor localhost. */
  | 'no-secure-context'
  | 'no-web-serial'
  | 'no-port-chosen'
  /** The browser, or who set it up, does not let this page use serial ports. */
  | 'forbidden'
  /** Another program has it, or the system does not let this user open it: browsers do not tell which. */
  | 'port-not-opened'
  /** A call of the browser's that never ended. */
  | 'browser-silent'
  /** Part of this page could not be loaded or does not do what it should. */
  | 'page-broken'
  /** `lamplighter flash --ui` has ended, or does not know this page. */
  | 'no-files';

/** The message is for who looks closer; what the user reads is told from the kind, in the language of the page. */
export class BrowserError extends Error {
  override name = 'BrowserError';

  constructor(
    readonly kind: BrowserFailure,
    message: string,
  ) {
    super(message);
  }
}

/** The promise's value, or a BrowserError when it takes too long: no call of a browser's has a time-out of its own. */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new BrowserError('browser-silent', `${what}: not done within ${ms / 1000} s`)),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
