import type { Answer, KitCommand, LiveEvent } from '../../shared/live';
import type { Identity } from '../broker/access';
import { textFrame } from './live-frame';
import { parseLiveRequest } from './live-request';

/** The socket of a browser, without what WebSocket adds to it. */
export interface LiveLine {
  write(frame: Buffer): void;
  /** Bytes that the system has not taken yet. */
  readonly waiting: number;
  ping(): void;
  close(code: number, reason: string): void;
  /** At once, without a word. */
  destroy(): void;
}

export interface LiveRooms {
  command(kit: number, command: KitCommand): Promise<Answer>;
  /** A frame with what was said on the kit's topics before; undefined when that is nothing. */
  recent(kit: number): Buffer | undefined;
  now(): number;
}

export interface BrowserCounters {
  deliveries: number;
  skipped: number;
  lost: number;
  commands: number;
  badRequests: number;
}

/** Bytes that may wait for a slow browser; then it is told nothing more until it has taken them, and then everything. */
export const waitingMax = 256 * 1024;
/** Requests at once and a second: a finger on a button makes five. */
const requestsBurst = 20;
const requestsPerS = 10;
/** Requests beyond that, after which the browser is no browser. */
const floodMax = 100;
const pendingCommandsMax = 16;

/** Whose dashboard it is; empty where no login is needed. */
export interface Owner {
  session?: string | undefined;
  identity?: Identity | undefined;
}

/** One connected dashboard. */
export class LiveBrowser {
  /** The kit whose messages are told; 0 for none. */
  watched = 0;
  /** Too much waits: nothing is told until it is drained. */
  behind = false;
  gone = false;
  private alive = true;
  private allowance = waitingMax;
  private tokens = requestsBurst;
  private tokensMs: number;
  private flood = 0;
  private pendingCommands = 0;

  constructor(
    readonly line: LiveLine,
    readonly owner: Owner,
    private readonly rooms: LiveRooms,
    private readonly counters: BrowserCounters,
  ) {
    this.tokensMs = rooms.now();
  }

  tell(frame: Buffer): void {
    if (this.gone) return;
    if (this.behind || this.line.waiting > this.allowance) {
      this.behind = true;
      this.counters.skipped++;
      return;
    }
    this.counters.deliveries++;
    this.line.write(frame);
  }

  tellAll(frame: Buffer): void {
    if (this.gone) return;
    this.behind = false;
    // Many sensors make a long frame: it alone is not what makes a browser slow.
    this.allowance = waitingMax + frame.length;
    this.counters.deliveries++;
    this.line.write(frame);
  }

  ping(): void {
    if (!this.alive) {
      this.counters.lost++;
      this.line.destroy();
      return;
    }
    this.alive = false;
    this.line.ping();
  }

  /** Anything that it says shows that it is there. */
  heard(): void {
    this.alive = true;
  }

  onRequest(text: string): void {
    this.heard();
    const request = parseLiveRequest(text);
    const mayAsk = this.takeToken();
    if ('problem' in request) {
      this.counters.badRequests++;
      if (request.id === undefined) this.line.close(1008, request.problem.slice(0, 120));
      else this.answer(request.id, { outcome: 'refused', error: request.problem });
    } else if (!mayAsk) this.onFlood(request.type === 'command' ? request.id : undefined);
    else if (request.type === 'watch') this.watch(request.kit);
    else this.command(request.id, request.kit, request.command);
  }

  private watch(kit: number): void {
    const before = this.rooms.recent(kit);
    this.watched = kit;
    if (before) this.tell(before);
  }

  private command(id: number, kit: number, command: KitCommand): void {
    if (this.pendingCommands >= pendingCommandsMax) {
      this.answer(id, {
        outcome: 'refused',
        error: `${pendingCommandsMax} commands wait for their answers already`,
      });
      return;
    }
    this.counters.commands++;
    this.pendingCommands++;
    this.rooms
      .command(kit, command)
      .catch((): Answer => ({ outcome: 'refused', error: 'the gateway failed; its log says why' }))
      .then((answer) => {
        this.pendingCommands--;
        this.answer(id, answer);
      })
      .catch(() => this.line.destroy());
  }

  private answer(id: number, answer: Answer): void {
    if (this.gone) return;
    // Told also to a slow browser, which waits for it; one that asks on and on and takes nothing is cut off.
    if (this.line.waiting > 2 * this.allowance) {
      this.counters.lost++;
      this.line.destroy();
      return;
    }
    const event: LiveEvent = { type: 'answer', id, answer };
    this.line.write(textFrame(JSON.stringify([event])));
  }

  private onFlood(id: number | undefined): void {
    this.counters.badRequests++;
    if (++this.flood > floodMax) this.line.close(1008, 'too many requests');
    else if (id !== undefined)
      this.answer(id, {
        outcome: 'refused',
        error: `too many requests: at most ${requestsPerS} a second`,
      });
  }

  private takeToken(): boolean {
    const nowMs = this.rooms.now();
    const passedMs = Math.max(0, nowMs - this.tokensMs);
    this.tokensMs = nowMs;
    this.tokens = Math.min(requestsBurst, this.tokens + (passedMs * requestsPerS) / 1000);
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
