/*
 * How many bytes follow each command, and what it means. Source: Solomon Systech SSD1306 datasheet rev. 1.1, tables 9-1 to 9-4.
 */

/** Arguments of a command; commands that are not listed have none. */
export function argumentsOf(command: number): number {
  if (command === 0x26 || command === 0x27) return 6;
  if (command === 0x29 || command === 0x2a) return 5;
  if (command === 0x21 || command === 0x22 || command === 0xa3) return 2;
  return [0x20, 0x81, 0x8d, 0xa8, 0xd3, 0xd5, 0xd9, 0xda, 0xdb].includes(command) ? 1 : 0;
}

/** The registers that decide what the glass shows. */
export interface Ssd1306Registers {
  displayOn: boolean;
  /** Without the charge pump a module that has no second supply stays dark. */
  chargePump: boolean;
  inverted: boolean;
  allOn: boolean;
  contrast: number;
  /** Column address 127 is the first segment: as modules are usually mounted, text then reads from left to right. */
  segmentsRemapped: boolean;
  /** The last row is scanned first: as modules are usually mounted, the picture then stands upright. */
  rowsReversed: boolean;
  startLine: number;
  offset: number;
  /** 0 horizontal, 1 vertical, 2 page. */
  addressing: number;
  column: number;
  page: number;
  columnStart: number;
  columnEnd: number;
  pageStart: number;
  pageEnd: number;
}

export function registersAfterReset(): Ssd1306Registers {
  return {
    displayOn: false,
    chargePump: false,
    inverted: false,
    allOn: false,
    contrast: 0x7f,
    segmentsRemapped: false,
    rowsReversed: false,
    startLine: 0,
    offset: 0,
    addressing: 2,
    column: 0,
    page: 0,
    columnStart: 0,
    columnEnd: 127,
    pageStart: 0,
    pageEnd: 7,
  };
}

/** Carries out one command with its arguments; what does not concern the picture (clocks, voltages, scrolling) does nothing. */
export function execute(registers: Ssd1306Registers, command: number, args: readonly number[]): void {
  const first = args[0] ?? 0;
  const second = args[1] ?? 0;
  if (command <= 0x0f) registers.column = (registers.column & 0xf0) | command;
  else if (command <= 0x1f) registers.column = ((command & 0x07) << 4) | (registers.column & 0x0f);
  else if (command === 0x20) registers.addressing = first & 3;
  else if (command === 0x21) {
    registers.column = registers.columnStart = first & 127;
    registers.columnEnd = second & 127;
  } else if (command === 0x22) {
    registers.page = registers.pageStart = first & 7;
    registers.pageEnd = second & 7;
  } else if (command >= 0x40 && command <= 0x7f) registers.startLine = command & 63;
  else if (command === 0x81) registers.contrast = first;
  else if (command === 0x8d) registers.chargePump = (first & 4) !== 0;
  else if (command === 0xa0 || command === 0xa1) registers.segmentsRemapped = command === 0xa1;
  else if (command === 0xa4 || command === 0xa5) registers.allOn = command === 0xa5;
  else if (command === 0xa6 || command === 0xa7) registers.inverted = command === 0xa7;
  else if (command === 0xae || command === 0xaf) registers.displayOn = command === 0xaf;
  else if (command >= 0xb0 && command <= 0xb7) registers.page = command & 7;
  else if (command === 0xc0 || command === 0xc8) registers.rowsReversed = command === 0xc8;
  else if (command === 0xd3) registers.offset = first & 63;
}

/** Moves on by one byte of data. */
export function advance(registers: Ssd1306Registers): void {
  if (registers.addressing === 2) {
    registers.column = (registers.column + 1) & 127;
  } else if (registers.addressing === 1) {
    if (registers.page !== registers.pageEnd) registers.page = (registers.page + 1) & 7;
    else {
      registers.page = registers.pageStart;
      registers.column =
        registers.column === registers.columnEnd ? registers.columnStart : (registers.column + 1) & 127;
    }
  } else if (registers.column !== registers.columnEnd) {
    registers.column = (registers.column + 1) & 127;
  } else {
    registers.column = registers.columnStart;
    registers.page = registers.page === registers.pageEnd ? registers.pageStart : (registers.page + 1) & 7;
  }
}
