import type { Answer, KitCommand, LiveRequest } from '../../shared/live';

/** What became of a button that was pressed. */
export type CommandState =
  | { phase: 'pending' }
  | { phase: 'answered'; answer: Answer; tookMs: number }
  /** The connection to the gateway was lost meanwhile: whether the command was carried out is not known. */
  | { phase: 'lost' }
  /** There is no connection to the gateway. */
  | { phase: 'unsent' };

export interface Asked {
  kit: number;
  command: KitCommand;
  /** Counts up: the newest of several has the highest. */
  number: number;
  state: CommandState;
}

/** The gateway gives a kit 4 s; this is for a gateway that says nothing either. */
export const answerMs = 5_000;

/** Commands on their way to kits, by kit and command. One command is asked once at a time. */
export class CommandDesk {
  onChange: () => void = () => {};
  readonly #asked = new Map<string, Asked>();
  readonly #waiting = new Map<number, { asked: Asked; sinceMs: number; timer: { cancel(): void } }>();
  #count = 0;

  constructor(
    private readonly send: (request: LiveRequest) => boolean,
    private readonly now: () => number,
    private readonly after: (ms: number, call: () => void) => { cancel(): void },
  ) {}

  state(kit: number, command: KitCommand): CommandState | undefined {
    return this.#asked.get(`${kit} ${command}`)?.state;
  }

  /** The newest of these commands that was asked for; undefined when none was. */
  newest(kit: number, commands: readonly KitCommand[]): Asked | undefined {
    const asked = commands.map((command) => this.#asked.get(`${kit} ${command}`)).filter((one) => !!one);
    return asked.sort((a, b) => b.number - a.number)[0];
  }

  press(kit: number, command: KitCommand): void {
    if (this.state(kit, command)?.phase === 'pending') return;
    const id = ++this.#count;
    const asked: Asked = { kit, command, number: id, state: { phase: 'pending' } };
    this.#asked.set(`${kit} ${command}`, asked);
    if (this.send({ type: 'command', id, kit, command })) {
      const timer = this.after(answerMs, () => this.answer(id, { outcome: 'no answer' }));
      this.#waiting.set(id, { asked, sinceMs: this.now(), timer });
    } else asked.state = { phase: 'unsent' };
    this.onChange();
  }

  answer(id: number, answer: Answer): void {
    const waiting = this.#take(id);
    if (!waiting) return;
    waiting.asked.state = { phase: 'answered', answer, tookMs: this.now() - waiting.sinceMs };
    this.onChange();
  }

  /** The connection is gone, and with it every answer. */
  lose(): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)!.asked.state = { phase: 'lost' };
    this.onChange();
  }

  #take(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.timer.cancel();
    return waiting;
  }
}
