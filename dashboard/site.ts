import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useState } from 'preact/hooks';
import { getSession, type Session } from './api';
import { wordsOf, type Words } from './i18n/format';
import { preferredLanguage, type Language } from './i18n/language';
import { CommandDesk } from './live/command-desk';
import { Connection, type Surroundings } from './live/connection';
import { MessageLog } from './live/message-log';
import { LiveState, type ReadingEvent } from './live/state';
import { Router } from './router';
import { Themes } from './theme';

/** What remembers choices; a browser may forbid it, and then they last as long as the page. */
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** All that the pages share. */
export class Site {
  readonly live = new LiveState();
  readonly log = new MessageLog();
  readonly connection: Connection;
  readonly desk: CommandDesk;
  readonly router: Router;
  readonly themes: Themes;
  words: Words;
  session: Session | undefined;
  /** Served by the command that flashes: there is no gateway behind this page, and no other page. */
  readonly flashOnly: boolean;
  readonly #listeners = new Set<() => void>();
  readonly #readers = new Set<(reading: ReadingEvent) => void>();
  #scheduled = false;

  constructor(
    private readonly world: Surroundings,
    private readonly window: Window,
    private readonly memory: Memory,
  ) {
    const { document, navigator } = window;
    this.connection = new Connection(world);
    this.desk = new CommandDesk((request) => this.connection.send(request), world.now, world.after);
    this.router = new Router(window);
    this.themes = new Themes(window, memory);
    this.words = wordsOf(preferredLanguage(navigator.languages, memory.get('language')));
    this.flashOnly = document.querySelector('meta[name="lamplighter-page"][content="flash"]') !== null;
    document.documentElement.lang = this.words.language;

    const changed = () => this.changed();
    this.router.onChange = this.themes.onChange = this.desk.onChange = changed;
    this.connection.onLink = () => this.#onLink();
    this.connection.onEvents = (events) => {
      this.live.apply(events, world.now());
      this.changed();
    };
    this.live.onReading = (reading) => this.#readers.forEach((read) => read(reading));
    this.live.onAnswer = ({ id, answer }) => this.desk.answer(id, answer);
    this.live.onMessage = (message) => this.log.add(message);
    this.live.onMessagesBefore = (messages) => this.log.addBefore(messages);
    window.addEventListener('online', () => this.connection.hurry());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.connection.hurry();
    });
  }

  /** Milliseconds since 1970 by the clock of the gateway, which all that it tells is timed by. */
  nowMs(): number {
    return this.world.now() + this.live.aheadMs;
  }

  setLanguage(language: Language): void {
    this.memory.set('language', language);
    this.words = wordsOf(language);
    this.window.document.documentElement.lang = language;
    this.changed();
  }

  /** Which kit's messages are told and kept from now on; 0 for none. */
  watch(kit: number): void {
    this.log.begin(kit);
    this.connection.watch(kit);
  }

  async askSession(): Promise<void> {
    this.session = await getSession().catch(() => this.session);
    this.changed();
  }

  /** Returns what ends it. */
  onReading(read: (reading: ReadingEvent) => void): () => void {
    this.#readers.add(read);
    return () => this.#readers.delete(read);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Many events make one picture: drawn when the browser draws, and not at all while nobody looks. */
  changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.window.requestAnimationFrame(() => {
      this.#scheduled = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }

  #onLink(): void {
    const { state } = this.connection.link;
    if (state !== 'open') this.desk.lose();
    if (state === 'refused') {
      const { path, search } = this.router;
      if (path !== '/login') this.router.replace(`/login?next=${encodeURIComponent(path + search)}`);
    }
    this.changed();
  }
}

export const SiteContext = createContext<Site>(undefined as unknown as Site);

export function useSite(): Site {
  return useContext(SiteContext);
}

/** The site, and the component is drawn again whenever anything of it changes. */
export function useLive(): Site {
  const site = useSite();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => site.onChange(() => redraw(undefined)), [site]);
  return site;
}

/** The gateway's time, told anew every so many milliseconds. */
export function useNow(periodMs: number): number {
  const site = useSite();
  const [nowMs, setNowMs] = useState(site.nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(site.nowMs()), periodMs);
    return () => clearInterval(timer);
  }, [site, periodMs]);
  // A change that arrives between two ticks is newer than the last tick.
  return Math.max(nowMs, site.nowMs());
}
