import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FlashError } from '../../flashing';
import { StaticFiles } from '../../gateway/web/static-files';
import { builtDashboard } from '../dashboard';
import { told } from '../flash/exit-code';
import { parseFlashUiOptions, type RawFlashOptions } from '../flash/flash-options';
import { builtTexts, configuredKits } from '../flash/what-to-flash';
import { kitJson, loadClassroom } from '../kit-config';
import { openBrowser } from './open-browser';
import { FlashUiServer } from './server';

export interface FlashUiTerminal {
  print: (line: string) => void;
  printError: (line: string) => void;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Whether somebody is there for whom a browser can be opened. */
  attended: boolean;
}

/** `lamplighter flash --ui`: serves the page that flashes from a browser until Ctrl-C; returns the exit code. */
export async function flashUi(
  config: string,
  raw: RawFlashOptions,
  terminal: FlashUiTerminal,
): Promise<number> {
  const { print, printError, signal } = terminal;
  let kit: number | undefined;
  try {
    ({ kit } = parseFlashUiOptions(raw));
  } catch (error) {
    printError((error as Error).message);
    return 2;
  }
  let server: FlashUiServer;
  try {
    const classroom = await loadClassroom(config);
    const kits = configuredKits(classroom);
    const numbers = kits.map((settings) => settings.kit);
    if (kit !== undefined && !numbers.includes(kit)) throw noSuchKit(kit, numbers);
    const texts = await builtTexts(print);
    const folder = await builtDashboard(print);
    server = new FlashUiServer({
      files: { ...texts, kits: kits.map(kitJson), kit },
      dashboard: StaticFiles.read(folder)!,
      shell: readFileSync(join(folder, 'index.html'), 'utf8'),
      token: secret(),
      key: secret(),
    });
    const address = await server.start();
    print(`Flash page for ${basename(config)}, kits ${numbers.join(', ')}:`);
    print(`  ${address}`);
    print(
      'Open it in Chrome, Edge or Opera on this computer. The address is good for one page; Ctrl-C ends it.',
    );
    if (terminal.attended) openBrowser(address);
  } catch (error) {
    return told(error, printError);
  }
  await aborted(signal);
  await server.stop();
  return 0;
}

function noSuchKit(kit: number, numbers: number[]): FlashError {
  const listed = numbers.join(', ');
  return new FlashError(
    'which-kit',
    `--kit: expected one of the kits of kit.config.ts, ${listed}, got ${kit}`,
  );
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
