import { BoardError } from '../errors';
import type { Interpreter } from '../interpreter';

/** require("TelnetServer"): the open console on port 23, on from power-on. Only whether it is on is simulated. */
export class Telnet {
  readonly module: object;
  /** Source: Espruino libs/network/telnet/jswrap_telnet.c, jswrap_telnet_init */
  on = true;

  constructor(interpreter: Interpreter) {
    this.module = interpreter.emitter({
      setOptions: (options: unknown) => {
        if (typeof options !== 'object' || options === null) {
          throw new BoardError(`Expecting Object, got ${typeof options}`);
        }
        const { mode } = options as { mode?: unknown };
        if (typeof mode !== 'string') return;
        if (mode !== 'on' && mode !== 'off') throw new BoardError('Unknown mode value');
        this.on = mode === 'on';
      },
    });
  }
}
