import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { openBoard } from '../../../cli/board-console';
import { flashBoard, type FlashJob } from '../../../cli/flash/flash-board';
import { type KitSettings } from '../../../shared/settings';
import { bundle } from '../../support/kit-image';
import { Run } from '../running';

/** A virtual board in a process of its own, its console on a port, its flash in a file that outlives it. */
export class ConsoleBoard {
  private constructor(
    private readonly run: Run,
    readonly port: string,
  ) {}

  static async start(flashFile: string): Promise<ConsoleBoard> {
    const run = new Run(process.execPath, [
      ...['--import', 'tsx', 'simulator/console-process.ts', '--flash', flashFile],
    ]);
    const [, port] = await run.until(/^console on 127\.0\.0\.1:(\d+)$/m);
    return new ConsoleBoard(run, `tcp://127.0.0.1:${port}`);
  }

  /** Waits for what the board prints. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.run.until(pattern);
  }

  /** Pulls the plug: what was written to the flash stays. */
  async cutPower(): Promise<void> {
    this.run.signal('SIGKILL');
    await this.run.exit;
  }
}

export interface Flashing {
  /** What the user has seen. */
  text: () => string;
  /** Settles with undefined, or with the error that ended it. */
  ended: Promise<unknown>;
  abort: () => void;
}

/** Flashes the board with what dist/ holds, through Espruino's own tool. */
export function flashWith(
  port: string,
  settings: KitSettings,
  folder: string,
  { onText, password, ...changes }: Partial<FlashJob> & { onText?: () => void; password?: string } = {},
): Flashing {
  let text = '';
  const write = (piece: string): void => {
    text += piece;
    onText?.();
  };
  const controller = new AbortController();
  const job: FlashJob = {
    kits: [settings],
    folder,
    firmware: bundle('firmware'),
    loader: bundle('loader').replace(/;?\s*$/, ''),
    dryRun: false,
    timeoutMs: 30_000,
    print: (line) => write(`${line}\n`),
    out: { write },
    signal: controller.signal,
    ...changes,
  };
  const ended = openBoard(port, { password })
    .then((board) => flashBoard(board, settings.kit, job))
    .catch((error: unknown) => error);
  return { text: () => text, ended, abort: () => controller.abort() };
}

/** Whether a text stands in a file of the folder. */
export function holds(folder: string, name: string, text: string): boolean {
  return readFileSync(join(folder, name), 'latin1').includes(text);
}
