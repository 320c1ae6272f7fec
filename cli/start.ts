import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { firmwareIsFresh } from '../build/freshness';
import { root } from '../build/root';
import { type Gateway, startGateway } from '../gateway/gateway';
import { ListenError } from '../gateway/listen-problem';
import { createLog, type Log } from '../gateway/log';
import type { KitSettings } from '../shared/settings';
import { configFile } from './config-file';
import { builtDashboard } from './dashboard';
import { endOfProcess } from './end-of-process';
import { urlsOf } from './gateway/addresses';
import { type Classroom, kitSettings, loadClassroom } from './kit-config';
import { Session } from './session';
import { type BrokerAddress, checkKits, type StartOptions } from './start-options';
import { virtualNetwork, type Bundle } from './virtual-kit';
import type { Action } from './view/keys';
import { PlainLog } from './view/plain';
import { TerminalView } from './view/terminal-view';

/**
 * Runs virtual kits until the user ends it: the finished bundle on virtual boards, a gateway for them, and
 * a view of it all. Throws one sentence when something that was asked for is not possible.
 */
export async function start(options: StartOptions, print: (line: string) => void): Promise<void> {
  // What ends quickly comes first: building takes seconds.
  const classroom = await loadClassroom(configFile(options.config));
  const notes: string[] = [];
  let note: (text: string) => void = (text) => notes.push(text);
  const log = noteLog((text) => note(text));
  const gateway = await openGateway(options, { log, dashboard: await builtDashboard(print) });
  try {
    const address = options.broker ?? { host: gateway.broker!.host, port: gateway.broker!.port };
    const kits = settingsOf(options, classroom, address).map((kit) => reportingTo(gateway, kit));
    gateway.showSettings(new Map(kits.map(({ kit, lamp, telemetryMs }) => [kit, { ...lamp, telemetryMs }])));
    const bundle = await loadBundle(print);
    const { broker } = gateway;
    const dashboard = dashboardOf(gateway);
    const session = new Session({ bundle, kits, address, broker, dashboard, png: options.png });
    note = (text) => session.note(text);
    for (const text of notes) note(text);
    await runSession(session, print);
  } finally {
    note = () => undefined;
    await gateway.stop();
  }
}

/** With a port of its own choice where the usual one is busy and nobody has asked for it. */
async function openGateway(
  { gateway, anyPort }: StartOptions,
  parts: { log: Log; dashboard: string },
): Promise<Gateway> {
  const settings = { ...gateway };
  const names: Record<string, 'webPort' | 'tcpPort' | 'udpPort'> = {
    '--web-port': 'webPort',
    '--tcp-port': 'tcpPort',
    '--udp-port': 'udpPort',
  };
  for (;;) {
    try {
      return await startGateway(settings, { now: Date.now, ...parts });
    } catch (error) {
      const name = error instanceof ListenError && error.busy && names[error.option];
      if (!name || !settings[name] || !anyPort.has(name)) throw error;
      parts.log.warn(`port ${settings[name]} is in use, so ${error.option} is another`);
      settings[name] = 0;
    }
  }
}

/** What the view must know of the gateway's log: that the broker is away it sees by itself. */
function noteLog(note: (text: string) => void): Log {
  const write = (line: string) => {
    const { room, msg } = JSON.parse(line) as { room?: string; msg?: string };
    if (msg !== undefined && room !== 'bus') note(msg);
  };
  return createLog({ level: 'warn', format: 'json', write });
}

function dashboardOf({ listeners }: Gateway): string | undefined {
  const web = listeners.find(({ protocol }) => protocol === 'http');
  return web && urlsOf(web, networkInterfaces())[0];
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

/** A kit that reports does so to the gateway of this process, which asks nobody of this computer for a password. */
function reportingTo({ listeners }: Gateway, { report, ...kit }: KitSettings): KitSettings {
  const door = listeners.find(({ protocol }) => protocol === report?.by);
  if (report === undefined || door === undefined) return kit;
  const { by, mqtt } = report;
  return { ...kit, report: { by, host: '127.0.0.1', port: door.port, ...(mqtt === false && { mqtt }) } };
}

/** A person with keys and a screen that can be drawn on, not a log file, a pipe or a CI job. */
function isInteractive(): boolean {
  const { stdin, stdout, env } = process;
  return stdin.isTTY && stdout.isTTY && !env['CI'] && env['TERM'] !== 'dumb';
}
