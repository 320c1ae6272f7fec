import { dirname, join, resolve } from 'node:path';
import { checkKeyfile, checkWpaSupplicant, type Checked } from '../../network/wifi/check-config';
import {
  type ConfigOptions,
  type KnownNetwork,
  networkManagerKeyfiles,
  nmcliLines,
  wpaSupplicantConf,
} from '../../network/wifi/config';
import type { System } from '../../network/system';
import { applyNetworks } from '../../network/wifi/apply';
import { writeSecretFiles } from '../../network/wifi/write-config';
import { configFile } from '../config-file';
import { loadClassroom } from '../kit-config';
import { classroomNetworks } from '../kit-config/known-networks';
import { print, printJson, tell, visible } from '../network/print';
import { thisComputer } from '../network/this-computer';

export interface ConfigFlags {
  format: string;
  output?: string;
  country?: string;
  config?: string;
  hash?: boolean;
  force?: boolean;
  check?: boolean;
  apply?: boolean;
  json?: boolean;
}

export async function wifiConfigCommand(flags: ConfigFlags): Promise<void> {
  if (flags.check && flags.format === 'nmcli')
    throw new Error('--check: of wpa_supplicant and networkmanager; a shell script is read when it is run');
  const classroom = await loadClassroom(configFile(flags.config));
  const { networks, country = flags.country } = classroomNetworks(classroom);
  const options: ConfigOptions = { country: countryOf(flags.country ?? country), hash: flags.hash ?? false };
  const files = filesOf(flags, networks, options);
  const stamp = new Date().toISOString().replace(/[:.]/g, '');
  const written = await writeSecretFiles(files, { force: flags.force ?? false, stamp });
  if (!flags.json)
    for (const { file, backup } of written)
      print(`${file}: written${backup === undefined ? '' : `; what was there is in ${backup}`}`);
  const system = thisComputer();
  const checked = flags.check ? await check(system, flags.format, files) : undefined;
  if (checked && !flags.json) print(checkedSentence(checked, flags.format));
  if (checked?.verdict === 'bad') process.exitCode = 1;
  const say = (ssid: string) => tell(`connecting to ${visible(ssid)} ...`);
  const connected = flags.apply ? await applyNetworks(system, networks, say) : undefined;
  if (flags.json)
    printJson({ written, ...(checked && { checked }), ...(connected !== undefined && { connected }) });
  else if (connected !== undefined) print(`connected to ${visible(connected)}`);
  else tell(nextStep(flags.format, written[0]!.file));
}

/** The first of the files that is not good decides. */
async function check(system: System, format: string, files: ReadonlyMap<string, string>): Promise<Checked> {
  for (const [file, text] of files) {
    const checked =
      format === 'networkmanager' ? await checkKeyfile(system, text) : await checkWpaSupplicant(system, file);
    if (checked.verdict !== 'good') return checked;
  }
  return { verdict: 'good' };
}

function filesOf(
  { format, output }: ConfigFlags,
  networks: readonly KnownNetwork[],
  options: ConfigOptions,
): Map<string, string> {
  switch (format) {
    case 'wpa_supplicant':
      return new Map([[resolve(output ?? 'wpa_supplicant.conf'), wpaSupplicantConf(networks, options)]]);
    case 'nmcli':
      return new Map([[resolve(output ?? 'wifi-nmcli.sh'), nmcliLines(networks, options)]]);
    case 'networkmanager': {
      const folder = resolve(output ?? '.');
      const files = networkManagerKeyfiles(networks, options);
      return new Map([...files].map(([name, text]) => [join(folder, name), text]));
    }
    default:
      throw new Error(
        `--format: expected wpa_supplicant, networkmanager or nmcli, got ${JSON.stringify(format)}`,
      );
  }
}

function countryOf(code: string | undefined): string {
  if (code !== undefined && /^[A-Z]{2}$/.test(code)) return code;
  if (code !== undefined)
    throw new Error(`--country: expected two capitals such as KR, got ${JSON.stringify(code)}`);
  throw new Error(
    "no country: say --country KR, or write country: 'KR' behind a network in kit.config.ts (it decides which channels are legal)",
  );
}

function checkedSentence(checked: Checked, format: string): string {
  const program = format === 'networkmanager' ? 'nmcli' : 'wpa_supplicant';
  switch (checked.verdict) {
    case 'good':
      return `${program} reads it without complaint`;
    case 'bad':
      return `${program} refuses it: ${checked.reason}`;
    case 'not checked':
      return `not checked: ${checked.reason}`;
  }
}

function nextStep(format: string, file: string): string {
  switch (format) {
    case 'wpa_supplicant':
      return 'to use it: sudo install -m 600 FILE /etc/wpa_supplicant/wpa_supplicant.conf'.replace(
        'FILE',
        file,
      );
    case 'networkmanager':
      return `to use them: sudo install -m 600 ${join(dirname(file), 'lamplighter-*.nmconnection')} /etc/NetworkManager/system-connections/ && sudo nmcli connection reload`;
    default:
      return `to use them: sudo sh ${file}`;
  }
}
