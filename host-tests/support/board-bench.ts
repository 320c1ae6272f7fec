import type { KitSettings } from '../../shared/settings';
import { type ChipName, type Clock, type OutputPart, VirtualBoard } from '../../simulator';
import type { Network } from '../../simulator/network';
import {
  type Bench,
  type Climate,
  type Display,
  type Given,
  type Message,
  type Output,
  untilReady,
} from './kit-bench';
import { flashedWith } from './kit-image';

export const usualClimate: Climate = { temperatureC: 24, humidityPct: 45 };
const usualLight = 600;

/** What every bench with a virtual board on it has in common, whatever its clock and its broker are. */
export abstract class BoardBench implements Bench {
  abstract readonly slackMs: number;
  abstract readonly messages: readonly Message[];
  abstract readonly server: Bench['server'];
  abstract readonly caller: Bench['caller'];
  readonly board: VirtualBoard;
  readonly lamp: Output;
  readonly led: Output;
  readonly console: string[] = [];
  readonly readings: number[] = [];
  readonly oled: Display;
  /** What the board has of its network since it was started last. */
  #attachment: { accessPointOn: boolean; telnetOn: boolean } | undefined;

  constructor(
    readonly settings: KitSettings,
    chip: ChipName,
    private readonly clock: Clock,
    network: Network,
    given: Given,
  ) {
    const { pins, oled, relayOn, ledOn } = settings;
    this.board = new VirtualBoard({
      chip,
      clock,
      flash: flashedWith(chip, given.kitJson ?? JSON.stringify(settings), given.firmware),
      network: { attach: (station) => (this.#attachment = network.attach(station)) },
      mac: `02:00:00:00:${hex(settings.kit >> 8)}:${hex(settings.kit & 255)}`,
      wiring: { ...pins, oled: oled || 60 },
      print: (line) => {
        this.console.push(line);
        this.changed();
      },
    });
    const { board } = this;
    this.lamp = watch(board.relay, relayOn, () => this.changed());
    this.led = watch(board.led, ledOn, () => this.changed());
    this.oled = board.oled;
    board.oled.onChange = () => this.changed();
    board.oled.fitted = !given.noOled;
    this.setLight(given.light ?? usualLight);
    this.setClimate(given.climate ?? usualClimate);
    const { dht22 } = board;
    const onBoardDrives = dht22.onBoardDrives.bind(dht22);
    dht22.onBoardDrives = (level, atMs) => {
      if (level === 0) this.readings.push(atMs);
      onBoardDrives(level, atMs);
      this.changed();
    };
  }

  abstract advance(ms: number): Promise<void>;
  abstract until(what: string, fact: () => boolean, withinMs: number): Promise<void>;
  abstract publish: Bench['publish'];
  abstract retained(topic: string): Promise<string | undefined>;
  abstract setWifi(on: boolean): void;
  /** Something that a fact may depend on has changed. */
  protected abstract changed(): void;

  get doors(): Bench['doors'] {
    return {
      accessPoint: this.#attachment?.accessPointOn ?? false,
      telnet: this.#attachment?.telnetOn ?? false,
    };
  }

  now(): number {
    return this.clock.now();
  }

  setLight(level: number): void {
    this.board.cds.level = level;
  }

  setClimate({ temperatureC, humidityPct, silent = false }: Climate): void {
    Object.assign(this.board.dht22, { temperatureC, humidityPct, fault: silent ? 'silent' : 'none' });
  }

  setOledFitted(fitted: boolean): void {
    this.board.oled.fitted = fitted;
  }

  reset(): void {
    this.board.reset();
  }

  /** Powers the board on and waits until the case may begin. */
  async start(given: Given = {}): Promise<void> {
    this.board.powerOn();
    await untilReady(this, given, 3000);
  }
}

/** What a part does, as light: a pin that nothing drives lights nothing. */
function watch(part: OutputPart, litLevel: number, changed: () => void): Output {
  const history: { atMs: number; lit: boolean }[] = [];
  const output = { lit: false, history };
  part.onChange = (level, atMs) => {
    const lit = level === litLevel;
    if (history.length > 0 && lit === output.lit) return;
    output.lit = lit;
    history.push({ atMs, lit });
    changed();
  };
  return output;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
