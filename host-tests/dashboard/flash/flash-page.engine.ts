import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSerialTransport } from '../../../dashboard/flash/serial/web-serial-transport';
import { FlashSession } from '../../../dashboard/flash/session';
import { Broker } from '../../../gateway/broker';
import { ConsoleWire } from '../../engine/console-wire';
import { findForms, makeFlash, noInterpreter } from '../../engine/interpreter';
import { prelude } from '../../engine/prelude';
import { bundle, usualSettings } from '../../support/kit-image';
import { fakePage } from './fake-page';
import { FakePort, FakeSerial } from './fake-port';

const forms = await findForms(process.env);
if (forms.length === 0) console.log(noInterpreter);

/** What a careless writer would corrupt, as no part of the program. */
const comment = '\n// `${backticks}` \\u0041 \\\\ "\' \xb0C \xea\xb0\x80\xff\x7f\t\n';

describe.each(forms)('$chip $name', (form) => {
  let broker: Broker;
  let folder: string;
  let wire: ConsoleWire;
  let port: FakePort;

  beforeAll(async () => {
    broker = new Broker({ port: 0 });
    await broker.start();
    folder = await makeFlash(form, { other: 'a file of somebody else' });
    wire = new ConsoleWire(form, folder);
    port = new FakePort();
    wire.onBytes = (bytes) => port.say(bytes);
    port.onTyped = (bytes) => wire.write(bytes);
    port.onReset = () => void wire.pressReset();
    fakePage(new FakeSerial(new Error()));
  });

  afterEach(() => expect(port.opened).toBeUndefined());

  afterAll(async () => {
    vi.unstubAllGlobals();
    await wire.close();
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As a person does it who clicks on “Try again”. */
  async function flashed(kit: number, firmware: string): Promise<FlashSession> {
    const settings = usualSettings(form.chip, {
      kit,
      oled: 0,
      broker: { host: '127.0.0.1', port: broker.port },
    });
    const loader = prelude({ chip: form.chip }) + bundle('loader').replace(/;?\s*$/, '');
    const files = { firmware, loader, kits: [JSON.stringify(settings)], kit };
    const session: FlashSession = new FlashSession({
      files,
      serial: new FakeSerial(port),
      // What paces the bytes is the wire.
      openTransport: (chosen) => WebSerialTransport.open(chosen, () => Promise.resolve()),
      onChange: () => {},
    });
    // The Linux form now and then loses a byte, or its life, when it is typed to while a program runs: try again.
    for (let attempt = 0; attempt < 5 && session.state.at !== 'done'; attempt++) {
      await session.connect();
      await session.flash(kit);
    }
    return session;
  }

  test('by the browser’s page an empty board is online; flashed again there is nothing to write', async () => {
    const firmware = bundle('firmware') + comment;
    const first = await flashed(2, firmware);
    expect(first.state).toMatchObject({ at: 'done', outcome: 'online' });
    expect(first.lines.join('\n')).toMatch(/^Lamplighter \S+, boot 1, [\s\S]*link: online as kit_2, /m);
    const again = await flashed(2, firmware);
    expect(again.state).toEqual({ at: 'done', kit: 2, outcome: 'nothing', bytes: 0, detail: '' });
  });

  test('by the browser’s page another firmware and another kit go into the other slots', async () => {
    const second = await flashed(3, bundle('firmware') + comment.repeat(40));
    expect(second.state).toMatchObject({ at: 'done', outcome: 'online' });
    expect(second.lines.join('\n')).toMatch(/link: online as kit_3, /);
  });
});
