/** An address cannot be listened on: one sentence. */
export class ListenError extends Error {
  override name = 'ListenError';

  /** `option` is the one that chooses the port, such as `--web-port`. */
  constructor(
    { code, message }: NodeJS.ErrnoException,
    host: string,
    readonly port: number,
    readonly option: string,
  ) {
    super(problem(code, message, host, port, option));
    this.busy = code === 'EADDRINUSE';
  }

  /** Another program listens there; another port would do. */
  readonly busy: boolean;
}

function problem(
  code: string | undefined,
  message: string,
  host: string,
  port: number,
  option: string,
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is already in use: stop the other program or choose another with ${option}`;
    case 'EACCES':
      return `port ${port} needs administrator rights: choose one from 1024 to 65535 with ${option}`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}: 127.0.0.1 always exists, 0.0.0.0 means all`;
    default:
      return `cannot listen on ${host}:${port}: ${message}`;
  }
}
