import { crc32 } from 'node:zlib';
import { boardOf } from '../shared/boards';
import type { KitSettings } from '../shared/settings';
import { slotFile } from '../shared/slots';
import {
  type Clock,
  createStorage,
  esp32StorageBytes,
  esp8266StorageBytes,
  Flash,
  VirtualBoard,
} from '../simulator';
import { HostNetwork } from '../simulator/network';
import { kitJson } from './kit-config';
import type { Action } from './view/keys';
import type { Event, KitModel, Room } from './view/model';

/** The two files of dist/, as byte strings. */
export interface Bundle {
  loader: string;
  firmware: string;
}

/** What HostNetwork lets a board join. */
export const virtualNetwork = { ssid: 'lamplighter' };

/** A desk in daylight: bright for every classroom that has not set `darkBelow` very high. */
const daylight: Room = { light: 512, temperatureC: 24, humidityPct: 45 };

/** One kit: a virtual board with freshly flashed firmware, its parts, and the room that it stands in. */
export class VirtualKit {
  readonly kit: number;
  readonly title: string;
  readonly #board: VirtualBoard;
  readonly #network = new HostNetwork();
  #room = daylight;

  constructor(
    private readonly settings: KitSettings,
    bundle: Bundle,
    clock: Clock,
    private readonly see: (event: Event) => void,
  ) {
    const { kit, board: name, pins, oled, ledOn, relayOn } = settings;
    const chip = name === 'esp32' ? 'esp32' : 'esp8266';
    const flash = new Flash({ bytes: chip === 'esp32' ? esp32StorageBytes : esp8266StorageBytes });
    install(flash, bundle, settings);
    this.kit = kit;
    this.title = boardOf(name).title;
    this.#board = new VirtualBoard({
      chip,
      clock,
      flash,
      network: this.#network,
      mac: settings.mac ?? macOf(kit),
      wiring: { ...pins, oled },
      print: (line) => see({ type: 'console', kit, line }),
    });
    const board = this.#board;
    board.onReset = (reason) => see({ type: 'reset', kit, reason });
    board.oled.onChange = () => see({ type: 'display', kit });
    watch(board.led, ledOn, (lit) => see({ type: 'led', kit, lit }));
    watch(board.relay, relayOn, (lit) => see({ type: 'lamp', kit, lit }));
    this.#setRoom(daylight);
  }

  powerOn(): void {
    this.#board.powerOn();
  }

  powerOff(): void {
    this.#board.powerOff();
  }

  /** The display as a PNG picture. */
  png(): Buffer {
    return this.#board.oled.toPng();
  }

  /** Does what a hand at the kit would do; other actions are not the kit's. */
  act(action: Action): void {
    const { light, temperatureC, humidityPct } = this.#room;
    switch (action.type) {
      case 'light':
        return this.#setRoom({ ...this.#room, light: clamp(light + action.by, 0, 1023) });
      case 'temperature':
        return this.#setRoom({ ...this.#room, temperatureC: clamp(temperatureC + action.by, -40, 80) });
      case 'humidity':
        return this.#setRoom({ ...this.#room, humidityPct: clamp(humidityPct + action.by, 0, 100) });
      case 'wifi':
        this.#network.cut = !this.#network.cut;
        return this.see({ type: 'wifi', kit: this.kit, cut: this.#network.cut });
      case 'reset':
        return this.#board.reset();
    }
  }

  /** How the kit looks before it has said anything. */
  model(): KitModel {
    const { oled } = this.#board;
    return {
      kit: this.kit,
      board: this.title,
      ...(oled.fitted && { display: oled }),
      led: false,
      lamp: { lit: false },
      holdMs: this.settings.lamp.holdMs,
      darkBelow: this.settings.lamp.darkBelow,
      room: this.#room,
      wifiCut: false,
      status: 'starting',
    };
  }

  #setRoom(room: Room): void {
    this.#room = room;
    this.#board.cds.level = room.light;
    this.#board.dht22.temperatureC = room.temperatureC;
    this.#board.dht22.humidityPct = room.humidityPct;
    this.see({ type: 'room', kit: this.kit, room });
  }
}

/** What flashing leaves: the loader, firmware and configuration each in their first slot. */
export function install(flash: Flash, { loader, firmware }: Bundle, settings: KitSettings): void {
  const storage = createStorage(flash);
  storage.write('.bootcde', loader);
  storage.write('fw0', slot(firmware));
  storage.write('kit0', slot(kitJson(settings)));
}

function slot(body: string): string {
  return slotFile({ sequence: 1, length: body.length, crc: crc32(Buffer.from(body, 'latin1')) }, body);
}

/** Tells when an output begins or ends to light what hangs on it; a pin that nothing drives lights nothing. */
function watch(part: VirtualBoard['led'], onLevel: number, changed: (lit: boolean) => void): void {
  let lit = false;
  part.onChange = (level) => {
    if ((level === onLevel) === lit) return;
    lit = !lit;
    changed(lit);
  };
}

/** A locally administered address (IEEE 802, second bit of the first byte) for a kit that names none. */
function macOf(kit: number): string {
  return `02:00:00:00:${hex(kit >> 8)}:${hex(kit & 255)}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
