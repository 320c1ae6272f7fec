import { boardOf } from '../../shared/boards';
import type { KitSettings } from '../../shared/settings';
import type { BoardConsole } from '../board-console';
import { type Finding, ok, unknown, warning, wrong } from './finding';

/** The release that everything here was tried on. */
const tried = { major: 2, minor: 29 };

/** Below this many free variables the firmware drops what is queued; an ESP8266 has 1600. */
const variablesLow = 200;

/** The board that each of Espruino's builds is for. Source: Espruino boards/*.py, process.env.BOARD */
const builds: Record<string, KitSettings['board']> = { ESP8266_4MB: 'nodemcu', ESP32: 'esp32' };

/** Espruino's version, whether the chip is the configured one, and what is free of its variables. */
export async function interpreterFindings(
  board: BoardConsole,
  settings: KitSettings | undefined,
): Promise<Finding[]> {
  const [build, serial] = (await board.evaluate('[process.env.BOARD,getSerial()]')) as [string, string];
  const [free, total] = (await board.evaluate('(function(m){return[m.free,m.total]})(process.memory())')) as [
    number,
    number,
  ];
  return [
    versionFinding(board.version, build),
    chipFinding(build, serial, settings),
    memoryFinding(free, total),
  ];
}

export function versionFinding(version: string, build: string): Finding {
  const [, major, minor] = /^(\d+)v(\d+)/.exec(version) ?? [];
  const known = Number(major) * 1000 + Number(minor);
  if (build === 'ESP8266_BOARD') {
    return wrong(
      'espruino',
      `Espruino ${version} in its build for 512 kB of flash, which crashes on reading from flash`,
      'write the ESP8266_4MB image to the board',
    );
  }
  return known >= tried.major * 1000 + tried.minor
    ? ok('espruino', `Espruino ${version} (${build})`)
    : warning(
        'espruino',
        `Espruino ${version} (${build}): older than what Lamplighter was tried on`,
        `write ${tried.major}v${tried.minor} or later to the board`,
      );
}

export function chipFinding(build: string, serial: string, settings: KitSettings | undefined): Finding {
  const name = builds[build];
  if (!settings)
    return unknown('board', `${build}, serial number ${serial}; not compared with kit.config.ts`);
  const wanted = boardOf(settings.board).title;
  if (name === undefined) {
    return warning(
      'board',
      `${build} is none of the builds that kits run on; kit.config.ts says of kit ${settings.kit}: ${wanted}`,
      'expected ESP8266_4MB or ESP32',
    );
  }
  return name === settings.board
    ? ok('board', `${wanted}, as kit.config.ts says of kit ${settings.kit}`)
    : wrong(
        'board',
        `${boardOf(name).title}, and kit.config.ts says of kit ${settings.kit}: ${wanted}`,
        `set board: '${name}' for kit ${settings.kit}, or name another kit with --kit`,
      );
}

export function memoryFinding(free: number, total: number): Finding {
  const text = `${free} of ${total} variables free`;
  return free >= variablesLow
    ? ok('memory', text)
    : warning('memory', text, 'restart the board; if it stays so, say what it runs beside the kit');
}
