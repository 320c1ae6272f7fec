import type { System } from '../system';
import type { KnownNetwork } from './config';

/** Association, password and address: NetworkManager itself gives up after 90 s. */
const connectMs = 95_000;

/**
 * Connects to the first of the networks that is there, in their order, through NetworkManager; returns its name.
 * Throws a sentence with what it said of each. `trying` is called before each. While nmcli runs, other users of this computer can see the password
 * among its arguments: it has no other way to be told one that works in every version.
 */
export async function applyNetworks(
  system: System,
  networks: readonly KnownNetwork[],
  trying: (ssid: string) => void,
): Promise<string> {
  const failures: string[] = [];
  for (const { ssid, password, hidden } of networks) {
    trying(ssid);
    const args = ['device', 'wifi', 'connect', ssid];
    if (password !== undefined) args.push('password', password);
    if (hidden) args.push('hidden', 'yes');
    const result = await system.run('nmcli', args, { timeoutMs: connectMs });
    if (result === undefined)
      throw new Error(
        '--apply needs NetworkManager, and nmcli is not installed: install the written file by hand',
      );
    if (result.code === 0) return ssid;
    failures.push(`${ssid}: ${reasonIn(result.stderr || result.stdout)}`);
  }
  throw new Error(`no network could be joined: ${failures.join('; ')}`);
}

function reasonIn(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? '';
  return line.replace(/^Error:\s*/, '').slice(0, 160) || 'nmcli said nothing';
}
