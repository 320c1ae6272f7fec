import type { LiveEvent, LiveRequest } from '../../shared/live';

/** How things stand between this page and the gateway. */
export type Link =
  | { state: 'connecting' }
  | { state: 'open' }
  /** The next attempt is made at `retryAtMs`. */
  | { state: 'waiting'; retryAtMs: number }
  /** The gateway wants a login first. */
  | { state: 'refused' };

/** What this uses of a WebSocket. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

/** The world, as a browser has it and a test makes it up. */
export interface Surroundings {
  open(): SocketLike;
  now(): number;
  /** 0 up to 1. */
  random(): number;
  after(ms: number, call: () => void): { cancel(): void };
  /** Whether the gateway answers a plain request; must settle by itself. */
  alive(): Promise<boolean>;
  /** Whether the gateway would let us in only after a login. */
  needsLogin(): Promise<boolean>;
}

/** First and longest pause between two attempts: a Pi takes about half a minute to restart. */
const pauseMsMin = 500;
const pauseMsMax = 15_000;
/** A connection that held this long makes the next pause a short one. */
const stableMs = 10_000;
/** Kits report every 10 s; when nothing at all came for so long, the gateway is asked whether it is there. */
export const quietMs = 15_000;

/**
 * The WebSocket to the gateway, opened again whenever it is lost, for ever, with pauses that double. A browser is not
 * told when the other end loses its power, so silence is looked into by a plain request.
 */
export class Connection {
  link: Link = { state: 'connecting' };
  onLink: () => void = () => {};
  onEvents: (events: LiveEvent[]) => void = () => {};
  /** Attempts that failed in a row. */
  failures = 0;
  /** Frames that were not what shared/live.ts says. */
  malformed = 0;
  #socket: SocketLike | undefined;
  #timer: { cancel(): void } | undefined;
  #openedMs = 0;
  #watched = 0;

  constructor(private readonly world: Surroundings) {}

  start(): void {
    if (!this.#socket && !this.#timer) this.#connect();
  }

  /** Closes for good; `start` begins anew. */
  stop(): void {
    this.#drop();
    this.failures = 0;
    this.#tell({ state: 'connecting' });
  }

  /** Makes the next attempt now instead of after the pause, as when the network is back. */
  hurry(): void {
    if (this.link.state === 'waiting' || this.link.state === 'refused') this.#connect();
    else if (this.link.state === 'open') this.#look();
  }

  /** False when there is no connection: nothing is kept for later. */
  send(request: LiveRequest): boolean {
    if (this.link.state !== 'open') return false;
    this.#socket!.send(JSON.stringify(request));
    return true;
  }

  /** Which kit's messages are wanted, also after a reconnection; 0 for none. */
  watch(kit: number): void {
    if (kit === this.#watched) return;
    this.#watched = kit;
    this.send({ type: 'watch', kit });
  }

  #connect(): void {
    this.#drop();
    this.#tell({ state: 'connecting' });
    const socket = this.world.open();
    this.#socket = socket;
    socket.onopen = () => this.#onOpen(socket);
    socket.onmessage = ({ data }) => this.#onFrame(data);
    socket.onclose = () => this.#onClose();
  }

  #onOpen(socket: SocketLike): void {
    this.#openedMs = this.world.now();
    if (this.#watched) socket.send(JSON.stringify({ type: 'watch', kit: this.#watched }));
    this.#tell({ state: 'open' });
    this.#listen();
  }

  #onFrame(data: unknown): void {
    this.#listen();
    const events = eventsOf(data);
    if (events) this.onEvents(events);
    else this.malformed++;
  }

  #onClose(): void {
    const held = this.link.state === 'open' && this.world.now() - this.#openedMs >= stableMs;
    this.failures = held ? 0 : this.failures + 1;
    this.#drop();
    const ceiling = Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(this.failures, 10));
    // Between half of it and all of it, so that a classroom's browsers do not come back in step.
    const pauseMs = Math.round(ceiling * (0.5 + this.world.random() / 2));
    this.#timer = this.world.after(pauseMs, () => this.#connect());
    this.#tell({ state: 'waiting', retryAtMs: this.world.now() + pauseMs });
    void this.#askForLogin();
  }

  /** A browser does not tell why a WebSocket was refused. */
  async #askForLogin(): Promise<void> {
    const needed = await this.world.needsLogin();
    if (!needed || this.link.state !== 'waiting') return;
    this.#drop();
    this.#tell({ state: 'refused' });
  }

  #listen(): void {
    this.#timer?.cancel();
    this.#timer = this.world.after(quietMs, () => this.#look());
  }

  #look(): void {
    const socket = this.#socket;
    void this.world.alive().then((alive) => {
      if (socket !== this.#socket || this.link.state !== 'open') return;
      if (alive) this.#listen();
      else this.#onClose();
    });
  }

  #drop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = undefined;
  }

  #tell(link: Link): void {
    this.link = link;
    this.onLink();
  }
}

function eventsOf(data: unknown): LiveEvent[] | undefined {
  try {
    const events: unknown = JSON.parse(String(data));
    return Array.isArray(events) ? (events as LiveEvent[]) : undefined;
  } catch {
    return undefined;
  }
}
