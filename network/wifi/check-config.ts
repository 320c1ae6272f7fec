import type { System } from '../system';

/** What came of having the real program read a file. */
export type Checked =
  { verdict: 'good' } | { verdict: 'bad'; reason: string } | { verdict: 'not checked'; reason: string };

/**
 * Starts wpa_supplicant in the background, which it goes to when it has read its file, with a /run of its own for its sockets.
 * The end of the script is the end of all that runs in its namespace.
 */
const supplicantScript = [
  'ip link set lo up',
  'exec 3<"$1"',
  'mount -t tmpfs none /run',
  'timeout 5 wpa_supplicant -B -D wired -i lo -c /dev/fd/3',
].join(' && ');

/**
 * Has wpa_supplicant read a file. It has no dry run: it is started on the loopback interface of namespaces of its own, and stopped.
 * Nothing of this computer is touched, and nothing is left.
 */
export async function checkWpaSupplicant(system: System, file: string): Promise<Checked> {
  if (!(await system.run('wpa_supplicant', ['-v'])))
    return { verdict: 'not checked', reason: 'wpa_supplicant is not installed' };
  const apart = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
  const as = system.isRoot ? apart : ['--map-root-user', ...apart];
  const result = await system.run('unshare', [...as, 'sh', '-c', supplicantScript, 'sh', file]);
  if (result === undefined) return { verdict: 'not checked', reason: 'unshare is not installed' };
  return supplicantVerdict(result.stdout + result.stderr);
}

/** From what wpa_supplicant says while it reads its file. */
export function supplicantVerdict(said: string): Checked {
  const lines = said.split('\n').map((line) => line.trim());
  const fault = lines.find((line) =>
    /^Line \d+:|Failed to read or parse configuration|Failed to open config file/i.test(line),
  );
  if (fault) return { verdict: 'bad', reason: withoutSecrets(fault) };
  if (lines.some((line) => /^Successfully initialized wpa_supplicant/.test(line))) return { verdict: 'good' };
  const last = lines.filter(Boolean).at(-1) ?? 'it said nothing';
  return { verdict: 'not checked', reason: `wpa_supplicant could not be started: ${withoutSecrets(last)}` };
}

/** Has nmcli read a key file, without NetworkManager: `--offline`, which is in it since version 1.38. */
export async function checkKeyfile(system: System, text: string): Promise<Checked> {
  const nothing = ['connection', 'modify', 'connection.autoconnect', 'yes'];
  const result = await system.run('nmcli', ['--offline', ...nothing], { input: text });
  if (result === undefined) return { verdict: 'not checked', reason: 'nmcli is not installed' };
  if (result.code === 0) return { verdict: 'good' };
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  return /--offline/.test(said)
    ? { verdict: 'not checked', reason: 'this nmcli cannot read a file: 1.38 is the first that can' }
    : { verdict: 'bad', reason: withoutSecrets(said.replace(/^Error:\s*/, '')) || 'nmcli said nothing' };
}

/** They repeat a line that they do not understand, password and all. */
function withoutSecrets(line: string): string {
  return line
    .replace(/\b(psk|password|wep_key\d)\b.*/i, '$1=…')
    .replace(/'[^']*'/g, "'…'")
    .replace(/“[^”]*”/g, '“…”');
}
