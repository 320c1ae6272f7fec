import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import type { Transport } from '../../flashing/console';
import type { EngineForm } from './interpreter';

/** Bytes typed at once, and the pause after them: faster typing may cost the Linux form its life. */
const pieceLength = 32;
const pieceMs = 5;

/** The console of an interpreter as a serial cable would carry it; a restart of the chip is a process started anew. */
export class ConsoleWire implements Transport {
  onBytes: ((bytes: string) => void) | undefined;
  readonly closed: Promise<void>;
  /** All that it has said. */
  said = '';
  #process: ChildProcessWithoutNullStreams;
  #close!: () => void;
  #open = true;
  #queue = '';

  constructor(
    private readonly form: EngineForm,
    private readonly folder: string,
  ) {
    this.closed = new Promise((resolve) => (this.#close = resolve));
    this.#process = this.#boot();
    void this.#type();
  }

  write(bytes: string): void {
    this.#queue += bytes;
  }

  /** The reset line. */
  reset(): Promise<void> {
    return this.pressReset();
  }

  async pressReset(): Promise<void> {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'close');
  }

  async close(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      await this.pressReset();
    }
    this.#close();
  }

  /** E.reboot() ends the Linux form, and the power is still on. */
  #boot(): ChildProcessWithoutNullStreams {
    const child = spawn(this.form.path, [], { cwd: this.folder, stdio: 'pipe' });
    child.stdin.on('error', () => {});
    child.stdout.setEncoding('latin1').on('data', (bytes: string) => {
      this.said += bytes;
      this.onBytes?.(bytes);
    });
    child.on('close', () => {
      if (this.#open) this.#process = this.#boot();
    });
    return child;
  }

  async #type(): Promise<void> {
    while (this.#open) {
      const piece = this.#queue.slice(0, pieceLength);
      this.#queue = this.#queue.slice(pieceLength);
      if (piece !== '') this.#process.stdin.write(piece, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, pieceMs));
    }
  }
}
