import { slotFile, slotHeaderLength } from '../../shared/slots';
import { crc32 } from 'node:zlib';
import {
  type ChipName,
  Flash,
  PowerCut,
  VirtualBoard,
  VirtualClock,
  chips,
  createStorage,
  type Storage,
} from '../../simulator';
import { VirtualNetwork } from '../../simulator/network';
import { bundle, usualSettings } from './kit-image';

/** What a firmware does with its boot, as JavaScript; `seconds` after its start. */
export const fate = {
  /** For ever, with a call that takes the board's time, so that it is virtual time that passes. */
  loops:
    'var p=JSON.parse(require("Storage").read(KIT,32)).pins;I2C1.setup({scl:p.scl,sda:p.sda,bitrate:100000});for(;;)I2C1.writeTo(60,new Uint8Array(1000));',
  throws: 'throw new Error("no");',
  restarts: 'E.reboot();',
  runsWell:
    'setTimeout(function(){if(GOOD)require("Storage").write("boots"+(GOOD&1),"1",GOOD>>1);GOOD=0},60000);',
  after: (seconds: number, what: string): string => `setTimeout(function(){${what}},${seconds * 1000});`,
} as const;

export interface Fates {
  /** The older firmware, in slot `fw0`; left out when absent. */
  fw0?: string;
  /** The newer one, in slot `fw1`. */
  fw1?: string;
  /** Boots before this story, all of which went well. */
  boots?: number;
  /** Real time after which a loop is taken for an endless one. */
  endlessMs?: number;
}

/** A board with the real loader and firmware that does nothing but tell that it runs, and meet its fate. */
export class CrashBench {
  readonly clock = new VirtualClock();
  readonly flash: Flash;
  readonly storage: Storage;
  readonly board: VirtualBoard;
  /** What has run, a word for each start: `fw1`, `fw1 safe`, `rests`. */
  readonly ran: string[] = [];
  readonly console: string[] = [];
  readonly resets: string[] = [];
  /** When the lamp was lit, by whomever. */
  readonly litAtMs: number[] = [];
  #told = 0;

  constructor(chip: ChipName, { fw0, fw1, boots = 0, endlessMs }: Fates) {
    this.flash = new Flash({ bytes: chips[chip].storageBytes });
    this.storage = createStorage(this.flash);
    const settings = usualSettings(chip);
    this.storage.write('.bootcde', bundle('loader'));
    this.storage.write('kit0', slot(1, JSON.stringify(settings)));
    for (const [i, code] of [fw0, fw1].entries())
      if (code !== undefined)
        this.storage.write(`fw${i}`, slot(i + 1, `console.log('fw${i}'+(SAFE?' safe':''));${code}`));
    if (boots > 0) this.#count(boots);
    this.board = new VirtualBoard({
      chip,
      clock: this.clock,
      flash: this.flash,
      network: new VirtualNetwork(this.clock),
      mac: '02:00:00:00:00:02',
      wiring: { ...settings.pins, oled: 60 },
      ...(endlessMs && { endlessMs }),
      print: (line) => {
        this.console.push(line);
        if (/^fw\d/.test(line)) this.ran.push(line);
        if (line.endsWith('rests for an hour')) this.ran.push('rests');
      },
    });
    this.board.onReset = (reason) => this.resets.push(reason);
    this.board.relay.onChange = (level) => {
      if (level === settings.relayOn) this.litAtMs.push(this.clock.now());
    };
  }

  /** As the loader would have left it. */
  #count(boots: number): void {
    const perFile = 128;
    for (let base = Math.max(0, (Math.ceil(boots / perFile) - 2) * perFile); base < boots; base += perFile) {
      const name = `boots${(base / perFile) % 2}`;
      const pairs = '01'.repeat(Math.min(perFile, boots - base));
      this.storage.write(name, String(base).padStart(8, '0') + pairs, 0, 8 + 2 * perFile);
    }
  }

  /** What the next so many starts run, after those that were asked for before. */
  untilRan(more: number): string[] {
    const from = this.#told;
    this.#told += more;
    const endMs = this.clock.now() + (more + 1) * 3_700_000;
    while (this.ran.length < this.#told) {
      if (this.clock.now() > endMs)
        throw new Error(
          `ran ${this.ran.slice(from).join()}, not ${more}\n${this.console.slice(-20).join('\n')}`,
        );
      this.clock.advance(this.ran.at(-1) === 'rests' ? 1000 : 100);
    }
    return this.ran.slice(from, this.#told);
  }

  /** What runs until the board rests, which is at most so much. */
  untilRests(most: number): string[] {
    const ran: string[] = [];
    while (ran.at(-1) !== 'rests' && ran.length <= most) ran.push(...this.untilRan(1));
    if (ran.at(-1) !== 'rests') throw new Error(`no rest: ${ran.join()}`);
    return ran;
  }

  /** Forgets what has run and was not asked for. */
  skipRuns(): void {
    this.#told = this.ran.length;
  }

  pass(ms: number): void {
    this.clock.advance(ms);
  }

  /** The power goes at the n-th write to the flash from now on; returns whether it has. */
  cutAt(n: number, run: () => void): boolean {
    let cut = false;
    let left = n;
    this.flash.onWrite = () => {
      if (--left > 0) return;
      cut = true;
      throw new PowerCut();
    };
    run();
    this.flash.onWrite = undefined;
    return cut;
  }

  /** Whether the loader has given this firmware up. */
  abandoned(file: 'fw0' | 'fw1'): boolean {
    return this.storage.read(file, 25, 1) === 'B';
  }

  /** Header, but for what the loader may write there, and body are what they were. */
  whole(file: 'fw0' | 'fw1'): boolean {
    const head = this.storage.read(file, 0, slotHeaderLength) ?? '';
    const body = this.storage.read(file, slotHeaderLength) ?? '';
    return head[24] === 'V' && crc32(Buffer.from(body, 'latin1')) === parseInt(head.substring(16, 24), 16);
  }
}

function slot(sequence: number, body: string): string {
  return slotFile({ sequence, length: body.length, crc: crc32(Buffer.from(body, 'latin1')) }, body);
}
