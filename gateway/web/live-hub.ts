import type { KitMessage, LiveEvent } from '../../shared/live';
import { LiveBrowser, type LiveLine, type LiveRooms, type Owner } from './live-browser';
import { textFrame } from './live-frame';

/** Browsers at once; a classroom has some 30, a demonstration a hundred. */
export const browsersMax = 256;
/** What waits for the end of the turn or of the window may have as many characters; then it goes out at once. */
const pendingMax = 256 * 1024;
/**
 * A frame costs each browser some 10 us however much it holds. From this many deliveries a second on, events wait for
 * each other: 100 browsers and 200 messages a second would take a fifth of a Raspberry Pi's core.
 */
const busyPerS = 20_000;
const windowMs = 4;
/** The rate is that of the slot before. */
const slotMs = 100;
/** A browser that has not answered the ping before is gone: a laptop that was closed says no goodbye. */
const pingMs = 20_000;

type AllEvent = Extract<LiveEvent, { type: 'all' }>;

export interface HubRooms extends Omit<LiveRooms, 'recent'> {
  /** Everything, as the first event of a connection tells it. */
  all(): AllEvent;
  /** What was said on a kit's topics last, oldest first. */
  recent(kit: number): readonly KitMessage[];
}

/**
 * Tells every browser every event: encoded once, in one frame per turn of the event loop, or per window when busy.
 * What is said on a kit's topics goes only to those who watch it.
 */
export class LiveHub {
  readonly counters = {
    /** Connected now. */
    browsers: 0,
    opened: 0,
    turnedAway: 0,
    /** Events that went to at least one browser. */
    events: 0,
    frames: 0,
    /** Frames times browsers. */
    deliveries: 0,
    /** Deliveries left out for browsers that were too slow. */
    skipped: 0,
    /** Times a browser that had been too slow was told everything anew. */
    resynced: 0,
    /** Browsers that no longer answered, or took nothing for too long. */
    lost: 0,
    commands: 0,
    badRequests: 0,
  };
  private readonly browsers = new Set<LiveBrowser>();
  private readonly pending: { json: string; kit: number }[] = [];
  private pendingLength = 0;
  private immediate: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ping: NodeJS.Timeout | undefined;
  private slot = { startMs: 0, events: 0, perS: 0 };

  private readonly browserRooms: LiveRooms;

  constructor(private readonly rooms: HubRooms) {
    this.browserRooms = {
      now: rooms.now,
      command: async (kit, command) => {
        const answer = await rooms.command(kit, command);
        // What the command has changed is told before its answer.
        this.flush();
        return answer;
      },
      recent: (kit) => {
        // What is pending is part of it already.
        this.flush();
        const messages = rooms.recent(kit);
        if (messages.length === 0) return undefined;
        const event: LiveEvent = { type: 'messages', messages };
        return textFrame(JSON.stringify([event]));
      },
    };
  }

  get isFull(): boolean {
    return this.browsers.size >= browsersMax;
  }

  open(line: LiveLine, owner: Owner): LiveBrowser {
    // What is pending is part of `all` already.
    this.flush();
    const browser = new LiveBrowser(line, owner, this.browserRooms, this.counters);
    this.browsers.add(browser);
    this.counters.opened++;
    this.counters.browsers = this.browsers.size;
    browser.tellAll(this.allFrame());
    this.ping ??= setInterval(() => this.findDead(), pingMs);
    return browser;
  }

  /** Its line is closed. */
  forget(browser: LiveBrowser): void {
    browser.gone = true;
    this.browsers.delete(browser);
    this.counters.browsers = this.browsers.size;
    if (this.browsers.size > 0) return;
    clearInterval(this.ping);
    this.ping = undefined;
  }

  /** Its line has taken all that waited. */
  drained(browser: LiveBrowser): void {
    if (!browser.behind) return;
    this.flush();
    this.counters.resynced++;
    browser.tellAll(this.allFrame());
  }

  tell(event: LiveEvent): void {
    if (this.browsers.size === 0) return;
    const kit = event.type === 'message' ? event.kit : 0;
    if (kit > 0 && !this.isWatched(kit)) return;
    const json = JSON.stringify(event);
    this.counters.events++;
    this.pending.push({ json, kit });
    this.pendingLength += json.length;
    this.countRate();
    if (this.pendingLength > pendingMax) this.flush();
    else this.schedule();
  }

  /** Ends the connections of those who may not be here any more. */
  dismiss(mustGo: (owner: Owner) => boolean): void {
    for (const browser of this.browsers) if (mustGo(browser.owner)) browser.line.close(4401, 'logged out');
  }

  close(): void {
    this.flush();
    for (const browser of this.browsers) browser.line.close(1001, 'the gateway is stopping');
    clearInterval(this.ping);
    this.ping = undefined;
  }

  private schedule(): void {
    if (this.immediate || this.timer) return;
    const flush = () => this.flush();
    if (this.slot.perS * this.browsers.size < busyPerS) this.immediate = setImmediate(flush);
    else this.timer = setTimeout(flush, windowMs);
  }

  private flush(): void {
    clearImmediate(this.immediate);
    clearTimeout(this.timer);
    this.immediate = this.timer = undefined;
    if (this.pending.length === 0) return;
    const pending = this.pending.splice(0);
    this.pendingLength = 0;
    const kits = new Set(pending.map(({ kit }) => kit));
    const frames = new Map<number, Buffer | undefined>();
    for (const browser of this.browsers) {
      const group = kits.has(browser.watched) ? browser.watched : 0;
      let frame = frames.get(group);
      if (!frame && !frames.has(group)) {
        frame = frameFor(group, pending);
        frames.set(group, frame);
        this.counters.frames++;
      }
      if (frame) browser.tell(frame);
    }
  }

  private isWatched(kit: number): boolean {
    for (const browser of this.browsers) if (browser.watched === kit) return true;
    return false;
  }

  private countRate(): void {
    const nowMs = this.rooms.now();
    const passedMs = nowMs - this.slot.startMs;
    if (passedMs >= slotMs || passedMs < 0) {
      const perS = passedMs < 2 * slotMs ? (this.slot.events * 1000) / Math.max(passedMs, slotMs) : 0;
      this.slot = { startMs: nowMs, events: 0, perS };
    }
    this.slot.events++;
  }

  private allFrame(): Buffer {
    return textFrame(JSON.stringify([this.rooms.all()]));
  }

  private findDead(): void {
    for (const browser of this.browsers) browser.ping();
  }
}

function frameFor(group: number, pending: readonly { json: string; kit: number }[]): Buffer | undefined {
  const events = pending.filter(({ kit }) => kit === 0 || kit === group);
  return events.length === 0 ? undefined : textFrame(`[${events.map(({ json }) => json).join(',')}]`);
}
