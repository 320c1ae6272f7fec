/** Bytes to and from a board; each character of a string is one byte. */
export interface Transport {
  write(bytes: string): void;
  onBytes: ((bytes: string) => void) | undefined;
  /** Settles when no more can come: the other end has closed, the cable is out, or close() was called. */
  readonly closed: Promise<void>;
  /** The port is free for others when it settles. */
  close(): Promise<void>;
  /** Pulls the board's reset line, where there is one that can be pulled. */
  reset?(): Promise<void>;
}
