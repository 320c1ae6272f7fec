import { emitKeypressEvents, type Key } from 'node:readline';
import type { Front } from './front';
import { type Action, actionOf } from './keys';
import { apply, type Event, type Model } from './model';
import { render } from './render';
import { Screen } from './screen';
import { paint } from './text';

/** Longest time from a change to the screen, in milliseconds: 25 pictures a second look alive. */
const drawMs = 40;
/** While a lamp counts down the screen changes without an event. */
const countdownMs = 250;

/** The live view: the kits on the alternate screen of a terminal, and its keys. */
export class TerminalView implements Front {
  private readonly screen: Screen;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly model: Model,
    private readonly terminal: Pick<typeof process, 'stdin' | 'stdout' | 'env'>,
    private readonly act: (action: Action) => void,
  ) {
    this.screen = new Screen(terminal.stdout);
    // Whichever way the process ends, the terminal is restored first, so that an error message stays readable.
    process.on('uncaughtExceptionMonitor', this.stop);
    process.on('exit', this.stop);
    emitKeypressEvents(terminal.stdin);
    terminal.stdin.setRawMode(true);
    terminal.stdin.on('keypress', this.onKey);
    terminal.stdin.resume();
    terminal.stdout.on('resize', this.onResize);
    this.screen.enter();
    this.draw();
  }

  see(event: Event): void {
    apply(this.model, event, Date.now());
    this.drawIn(drawMs);
  }

  readonly stop = (): void => {
    if (this.stopped) return;
    this.stopped = true;
    clearTimeout(this.timer);
    process.off('uncaughtExceptionMonitor', this.stop);
    process.off('exit', this.stop);
    const { stdin, stdout } = this.terminal;
    stdout.off('resize', this.onResize);
    stdin.off('keypress', this.onKey);
    stdin.pause();
    this.screen.leave();
    stdin.setRawMode(false);
  };

  private readonly onKey = (_: string | undefined, press: Key): void => {
    const action = actionOf(press);
    if (this.model.help && action?.type !== 'quit') this.model.help = false;
    else if (action) this.onAction(action);
    this.drawIn(0);
  };

  private onAction(action: Action): void {
    const { model } = this;
    const count = model.kits.length;
    if (action.type === 'help') model.help = true;
    else if (action.type === 'next') model.chosen = (model.chosen + action.by + count) % count;
    else if (action.type === 'choose') model.chosen = Math.min(action.index, count - 1);
    else this.act(action);
  }

  private readonly onResize = (): void => {
    this.screen.clear();
    this.drawIn(0);
  };

  private drawIn(ms: number): void {
    if (this.stopped) return;
    if (ms === 0) clearTimeout(this.timer);
    else if (this.timer) return;
    this.timer = setTimeout(() => this.draw(), ms);
  }

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { stdout, env } = this.terminal;
    // A pseudo-terminal that was given no size says 0.
    const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 };
    const lines = render(this.model, size, Date.now());
    // https://no-color.org: any value but the empty one.
    const colour = !env['NO_COLOR'];
    this.screen.draw(lines.map((line) => paint(line, colour)));
    if (this.model.kits.some(({ lamp }) => lamp.lit)) this.drawIn(countdownMs);
  }
}
