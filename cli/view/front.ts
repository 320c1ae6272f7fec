import type { Event } from './model';

/** What shows the kits to the user: the view of a terminal, or plain lines. */
export interface Front {
  see(event: Event): void;
  /** Leaves everything as it was. Harmless when repeated. */
  stop(): void;
}
