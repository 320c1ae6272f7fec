import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { openBoard } from '../../cli/board-console';
import { Broker } from '../../gateway/broker';
import { flashWith } from '../cli/flash/console-board';
import { bundle, usualSettings } from '../support/kit-image';
import { type EngineForm, findForms, Interpreter, makeFlash, noInterpreter } from './interpreter';
import { prelude } from './prelude';

/** The Linux form offers its console there, with --telnet. */
const port = 'tcp://127.0.0.1:2323';
const password = 'open sesame';

/** A board whose chip is the interpreter; it starts again whenever its process has ended by itself, as a chip does. */
class TelnetBoard {
  readonly lines: string[] = [];
  #running: Interpreter | undefined;

  constructor(
    private readonly form: EngineForm,
    private readonly folder: string,
  ) {}

  powerOn(): void {
    const running = Interpreter.boot(this.form, this.folder, { args: ['--telnet'] });
    this.#running = running;
    running.onLine = (line) => this.lines.push(line);
    void running.exited.then(() => this.#running === running && this.powerOn());
  }

  /** kill -9 */
  async cutPower(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }
}

/** Stand-ins for the parts around the board that leave the interpreter's own telnet console open. */
function openPrelude({ chip }: EngineForm): string {
  const closing = 'require("TelnetServer").setOptions({mode:"off"});\n';
  const text = prelude({ chip });
  if (!text.includes(closing)) throw new Error(`expected the prelude to say ${closing}`);
  return text.replace(closing, '');
}

const forms = await findForms(process.env);
if (forms.length === 0) console.log(noInterpreter);

describe.each(forms)('$chip $name', (form) => {
  let board: TelnetBoard;
  let folder: string;
  let broker: Broker;

  async function start(): Promise<void> {
    broker = new Broker({ port: 0 });
    await broker.start();
    folder = await makeFlash(form, { other: 'a file of somebody else' });
    board = new TelnetBoard(form, folder);
    board.powerOn();
    await reachable();
  }

  /** Waits until the interpreter listens. */
  async function reachable(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const opened = await openBoard(port, { greet: false }).catch(() => undefined);
      await opened?.close();
      if (opened) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the interpreter does not listen');
  }

  function flashKit(kit: number, firmware = bundle('firmware'), onText = () => {}) {
    const settings = usualSettings(form.chip, {
      kit,
      console: password,
      oled: 0,
      broker: { host: '127.0.0.1', port: broker.port },
    });
    const loader = openPrelude(form) + bundle('loader').replace(/;?\s*$/, '');
    return flashWith(port, settings, folder, { password, loader, firmware, onText, timeoutMs: 60_000 });
  }

  afterAll(async () => {
    await board.cutPower();
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('an empty board is flashed, restarts and is online', async () => {
    await start();
    const first = flashKit(2);
    expect(await first.ended).toBeUndefined();
    expect(first.text()).toMatch(/no firmware yet\n[\s\S]*verified: fw0 [\s\S]*verified, kit 2 is online\n$/);
    const again = flashKit(2);
    expect(await again.ended).toBeUndefined();
    expect(again.text()).toMatch(/nothing to write: the board is kit 2 as it is to be\n$/);
  });

  const longer = bundle('firmware') + '//'.padEnd(4000, 'x');

  test.each(['into fw1', '25 % written', '50 % written', '75 % written', '100 % written', 'verified: fw1'])(
    'killed at "%s", it boots what it ran before, or the new one',
    async (moment) => {
      let cut: Promise<void> | undefined;
      const run = flashKit(3, longer, () => {
        if (run.text().includes(moment)) cut ??= board.cutPower();
      });
      expect(await run.ended).toBeInstanceOf(Error);
      await cut;
      const from = board.lines.length;
      board.powerOn();
      await expect
        .poll(() => board.lines.slice(from).join('\n'), { timeout: 30_000 })
        .toMatch(/^link: online as kit_[23], /m);
      expect(board.lines.slice(from).join('\n')).not.toMatch(/Uncaught|Lamplighter: no/);
    },
  );

  const large = bundle('firmware') + '//'.padEnd(100_000, 'x');

  test.runIf(form.chip === 'esp8266')(
    'a flash that is too small is not erased with the file of somebody else',
    async () => {
      const refused = flashKit(4, large);
      expect(String(await refused.ended)).toMatch(/files that are not Lamplighter's: other\./);
      const console = await openBoard(port, { password });
      await console.evaluate('require("Storage").erase("other")');
      console.lock();
      await console.close();
    },
  );

  test('flashed anew after all of that it is the new one, in a flash that has to be erased where it is small', async () => {
    const last = flashKit(4, large);
    expect(await last.ended).toBeUndefined();
    expect(last.text().includes('the flash is full of what was replaced')).toBe(form.chip === 'esp8266');
    expect(last.text()).toMatch(/verified, kit 4 is online\n$/);
  });
});
