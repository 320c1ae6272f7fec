import { spawn, type IPty } from '@lydell/node-pty';

/**
 * A serial cable with the test at the board's end: a pseudo-terminal, whose other side is a device that a program opens
 * as it would /dev/ttyUSB0. What it lacks are the lines for reset.
 */
export class SerialCable {
  received = '';
  onBytes: (bytes: string) => void = () => {};

  private constructor(
    private readonly pty: IPty,
    readonly path: string,
  ) {
    pty.onData((data) => {
      // Bytes, whatever the types say of text.
      const bytes = Buffer.from(data as unknown as Buffer).toString('latin1');
      this.received += bytes;
      this.onBytes(bytes);
    });
  }

  /** The shell in it does nothing but keep the device there, raw: no byte is changed on its way. */
  static plugIn(): Promise<SerialCable> {
    const pty = spawn('sh', ['-c', 'stty raw -echo; tty; exec sleep 600'], {
      encoding: null,
      cols: 80,
      rows: 24,
    });
    return new Promise((resolve, reject) => {
      let text = '';
      const first = pty.onData((data) => {
        text += String(data);
        const path = /^(\/dev\/\S+)\n/.exec(text)?.[1];
        if (path === undefined) return;
        first.dispose();
        resolve(new SerialCable(pty, path));
      });
      pty.onExit(() => reject(new Error(`no pseudo-terminal: ${text}`)));
    });
  }

  send(bytes: string): void {
    this.pty.write(Buffer.from(bytes, 'latin1') as unknown as string);
  }

  unplug(): void {
    this.pty.kill('SIGKILL');
  }
}
