import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firmwareIsFresh } from '../build/freshness';
import { root } from '../build/root';
import { Broker } from '../gateway/broker';
import type { KitSettings } from '../shared/settings';
import { endOfProcess } from './end-of-process';
import { type Classroom, kitSettings, loadClassroom } from './kit-config';
import { Session } from './session';
import { type BrokerAddress, checkKits, type StartOptions } from './start-options';
import { virtualNetwork, type Bundle } from './virtual-kit';
import type { Action } from './view/keys';
import { PlainLog } from './view/plain';
import { TerminalView } from './view/terminal-view';

/**
 * Runs virtual kits until the user ends it: the finished bundle on virtual boards, a broker for them, and
 * a view of it all. Throws one sentence when something that was asked for is not possible.
 */
export async function start(options: StartOptions, print: (line: string) => void): Promise<void> {
  // What ends quickly comes first: building takes seconds.
  const classroom = await loadClassroom(options.config ?? join(root, 'kit.config.ts'));
  const broker = options.broker ? undefined : new Broker({ port: options.mqttPort });
  await broker?.start();
  try {
    const address = options.broker ?? { host: broker!.host, port: broker!.port };
    const kits = settingsOf(options, classroom, address);
    const bundle = await loadBundle(print);
    await runSession(new Session({ bundle, kits, address, broker, png: options.png }), print);
  } finally {
    await broker?.stop();
  }
}

async function runSession(session: Session, print: (line: string) => void): Promise<void> {
  const end = endOfProcess();
  try {
    await session.prepare();
    const act = (action: Action) => (action.type === 'quit' ? end.now() : session.act(action));
    session.run(
      isInteractive()
        ? new TerminalView(session.model, process, act)
        : new PlainLog(session.model, print, Date.now),
    );
    await end.reached;
  } finally {
    end.dispose();
    session.stop();
  }
}

/** dist/, built when a source has changed since. */
async function loadBundle(print: (line: string) => void): Promise<Bundle> {
  if (!(await firmwareIsFresh())) {
    print('Building the firmware ...');
    const { buildFirmware } = await import('../build/firmware');
    for (const { file, bytes } of await buildFirmware()) print(`${file}  ${bytes} bytes`);
  }
  const read = (file: string) => readFile(join(root, 'dist', file), 'latin1');
  return { loader: await read('loader.js'), firmware: await read('firmware.js') };
}

/** The settings of each kit as on a real board, except where they point: to the broker and the air of this machine. */
function settingsOf(options: StartOptions, classroom: Classroom, broker: BrokerAddress): KitSettings[] {
  const first = options.kit ?? classroom.config.kits[0]!.kit;
  checkKits(first, options.boards);
  const overrides = { broker, networks: [virtualNetwork], ...(options.board && { board: options.board }) };
  return Array.from({ length: options.boards }, (_, index) =>
    kitSettings(classroom, first + index, { secrets: 'placeholder', overrides }),
  );
}

/** A person with keys and a screen that can be drawn on, not a log file, a pipe or a CI job. */
function isInteractive(): boolean {
  const { stdin, stdout, env } = process;
  return stdin.isTTY && stdout.isTTY && !env['CI'] && env['TERM'] !== 'dumb';
}
