import type { Answer, KitCommand } from '../shared/live';
import type { Bus } from './bus';

/** Everything that a browser or a program may ask of a kit. */
export const kitCommands: readonly KitCommand[] = [
  'led',
  'LED/ON',
  'LED/OFF',
  'USBLED',
  'USBLED/ON',
  'USBLED/OFF',
  'dht22',
  'dht22_t',
  'dht22_h',
  'cds',
];

export function isKitCommand(command: unknown): command is KitCommand {
  return kitCommands.includes(command as KitCommand);
}

export interface CommandsOptions {
  bus: Pick<Bus, 'publish'>;
  /** Whether this kit answers with nothing but a text: it is not waited for more then. */
  textsOnly: (kit: number) => boolean;
}

/** A kit answers within 2.5 s, or not at all. */
export const answerMsMax = 4000;
/** After the text of a reading its result follows in the same moment; a kit that has none is given this long. */
const resultMsMax = 500;
const perKitMax = 8;
const pendingMax = 256;
const errorLengthMax = 200;

interface Pending {
  command: KitCommand;
  text?: string;
  /** What the text says when it says that nothing could be read. */
  failed: boolean;
  timer: ReturnType<typeof setTimeout>;
  settle: (answer: Answer) => void;
}

/** Commands on their way to kits, each until its answer has come. */
export class Commands {
  readonly counters = { sent: 0, answered: 0, refused: 0, unanswered: 0, pending: 0 };
  readonly #bus: CommandsOptions['bus'];
  readonly #textsOnly: CommandsOptions['textsOnly'];
  /** By kit, the oldest first. */
  readonly #pending = new Map<number, Pending[]>();

  constructor({ bus, textsOnly }: CommandsOptions) {
    this.#bus = bus;
    this.#textsOnly = textsOnly;
  }

  /** Resolves within 4.5 s and does not reject. */
  send(kit: number, command: KitCommand): Promise<Answer> {
    const refusal = this.#refusal(kit, command);
    if (refusal !== undefined) {
      this.counters.refused++;
      return Promise.resolve({ outcome: 'refused', error: refusal });
    }
    return new Promise((resolve) => {
      const pending: Pending = {
        command,
        failed: false,
        timer: setTimeout(() => this.#onTime(kit, pending), answerMsMax),
        settle: resolve,
      };
      const ofKit = this.#pending.get(kit);
      if (ofKit) ofKit.push(pending);
      else this.#pending.set(kit, [pending]);
      this.counters.pending++;
      // An embedded broker may deliver the answer before `publish` returns.
      if (this.#bus.publish(`iot/${kit}`, command)) this.counters.sent++;
      else this.#settle(kit, pending, { outcome: 'refused', error: brokerLost });
    });
  }

  /** A text on `iot/<kit>/<topic>`; `failed` when it says that nothing could be read. */
  takeText(kit: number, topic: string, text: string, failed: boolean): void {
    const pending = this.#find(kit, ({ command, text }) => command === topic && text === undefined);
    if (!pending) return;
    Object.assign(pending, { text, failed });
    if (this.#textsOnly(kit)) this.#onTime(kit, pending);
    else {
      clearTimeout(pending.timer);
      pending.timer = setTimeout(() => this.#onTime(kit, pending), resultMsMax);
    }
  }

  /** A JSON document on `iot/<kit>/result`. */
  takeResult(kit: number, result: Record<string, unknown>): void {
    const pending = this.#find(kit, ({ command }) => command === result.command);
    if (!pending) return;
    this.#settle(kit, pending, answerOf(result, pending.text));
  }

  /** Whoever waits is told that nothing comes any more. */
  stop(): void {
    for (const [kit, ofKit] of this.#pending)
      for (const pending of [...ofKit])
        this.#settle(kit, pending, { outcome: 'refused', error: 'the gateway stops' });
  }

  #refusal(kit: number, command: KitCommand): string | undefined {
    if (!Number.isInteger(kit) || kit < 1 || kit > 9999)
      return `kit: expected a number from 1 to 9999, got ${kit}`;
    if (!isKitCommand(command)) return `command: expected one of ${kitCommands.join(', ')}`;
    const waiting = this.#pending.get(kit)?.length ?? 0;
    if (waiting >= perKitMax) return `kit ${kit} has ${waiting} commands to answer: wait for its answers`;
    if (this.counters.pending >= pendingMax)
      return `${pendingMax} commands wait for answers: try again in some seconds`;
    return undefined;
  }

  #onTime(kit: number, pending: Pending): void {
    const { text, failed } = pending;
    if (text === undefined) this.#settle(kit, pending, { outcome: 'no answer' });
    else if (failed) this.#settle(kit, pending, { outcome: 'refused', error: 'DHT22 did not answer' });
    else this.#settle(kit, pending, { outcome: 'ok', text });
  }

  #settle(kit: number, pending: Pending, answer: Answer): void {
    const ofKit = this.#pending.get(kit);
    const index = ofKit?.indexOf(pending) ?? -1;
    if (!ofKit || index < 0) return;
    clearTimeout(pending.timer);
    ofKit.splice(index, 1);
    if (ofKit.length === 0) this.#pending.delete(kit);
    this.counters.pending--;
    if (answer.outcome === 'no answer') this.counters.unanswered++;
    else if (answer.outcome === 'ok') this.counters.answered++;
    else this.counters.refused++;
    pending.settle(answer);
  }

  #find(kit: number, matches: (pending: Pending) => boolean): Pending | undefined {
    return this.#pending.get(kit)?.find(matches);
  }
}

const brokerLost = 'the broker cannot be reached: the command was not sent';

function answerOf(result: Record<string, unknown>, text: string | undefined): Answer {
  const { ok, lamp, led, remaining, error } = result;
  if (ok !== true) {
    const reason = typeof error === 'string' ? error.slice(0, errorLengthMax) : 'the kit refused it';
    return { outcome: 'refused', error: reason };
  }
  return {
    outcome: 'ok',
    ...(text !== undefined && { text }),
    ...((lamp === 'ON' || lamp === 'OFF') && { lamp }),
    ...((led === 'ON' || led === 'OFF') && { led }),
    ...(typeof remaining === 'number' && { remaining }),
  };
}
