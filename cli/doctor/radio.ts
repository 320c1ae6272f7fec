import { isIPv4 } from 'node:net';
import type { KitSettings } from '../../shared/settings';
import type { BoardConsole } from '../board-console';
import { type Finding, ok, unknown, warning, wrong } from './finding';

/** A scan takes 2 to 3 s. */
const scanMs = 15_000;
/** Five pings, a second apart. */
const pingMs = 8000;
/** Below this a kit drops out now and then. */
const weakDbm = -80;

/** What the board's radio sees and has. */
export interface RadioFindings {
  findings: Finding[];
  online: boolean;
}

export async function radioFindings(board: BoardConsole, settings: KitSettings): Promise<RadioFindings> {
  const [ip, ssid] = (await board.evaluate(
    '(function(w){return[w.getIP().ip,w.getDetails().ssid]})(require("Wifi"))',
  )) as [string, string?];
  if (ip !== '0.0.0.0')
    return { findings: [connectedFinding(ip, ssid, await strength(board))], online: true };
  return { findings: [await scanFinding(board, settings)], online: false };
}

/** ESP8266 tells it in one place, ESP32 in another. */
async function strength(board: BoardConsole): Promise<number | undefined> {
  const rssi = await board.evaluate(
    '(function(w){return w.getDetails().rssi||w.getStatus().rssi||0})(require("Wifi"))',
  );
  return typeof rssi === 'number' && rssi < 0 ? rssi : undefined;
}

export function connectedFinding(ip: string, ssid: string | undefined, dbm: number | undefined): Finding {
  const text = `on ${ssid ? `"${readable(ssid)}"` : 'a network'} as ${ip}${dbm === undefined ? '' : `, ${dbm} dBm`}`;
  return dbm !== undefined && dbm < weakDbm
    ? warning('wifi', text, 'that is weak: bring board and access point closer')
    : ok('wifi', text);
}

/** Only the configured networks are told by name: the answer must be short, and what the neighbours have is theirs. */
async function scanFinding(board: BoardConsole, { networks }: KitSettings): Promise<Finding> {
  const names = networks.map(({ ssid }) => ascii(ssid));
  const none = networks.map(() => 0);
  // Flat, without callbacks in the callback: the C stack of an ESP8266 has room for few.
  const seen = (await board.evaluateLater(
    (answer) =>
      `require("Wifi").scan(function(a){var p,i,r=[a.length,${none.join()}],n=[0,${names.join()}];` +
      `for(p of a)if((i=n.indexOf(p.ssid))>0&&(!r[i]||p.rssi>r[i]))r[i]=p.rssi;${answer('r')}})`,
    scanMs,
  )) as [count: number, ...strengths: number[]];
  const [count, ...strengths] = seen;
  return scannedFinding(
    count,
    networks.map(({ ssid, hidden }, index) => ({
      ssid: readable(ssid),
      hidden,
      dbm: strengths[index] || undefined,
    })),
  );
}

export function scannedFinding(
  count: number,
  wanted: { ssid: string; hidden?: boolean | undefined; dbm: number | undefined }[],
): Finding {
  const found = wanted.filter(({ dbm }) => dbm !== undefined);
  if (found.length > 0) {
    const named = found.map(({ ssid, dbm }) => `"${ssid}" at ${dbm} dBm`).join(', ');
    return found.some(({ dbm }) => dbm! >= weakDbm)
      ? ok('wifi', `not connected; the board sees ${named}`)
      : warning(
          'wifi',
          `not connected; the board sees ${named}`,
          'that is weak: bring board and access point closer',
        );
  }
  const names = wanted.map(({ ssid }) => `"${ssid}"`).join(', ');
  if (wanted.some(({ hidden }) => hidden)) return unknown('wifi', `${names}: hidden networks cannot be seen`);
  return wrong(
    'wifi',
    `the board sees ${count} ${count === 1 ? 'network' : 'networks'}, and ${names} is not among them`,
    'check the name in kit.config.ts, and that the access point offers 2.4 GHz: these boards have no 5 GHz',
  );
}

/** Whether the broker's host answers the board. Only asked where the kit itself is not online. */
export async function reachFinding(
  board: BoardConsole,
  { broker, board: name }: KitSettings,
): Promise<Finding> {
  const { host } = broker;
  if (!isIPv4(host) && name === 'esp32') {
    return unknown(
      'reach',
      `whether the board finds ${host} was not tried: an ESP32 stands still while it looks up a name`,
    );
  }
  const ping = (ip: string, answer: (text: string) => string): string =>
    `require("Wifi").ping(${ip},function(r){if(!r.error&&(!r.timeoutCount||r.totalCount>r.timeoutCount))${answer('true')}})`;
  try {
    await board.evaluateLater(
      (answer) =>
        isIPv4(host)
          ? ping(`"${host}"`, answer)
          : `require("Wifi").getHostByName(${ascii(host)},function(i){if(i)${ping('i', answer)};else ${answer('false')}})`,
      pingMs,
    );
    return ok('reach', `${host} answers the board's pings`);
  } catch {
    return warning(
      'reach',
      `${host} does not answer the board's pings`,
      'are board and broker on the same network, and do clients of the access point see each other?',
    );
  }
}

/** A byte string as a literal of the board's. */
function ascii(bytes: string): string {
  return JSON.stringify(bytes).replace(
    /[\x7f-\xff]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function readable(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
