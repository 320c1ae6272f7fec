import type { Front } from './front';
import { type Event, type Model, plainText } from './model';
import { clockTime } from './render';

/** One line for each change and message, for logs, pipes and terminals that can do no more. */
export class PlainLog implements Front {
  private stopped = false;

  constructor(
    model: Model,
    private readonly print: (line: string) => void,
    private readonly nowMs: () => number,
  ) {
    const kits = model.kits.map(({ kit, board }) => `kit ${kit} on a virtual ${board}`);
    print(`${kits.join(', ')}; broker ${model.broker.address}`);
    if (model.dashboard !== undefined) print(`Dashboard: ${model.dashboard}`);
    print('Try in another terminal (the last where mosquitto is not installed):');
    for (const line of model.tries(model.kits[0]!.kit)) print(`  ${line}`);
    print('Ctrl-C ends.');
  }

  see(event: Event): void {
    const text = plainText(event);
    if (text === undefined || this.stopped) return;
    const now = this.nowMs();
    const ms = String(Math.floor(now) % 1000).padStart(3, '0');
    this.print(`${clockTime(now)}.${ms}  ${text}`);
  }

  /** What happens while everything is switched off is no news. */
  stop(): void {
    this.stopped = true;
  }
}
