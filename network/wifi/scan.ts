import type { RunResult, System } from '../system';
import { wifiInterface } from './info';
import { parseIwScan } from './iw';
import type { WifiNetwork } from './network';
import { nmcliWifi, parseNmcliWifi } from './nmcli';
import { parseIwlist } from './wireless-tools';

/** A scan of all bands takes up to ten seconds. */
const timeoutMs = 20_000;

/** One program that can scan. */
interface Scanner {
  program: string;
  args: (name: string) => string[];
  parse: (text: string) => WifiNetwork[];
}

/** In the order in which they are tried. */
const scanners: Scanner[] = [
  { program: 'iw', args: (name) => ['dev', name, 'scan'], parse: parseIwScan },
  {
    program: 'nmcli',
    args: (name) => nmcliWifi(name, true),
    parse: (text) => parseNmcliWifi(text).map(({ inUse: _, bitrate_mbps: __, ...network }) => network),
  },
  { program: 'iwlist', args: (name) => [name, 'scan'], parse: parseIwlist },
];

/**
 * The networks nearby, the strongest first, one entry an access point. Throws a sentence, with the command to type where
 * only root may scan. `command` is how this program was called.
 */
export async function wifiScan(system: System, command: string, name?: string): Promise<WifiNetwork[]> {
  const wifi = await wifiInterface(system, name);
  const refusals: string[] = [];
  for (const { program, args, parse } of scanners) {
    const result = await system.run(program, args(wifi), { timeoutMs });
    if (result === undefined) continue;
    const networks = parse(result.stdout);
    // NetworkManager shows a user who may not scan what it has seen before: that is an answer too.
    if (networks.length || (result.code === 0 && result.stdout.trim() === ''))
      return strongestFirst(networks);
    refusals.push(refusal(program, result));
  }
  if (refusals.length === 0)
    throw new Error('none of iw, nmcli and iwlist is installed: sudo apt install iw');
  if (!system.isRoot && refusals.some((text) => /not permitted|permission|root/i.test(text)))
    throw new Error(`only root may scan: sudo ${command}`);
  throw new Error(`scanning with ${wifi} failed: ${refusals.join('; ')}`);
}

function strongestFirst(networks: WifiNetwork[]): WifiNetwork[] {
  const strength = ({ signal_dbm, quality_pct }: WifiNetwork): number =>
    signal_dbm ?? (quality_pct === undefined ? -Infinity : quality_pct / 2 - 90);
  return networks.sort((a, b) => strength(b) - strength(a) || (a.ssid ?? '').localeCompare(b.ssid ?? ''));
}

function refusal(program: string, { stdout, stderr, code }: RunResult): string {
  const said = (stderr || stdout).trim().split('\n').at(-1)?.slice(0, 120);
  return `${program} ${code < 0 ? `took longer than ${timeoutMs / 1000} s` : `ended with ${code}`}${said ? ` (${said})` : ''}`;
}
