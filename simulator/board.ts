import { type Boot, startBoot } from './boot';
import { type Chip, type ChipName, chips } from './chips';
import type { Clock } from './clock';
import { Halted } from './errors';
import { type Flash, PowerCut } from './flash';
import { objectText, replStyle } from './json-text';
import type { Network } from './network/network';
import { Cds } from './parts/cds';
import { Dht22 } from './parts/dht22';
import { OutputPart } from './parts/output';
import { Ssd1306 } from './parts/ssd1306';
import { Pins } from './pins';
import { BoardRandom } from './random';
import type { ConsoleState } from './system';
import { uncaughtText } from './uncaught';

/** What is soldered to which pin: GPIO numbers, or "A0" for the ESP8266's analogue input. */
export interface Wiring {
  led: number;
  relay: number;
  dht22: number;
  cds: number | string;
  sda: number;
  scl: number;
  /** I2C address of the OLED; 0 when none is fitted. */
  oled: number;
}

export interface BoardOptions {
  chip: ChipName;
  clock: Clock;
  /** Outlives resets and power; the same flash in another board is the same chip soldered over. */
  flash: Flash;
  network: Network;
  /** aa:bb:cc:dd:ee:ff */
  mac: string;
  wiring: Wiring;
  /** The serial console, line by line. */
  print?: (line: string) => void;
  /** What `process.memory()` tells; a plausible constant when absent, since this board's variables are not the chip's. */
  memory?: { free(): number };
  /** Real time after which JavaScript that has not returned starves the watchdog; an endless loop hangs this program when absent. */
  endlessMs?: number;
}

export interface BoardCounts {
  timers: number;
  watches: number;
  listeners: number;
  sockets: number;
}

/** How the chip came to start. Source: reset reasons of Espruino's targets/esp8266/user_main.c. */
export type ResetReason =
  'power on' | 'reset pin' | 'restart' | 'wdt reset' | 'soft wdt' | 'exception' | 'soft reset';

/** Free variables at rest of a firmware of usual size, as a part of all. */
const usuallyFree = 0.7;

/** A board with its parts: it boots what its flash holds, and runs until the power goes. */
export class VirtualBoard {
  readonly led = new OutputPart();
  readonly relay = new OutputPart();
  readonly cds = new Cds();
  readonly dht22: Dht22;
  readonly oled: Ssd1306;
  /** What board code has told the console; whoever offers one must keep to it. */
  readonly console: ConsoleState = { password: undefined, locked: false, echo: true };
  /** After every start but the one that powerOn() makes. */
  onReset: ((reason: string) => void) | undefined;
  readonly #options: BoardOptions;
  readonly #chip: Chip;
  readonly #pins: Pins;
  #random = new BoardRandom();
  #boot: Boot | undefined;

  constructor(options: BoardOptions) {
    const { chip, clock, wiring } = options;
    this.#options = options;
    this.#chip = chips[chip];
    if (options.flash.bytes.length < this.#chip.storageBytes) {
      throw new Error(
        `flash: expected at least ${this.#chip.storageBytes} bytes for ${chip}, got ${options.flash.bytes.length}`,
      );
    }
    this.#pins = new Pins(this.#chip, clock);
    this.dht22 = new Dht22(clock);
    this.oled = new Ssd1306(wiring.oled);
    this.#pins.attach(wiring.led, this.led);
    this.#pins.attach(wiring.relay, this.relay);
    this.dht22.connect(this.#pins.attach(wiring.dht22, this.dht22));
    this.#pins.find(wiring.cds);
  }

  get running(): boolean {
    return this.#boot?.interpreter.alive ?? false;
  }

  powerOn(): void {
    if (this.#boot !== undefined) return;
    this.dht22.powerOn(this.#options.clock.now());
    this.oled.powerOn();
    this.#start('power on');
  }

  powerOff(): void {
    this.#stop('power-lost');
    this.#pins.clear();
    this.dht22.powerOff();
    this.oled.powerOn();
  }

  /** The reset button, or whatever else restarts the chip; parts keep their power. */
  reset(reason = 'reset pin'): void {
    if (this.#boot === undefined) return;
    this.#restart(reason as ResetReason);
  }

  /** Espruino's own access point, open to anybody: on from the start until the code stops it. */
  get accessPointOn(): boolean {
    return this.#boot?.doors.accessPointOn ?? false;
  }

  /** Espruino's console over WiFi, likewise. */
  get telnetOn(): boolean {
    return this.#boot?.doors.telnetOn ?? false;
  }

  /** For leak tests: all of it is where it was once the board is at rest again. */
  counts(): BoardCounts {
    return this.#boot?.counts() ?? { timers: 0, watches: 0, listeners: 0, sockets: 0 };
  }

  /** Runs code in the board's global scope, as its console does; what it throws is the caller's. */
  evaluate(code: string): unknown {
    if (this.#boot === undefined) throw new Error('the board has no power');
    try {
      return this.#boot.interpreter.evaluate(code, 'console');
    } catch (error) {
      if (error instanceof Halted || error instanceof PowerCut) return undefined;
      throw error;
    }
  }

  /** How the console shows the value of an expression. */
  inspect(value: unknown): string {
    return objectText(value, replStyle);
  }

  /** How the console reports an exception that evaluate() has let through. */
  describe(error: unknown): string {
    return uncaughtText(error);
  }

  #restart(reason: ResetReason, soft?: { load: string | undefined } | 'reset'): void {
    const before = this.#boot!;
    this.#stop(soft === undefined ? 'power-lost' : 'software-reset');
    if (soft === undefined) this.#start(reason, before);
    else this.#startAgain(before, soft);
    this.onReset?.(reason);
  }

  #stop(how: 'power-lost' | 'software-reset'): void {
    this.#boot?.stop(how);
    this.#boot = undefined;
  }

  /** From the beginning, as the chip does; its clock goes on unless power or the reset pin took it away. */
  #start(reason: ResetReason, before?: Boot): void {
    this.#random = new BoardRandom();
    this.console.password = undefined;
    this.console.locked = false;
    this.#pins.clear();
    if (this.#chip.pullsUpAtStart) this.#pins.reset();
    const keepsTime = reason !== 'power on' && reason !== 'reset pin';
    this.#run({ reason, epochMs: keepsTime ? before?.epochMs() : undefined, load: undefined, first: true });
  }

  /** reset() and load(): a new interpreter on a chip that has not been reset. */
  #startAgain(before: Boot, soft: { load: string | undefined } | 'reset'): void {
    this.#pins.reset();
    // It is a variable like others; a console that is locked stays so, and no password opens it until one is set again.
    this.console.password = undefined;
    const load = soft === 'reset' ? 'nothing' : soft.load;
    this.#run({ reason: before.reason, epochMs: before.epochMs(), load, first: false });
  }

  #run(how: {
    reason: ResetReason;
    epochMs: number | undefined;
    load: string | undefined;
    first: boolean;
  }): void {
    const { clock, flash, network, mac, wiring, print, memory, endlessMs } = this.#options;
    this.console.echo = true;
    const boot: Boot = startBoot({
      ...how,
      chip: this.#chip,
      clock,
      flash,
      network,
      mac,
      print: print ?? (() => {}),
      endlessMs,
      pins: this.#pins,
      random: this.#random,
      console: this.console,
      wiring: { sda: wiring.sda, scl: wiring.scl, parts: [this.oled] },
      analogLevel: (pin) => (pin === this.#pins.parse(wiring.cds) ? this.cds.fraction() : 0),
      freeVariables: () => memory?.free() ?? Math.round(this.#chip.variables * usuallyFree),
      isCurrent: (candidate) => candidate === this.#boot,
      onRestart: (reason, soft) => this.#restart(reason, soft),
      onPowerCut: () => this.powerOff(),
    });
    this.#boot = boot;
    boot.begin();
  }
}

export function createBoard(options: BoardOptions): VirtualBoard {
  return new VirtualBoard(options);
}
