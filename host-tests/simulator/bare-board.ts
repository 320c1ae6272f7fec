import {
  type BoardOptions,
  Flash,
  VirtualBoard,
  VirtualClock,
  createStorage,
  esp32StorageBytes,
} from '../../simulator';
import type { ChipName } from '../../simulator';

export const wirings = {
  esp8266: { led: 16, relay: 14, dht22: 0, cds: 'A0', sda: 4, scl: 5, oled: 60 },
  esp32: { led: 2, relay: 26, dht22: 27, cds: 34, sda: 21, scl: 22, oled: 60 },
} as const;

export interface BareBoard {
  clock: VirtualClock;
  flash: Flash;
  board: VirtualBoard;
  /** What the board has printed, line by line. */
  lines: string[];
  /** Evaluates code and gives what it printed meanwhile. */
  run(code: string): string[];
  /** The value of an expression, as JSON of the board's own. */
  value(expression: string): unknown;
}

/** A board without any network, running nothing but what the test gives it. */
export function bareBoard(
  chip: ChipName = 'esp8266',
  code?: string,
  options: Partial<BoardOptions> = {},
): BareBoard {
  const clock = new VirtualClock();
  const flash = options.flash ?? new Flash(chip === 'esp32' ? { bytes: esp32StorageBytes } : {});
  if (code !== undefined) createStorage(flash).write('.bootcde', code);
  const lines: string[] = [];
  const board = new VirtualBoard({
    chip,
    clock,
    flash,
    network: {
      attach: () => ({
        wifi: {},
        net: {},
        dgram: {},
        telnet: {},
        detach: () => {},
        socketCount: () => 0,
        listenerCount: () => 0,
        accessPointOn: true,
        telnetOn: true,
      }),
    },
    mac: '5c:cf:7f:01:02:03',
    wiring: wirings[chip],
    print: (line) => lines.push(line),
    ...options,
  });
  board.powerOn();
  if (code === undefined) lines.length = 0;
  return {
    clock,
    flash,
    board,
    lines,
    run(source) {
      lines.length = 0;
      board.evaluate(source);
      return [...lines];
    },
    value: (expression) => JSON.parse(String(board.evaluate(`JSON.stringify(${expression})`))),
  };
}

/** The type and text of what the expression throws on the board, as `Error: text`. */
export function thrown({ board }: BareBoard, expression: string): string {
  return String(
    board.evaluate(`(function(){try{${expression}}catch(e){return e.toString()}return "nothing"})()`),
  );
}
