import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { Ssd1306 } from '../../simulator';
import type { KitSettings } from '../../shared/settings';
import { usualClimate } from '../support/board-bench';
import type { Climate, Given, Output } from '../support/kit-bench';
import { bundle, slot } from '../support/kit-image';
import { Interpreter, makeFlash, type EngineForm } from './interpreter';
import { noOrders, Orders } from './orders';
import { clockWrapMs, dht22Frame, order, ordersFile, parseReport, prelude, type Report } from './prelude';

const usualLight = 600;

/**
 * A board whose chip is the real interpreter: loader, firmware and configuration lie in its flash, and the prelude stands
 * in for the parts around it. A reset and a restart by itself are a new process with the same flash.
 */
export class EngineBoard {
  readonly lamp = new EngineOutput();
  readonly led = new EngineOutput();
  readonly oled: Ssd1306;
  readonly console: string[] = [];
  readonly readings: number[] = [];
  readonly doors = { accessPoint: false, telnet: false };
  /** How often it has started. */
  starts = 0;
  /** Restarts by the firmware itself, and whether the lamp was still lit then. */
  readonly reboots: { atMs: number; lit: boolean }[] = [];
  /** How often the interpreter came to its end by a signal, which on a chip is an exception that resets it. */
  crashes = 0;
  /** Why the process came to its end without being asked to; undefined if it did not. */
  failure: string | undefined;
  /** The board is about to lose what is not in its flash. */
  onRestart: (() => void) | undefined;
  #running: Interpreter | undefined;
  #rebooting = false;
  #rebootsSeen = 0;
  #light: number;
  #climate: Climate;
  #oledFitted: boolean;
  #accessPointOn: boolean;
  readonly #orders: Orders;
  readonly #memory: ((used: number) => void)[] = [];

  private constructor(
    readonly form: EngineForm,
    readonly settings: KitSettings,
    given: Given,
    private readonly folder: string,
  ) {
    this.oled = new Ssd1306(settings.oled || 60);
    this.#light = given.light ?? usualLight;
    this.#climate = given.climate ?? usualClimate;
    this.#oledFitted = !given.noOled;
    this.#accessPointOn = !given.noWifi;
    this.#orders = new Orders(folder);
  }

  static async create(form: EngineForm, settings: KitSettings, given: Given = {}): Promise<EngineBoard> {
    const kitJson = given.kitJson ?? JSON.stringify(settings);
    const files: Record<string, string> = kitJson ? { kit0: slot(kitJson) } : {};
    return new EngineBoard(form, settings, given, await makeFlash(form, files, await firmwareOf(form)));
  }

  powerOn(): void {
    this.oled.powerOn();
    this.#start();
  }

  /** The button on the board. */
  async reset(): Promise<void> {
    this.#rebooting = true;
    this.onRestart?.();
    await this.#running?.stop();
    this.#start();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  setLight(level: number): void {
    this.#light = level;
    this.order(order.light(level));
  }

  setClimate(climate: Climate): void {
    this.#climate = climate;
    this.order(order.dht22(frameOf(climate)));
  }

  setOledFitted(fitted: boolean): void {
    this.#oledFitted = fitted;
    this.order(order.oledFitted(fitted));
  }

  setAccessPoint(on: boolean): void {
    this.#accessPointOn = on;
    this.order(order.accessPoint(on));
  }

  /** Runs JavaScript on the board, within 100 ms as long as its firmware reads the light. */
  order(code: string): void {
    this.#orders.give(code);
  }

  get id(): number | undefined {
    return this.#running?.id;
  }

  /** Variables in use, after a collection. */
  memory(): Promise<number> {
    return new Promise((resolve) => {
      this.#memory.push(resolve);
      this.order(order.memory);
    });
  }

  #start(): void {
    this.starts++;
    this.#rebooting = false;
    // No pin is driven yet, and what stock Espruino leaves open is open until the code closes it.
    for (const output of [this.lamp, this.led]) output.letGo(Date.now());
    this.doors.accessPoint = this.doors.telnet = true;
    const { light, dht22, oledFitted, accessPoint } = order;
    const parts = [light(this.#light), dht22(frameOf(this.#climate)), oledFitted(this.#oledFitted)];
    if (!this.#accessPointOn) parts.push(accessPoint(false));
    this.#orders.begin(parts.join(';'));
    const running = Interpreter.boot(this.form, this.folder);
    this.#running = running;
    // While a socket is open it never sleeps: this process, and whatever else the computer does, goes first.
    if (running.id !== undefined) setPriority(running.id, 5);
    running.onLine = (line) => this.#onLine(line);
    void running.exited.then((code) => this.#onExit(running, code));
  }

  /** The Linux form has nothing to restart: E.reboot() ends the process. */
  #onExit(running: Interpreter, code: number | null): void {
    if (running !== this.#running || this.#rebooting) return;
    if (code === null) {
      this.crashes++;
      this.console.push('the interpreter crashed');
    } else if (this.reboots.length === this.#rebootsSeen) {
      this.failure = `the interpreter came to its end with ${code}`;
      this.console.push(this.failure);
      return;
    }
    this.#rebootsSeen = this.reboots.length;
    this.onRestart?.();
    this.#start();
  }

  #onLine(line: string): void {
    const report = parseReport(line);
    if (report !== undefined) this.#onReport(report);
    else if (line) this.console.push(line);
  }

  #onReport(report: Report): void {
    const { pins, relayOn, ledOn } = this.settings;
    if (report.kind === 'level') {
      const atMs = timeOf(report.atMs);
      if (report.pin === String(pins.relay)) this.lamp.drive(report.level === relayOn, atMs);
      if (report.pin === String(pins.led)) this.led.drive(report.level === ledOn, atMs);
      if (report.pin === String(pins.dht22) && report.level === 0) this.readings.push(atMs);
    } else if (report.kind === 'i2c') {
      const [address, ...bytes] = report.bytes;
      if (address === this.oled.address) this.oled.write(Uint8Array.from(bytes));
    } else if (report.kind === 'reboot') this.reboots.push({ atMs: timeOf(report.atMs), lit: this.lamp.lit });
    else if (report.kind === 'order') this.#orders.done(report.mark);
    else if (report.kind === 'memory') this.#memory.shift()?.(report.used);
    else if (report.kind === 'accessPoint') this.doors.accessPoint = report.on;
    else if (report.kind === 'telnet') this.doors.telnet = report.on;
  }
}

/** Lamp or LED: changes with the interpreter's own times. */
export class EngineOutput implements Output {
  lit = false;
  readonly history: { atMs: number; lit: boolean }[] = [];

  drive(lit: boolean, atMs: number): void {
    if (this.history.length > 0 && lit === this.lit) return;
    this.lit = lit;
    this.history.push({ atMs, lit });
  }

  letGo(atMs: number): void {
    if (this.lit) this.drive(false, atMs);
  }
}

/** A report's time as this computer's: both read the same clock. */
function timeOf(reportMs: number): number {
  const nowMs = Date.now();
  let agoMs = (nowMs - reportMs) % clockWrapMs;
  if (agoMs > clockWrapMs / 2) agoMs -= clockWrapMs;
  return nowMs - agoMs;
}

function frameOf({ temperatureC, humidityPct, silent }: Climate): string {
  return silent ? '' : dht22Frame(temperatureC, humidityPct);
}

/** Folders with loader and firmware in their flash, by the interpreter that wrote them. */
const firmware = new Map<EngineForm, Promise<string>>();
const folders: string[] = [];

function firmwareOf(form: EngineForm): Promise<string> {
  let made = firmware.get(form);
  if (made === undefined) {
    made = makeFlash(form, {
      '.bootcde': prelude({ chip: form.chip, orders: true, sleeps: true }) + bundle('loader'),
      [ordersFile]: noOrders,
      fw0: slot(bundle('firmware')),
    });
    void made.then((folder) => folders.push(folder));
    firmware.set(form, made);
  }
  return made;
}

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
