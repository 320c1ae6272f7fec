import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { KitSettings } from '../../shared/settings';
import { slotFile } from '../../shared/slots';
import { Interpreter, makeFlash, type EngineForm } from '../engine/interpreter';
import { prelude, tell, dht22Frame } from '../engine/prelude';
import { usualSettings } from '../support/kit-image';
import { highWaterCode, paintCode, parseReading, type Reading } from './high-water';
import { PlainBroker } from './plain-broker';

export { tell, dht22Frame };

const readingMs = 10_000;
/**
 * Between two characters typed. The Linux form looks for input every 50 ms, and its thread adds a character to the one
 * before while the other thread may be reading that one (`jshPushIOCharEvents`, Espruino src/jsdevices.c), which
 * ends it with a segmentation fault once in some thousand characters.
 */
const typingMs = 60;

/** What a board is configured with; `port` when it is not to connect to its own broker. */
interface Changes extends Pick<KitSettings, 'telemetryMs' | 'report' | 'echo'> {
  port?: number;
}

/** A kit on the interpreter that tells how many variables it uses, and the broker that it connects to. */
export class MeasuredBoard {
  #onReading: ((reading: Reading) => void) | undefined;
  #readings: Reading[] = [];

  private constructor(
    readonly interpreter: Interpreter,
    readonly broker: PlainBroker,
    readonly settings: KitSettings,
    private readonly folder: string,
  ) {
    interpreter.onLine = (line) => this.#onLine(line);
  }

  /**
   * Boots from a flash with a configuration and these files; `code` follows the stand-ins in `.bootcde`. It tells of
   * its memory when it is asked to.
   */
  static async boot(
    form: EngineForm,
    files: Record<string, string>,
    code: string,
    changes: Changes,
  ): Promise<MeasuredBoard> {
    const broker = await PlainBroker.listen();
    const { port = broker.port, ...more } = changes;
    const settings = usualSettings(form.chip, { ...more, broker: { host: '127.0.0.1', port } });
    const folder = await makeFlash(form, {
      '.bootcde': prelude({ chip: form.chip, quiet: true }) + highWaterCode + code,
      kit0: slot(JSON.stringify(settings)),
      ...files,
    });
    return new MeasuredBoard(Interpreter.boot(form, folder), broker, settings, folder);
  }

  /**
   * Boots the bundles of the folder `dist`; its first reading is the paint in front of the loader.
   * `firmware` stands in for the bundle of that name.
   */
  static async bootFirmware(
    form: EngineForm,
    dist: string,
    changes: Changes,
    firmware?: string,
  ): Promise<MeasuredBoard> {
    const files = { fw0: slot(firmware ?? (await bundle(dist, 'firmware'))) };
    return MeasuredBoard.boot(form, files, paintCode + (await bundle(dist, 'loader')), changes);
  }

  /** What the board tells next, or told already. */
  async reading(typed?: string): Promise<Reading> {
    if (typed !== undefined) await this.type(typed);
    const told = this.#readings.shift();
    if (told) return told;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(this.#failure('told nothing of its memory')), readingMs);
      this.#onReading = (reading) => {
        clearTimeout(deadline);
        resolve(reading);
      };
    });
  }

  async type(text: string): Promise<void> {
    for (const character of text) {
      this.interpreter.type(character);
      await pause(typingMs);
    }
  }

  async until(what: string, fact: () => boolean, withinMs: number): Promise<void> {
    if (!(await this.broker.until(fact, withinMs))) throw this.#failure(`${what}: not within ${withinMs} ms`);
  }

  /** Sends a command, and waits until it is answered. */
  async command(payload: string, topic = `iot/${this.settings.kit}`): Promise<void> {
    const results = this.broker.count('result');
    this.broker.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
    await this.until(`the result of ${topic} ${payload}`, () => this.broker.count('result') > results, 5000);
  }

  async stop(): Promise<void> {
    await this.interpreter.stop();
    await this.broker.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #onLine(line: string): void {
    const reading = parseReading(line);
    if (!reading) return;
    if (this.#onReading) this.#onReading(reading);
    else this.#readings.push(reading);
    this.#onReading = undefined;
  }

  #failure(what: string): Error {
    const lines = this.interpreter.lines.slice(-20).map((line) => `  ${line}`);
    return new Error(`${what}; the console's last lines:\n${lines.join('\n')}`);
  }
}

export function bundle(dist: string, name: 'loader' | 'firmware'): Promise<string> {
  return readFile(join(dist, `${name}.js`), 'latin1');
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function slot(body: string): string {
  return slotFile({ sequence: 1, length: body.length, crc: crc32(Buffer.from(body, 'latin1')) }, body);
}
