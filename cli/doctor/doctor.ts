import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/root';
import { type BoardConsole, BoardError, BoardScriptError, exitCodeOf } from '../board-console';
import { openWithPasswords, consolePasswords } from '../console-password';
import { choosePort, serialPorts } from '../ports';
import { brokerFindings } from './broker';
import { type Configuration, nodeFinding } from './computer';
import { type Finding, ok, unknown, wrong } from './finding';
import { flashFindings, kitOnBoard } from './flash-content';
import { interpreterFindings } from './interpreter';
import { radioFindings, reachFinding } from './radio';

export interface DoctorOptions {
  /** Absent: the only one there is. */
  port?: string | undefined;
  /** Absent: what the board says it is, else the first of kit.config.ts. */
  kit?: number | undefined;
  /** Lists what is on USB, unless told otherwise. */
  ports?: typeof serialPorts;
  /** What runs this, as `v20.19.0`. */
  nodeVersion: string;
}

export interface Report {
  findings: Finding[];
  /** 0 when nothing is wrong; the code of the failure when the board could not be talked to, else 1. */
  exitCode: number;
}

/** Looks at everything that can be looked at, and tells each finding as it comes. */
export async function examine(
  options: DoctorOptions,
  configuration: Configuration,
  tell: (finding: Finding) => void,
): Promise<Report> {
  const findings: Finding[] = [];
  const add = (...more: Finding[]): void => {
    for (const finding of more) {
      findings.push(finding);
      tell(finding);
    }
  };
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  add(nodeFinding(options.nodeVersion, engines.node));
  add(...configuration.findings);
  const failure = await examineBoard(options, configuration, add);
  const anyWrong = findings.some(({ verdict }) => verdict === 'wrong');
  return { findings, exitCode: anyWrong ? (failure ?? 1) : 0 };
}

/** Returns the exit code of what kept the board from being looked at. */
async function examineBoard(
  options: DoctorOptions,
  { kits, complete }: Configuration,
  add: (...findings: Finding[]) => void,
): Promise<number | undefined> {
  let board: BoardConsole | undefined;
  try {
    board = await openWithPasswords(
      await choosePort(options.port, options.ports),
      complete ? consolePasswords(kits, options.kit) : [],
    );
    add(ok('port', `${board.port} answers`));
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    // Without a board there is much to look at all the same.
    const nothingAsked = options.port === undefined && error.kind === 'no-port';
    add(
      nothingAsked ? unknown('port', error.message) : wrong('port', error.message),
      ...(await otherPorts(error, options.ports)),
    );
    await examineKit(options, { kits, complete }, undefined, add);
    return nothingAsked ? undefined : exitCodeOf(error.kind);
  }
  try {
    await examineKit(options, { kits, complete }, board, add);
    return undefined;
  } catch (error) {
    if (error instanceof BoardScriptError) {
      add(wrong('board', `it could not tell: ${error.message}`, 'npm run doctor again'));
      return undefined;
    }
    if (!(error instanceof BoardError)) throw error;
    add(wrong('board', error.message, 'npm run doctor again; npm run rescue if it stays so'));
    return exitCodeOf(error.kind);
  } finally {
    board.lock();
    await board.close();
  }
}

async function otherPorts({ kind }: BoardError, list = serialPorts): Promise<Finding[]> {
  if (kind !== 'no-port' && kind !== 'bad-port') return [];
  const ports = await list();
  if (ports.length === 0) return [];
  return [unknown('ports', ports.map(({ path, title }) => (title ? `${path} (${title})` : path)).join(', '))];
}

/** What there is of the kit: its board, its configuration, its broker. */
async function examineKit(
  { kit: asked }: DoctorOptions,
  { kits, complete }: Omit<Configuration, 'findings'>,
  board: BoardConsole | undefined,
  add: (...findings: Finding[]) => void,
): Promise<void> {
  const onBoard = board && (await kitOnBoard(board));
  const number = asked ?? onBoard ?? kits[0]?.kit;
  const planned = kits.find(({ kit }) => kit === number);
  const settings = complete ? planned : undefined;
  if (kits.length > 0 && !planned) {
    const listed = kits.map(({ kit }) => kit).join(', ');
    add(wrong('kit', `kit ${number} is not in kit.config.ts`, `expected one of ${listed}`));
  }
  if (board) {
    add(...(await interpreterFindings(board, planned)));
    add(...(await flashFindings(board, settings, bundleText())));
  }
  if (!settings) {
    add(unknown('network', 'WiFi and broker were not looked at without the passwords'));
    return;
  }
  const radio = board && (await radioFindings(board, settings));
  if (radio) add(...radio.findings);
  const broker = await brokerFindings(settings);
  add(...broker.findings);
  if (board && radio?.online && !broker.online) add(await reachFinding(board, settings));
}

/** dist/firmware.js, if it was built. */
function bundleText(): string | undefined {
  try {
    return readFileSync(join(root, 'dist', 'firmware.js'), 'latin1');
  } catch {
    return undefined;
  }
}
