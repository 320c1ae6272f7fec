import { bootNames, printBanner } from './boot-code';
import type { BoardCounts, ResetReason } from './board';
import type { Chip } from './chips';
import type { Clock } from './clock';
import type { Flash } from './flash';
import { createChipModule } from './chip-module';
import { createGraphics } from './graphics';
import { createI2c, type I2cWiring } from './i2c';
import { BoardInterpreter } from './interpreter';
import { installIo } from './io';
import { installModules } from './modules';
import type { Network } from './network/network';
import type { Pins } from './pins';
import type { BoardRandom } from './random';
import { createStorage } from './storage';
import { createStorageModule } from './storage-module';
import { type ConsoleState, installSystem } from './system';
import { Watches } from './watches';

export type SoftRestart = { load: string | undefined } | 'reset';

export interface BootOptions {
  reason: ResetReason;
  /** When the board's own time was zero; now when absent. */
  epochMs: number | undefined;
  /** load() of this file; 'nothing' after reset(); the usual boot code when absent. */
  load: string | undefined;
  /** The chip was started, not only the interpreter. */
  first: boolean;
  chip: Chip;
  clock: Clock;
  flash: Flash;
  network: Network;
  mac: string;
  print: (line: string) => void;
  endlessMs: number | undefined;
  pins: Pins;
  random: BoardRandom;
  console: ConsoleState;
  wiring: I2cWiring;
  analogLevel: (pin: number) => number;
  freeVariables: () => number;
  isCurrent: (boot: Boot) => boolean;
  onRestart: (reason: ResetReason, soft?: SoftRestart) => void;
  onPowerCut: () => void;
}

/** One run of the interpreter on a board, from its start to its end. */
export interface Boot {
  readonly interpreter: BoardInterpreter;
  readonly reason: ResetReason;
  /** Evaluates the boot code. */
  begin(): void;
  stop(how: 'power-lost' | 'software-reset'): void;
  epochMs(): number;
  counts(): BoardCounts;
  readonly doors: { readonly accessPointOn: boolean; readonly telnetOn: boolean };
}

export function startBoot(options: BootOptions): Boot {
  const { chip, clock, flash, pins, print, random } = options;
  const interpreter = new BoardInterpreter({
    clock,
    print,
    random,
    epochMs: options.epochMs,
    endlessMs: options.endlessMs,
  });
  const { realm } = interpreter;
  const storage = createStorage(flash, () => interpreter.print('Compacting... '));
  let soft: SoftRestart | undefined;

  /** Only the run that is under way may restart the board, and the code that asked for it unwinds first. */
  const restartSoon = (reason: ResetReason): void => {
    interpreter.halt();
    clock.at(interpreter.now(), () => options.isCurrent(boot) && options.onRestart(reason));
  };

  pins.now = () => interpreter.now();
  pins.complain = (message) => interpreter.print(message);
  const watches = new Watches(pins, interpreter, () => system.raise('FIFO_FULL'));
  installIo(interpreter, pins, watches, options.analogLevel);
  const system = installSystem({
    interpreter,
    chip,
    mac: options.mac,
    storage,
    random,
    console: options.console,
    freeVariables: options.freeVariables,
    restart: (request) => {
      soft = request;
      interpreter.interrupt();
    },
    reboot: (reason) => restartSoon(reason as ResetReason),
  });
  realm.define('Graphics', createGraphics(realm));
  realm.define('I2C1', createI2c(interpreter, pins, options.wiring));
  const attachment = options.network.attach({ chip: chip.name, mac: options.mac, interpreter });
  installModules(interpreter, storage, {
    Storage: createStorageModule(interpreter, storage, chip.storageAddress),
    Wifi: attachment.wifi,
    net: attachment.net,
    dgram: attachment.dgram,
    TelnetServer: attachment.telnet,
    ...createChipModule(interpreter, chip, options.reason),
  });

  interpreter.onPassEnd = () => {
    system.checkFlags();
    if (soft === undefined) return;
    system.tell('kill');
    const request = soft;
    clock.at(interpreter.now(), () => options.isCurrent(boot) && options.onRestart('soft reset', request));
    interpreter.halt();
  };
  realm.onPowerCut = () => options.onPowerCut();

  const boot: Boot = {
    interpreter,
    reason: options.reason,
    begin() {
      if (options.first && !storage.isValid()) {
        interpreter.print('Storage is corrupt.\nErasing Storage Area...');
        storage.eraseAll();
        interpreter.print('Erase complete.');
      }
      const names = bootNames(storage, options.load, options.first);
      for (const name of names) interpreter.run(storage.read(name)!, name);
      system.tell('init');
      interpreter.tellUncaught();
      const onInit = realm.global['onInit'];
      if (typeof onInit === 'function') {
        if (options.console.echo) interpreter.print('Running onInit()...');
        interpreter.call(onInit as () => void, undefined, []);
        interpreter.tellUncaught();
      }
      if (names.length === 0) printBanner(interpreter, chip);
    },
    stop(how) {
      interpreter.halt();
      pins.onEdge = undefined;
      pins.now = () => clock.now();
      attachment.detach(how);
    },
    doors: attachment,
    epochMs: () => interpreter.now() - interpreter.timeMs(),
    counts: () => ({
      timers: interpreter.timers.size,
      watches: watches.size,
      listeners: system.listenerCount() + attachment.listenerCount(),
      sockets: attachment.socketCount(),
    }),
  };
  return boot;
}
