import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../../gateway/make-folder';
import { writeProblem } from '../../network/file-problem';
import { checkKeyfile, checkWpaSupplicant, type Checked } from '../../network/wifi/check-config';
import {
  type KnownNetwork,
  networkManagerKeyfiles,
  nmcliLines,
  quoted,
  wpaSupplicantConf,
} from '../../network/wifi/config';
import type { System } from '../../network/system';
import { applyNetworks } from '../../network/wifi/apply';
import { writeSecretFiles } from '../../network/wifi/write-config';
import { configFile } from '../config-file';
import { loadClassroom } from '../kit-config';
import { classroomNetworks } from '../kit-config/known-networks';
import { interrupted } from '../network/interrupt';
import { note, print, printJson, tell } from '../network/print';
import { whileWaiting } from '../network/progress';
import { thisComputer } from '../network/this-computer';
import { printable } from '../view/text';

export interface ConfigFlags {
  format: string;
  output?: string;
  country?: string;
  config?: string;
  hash?: boolean;
  wpa3?: boolean;
  force?: boolean;
  check?: boolean;
  apply?: boolean;
  json?: boolean;
}

export async function wifiConfigCommand(flags: ConfigFlags): Promise<void> {
  checkFlags(flags);
  const classroom = await loadClassroom(configFile(flags.config));
  const { networks, country } = classroomNetworks(classroom);
  const files = filesOf(flags, networks, flags.country ?? country);
  // From here on Ctrl-C leaves no half of anything.
  const signal = interrupted();
  const stamp = new Date().toISOString().replace(/[:.]/g, '');
  for (const file of files.keys())
    try {
      makeFolder(dirname(file));
    } catch (error) {
      throw writeProblem(file, error);
    }
  const written = await writeSecretFiles(files, { force: flags.force ?? false, stamp });
  if (!flags.json)
    for (const { file, backup } of written)
      print(`${file}: written${backup === undefined ? '' : `; what was there is in ${backup}`}`);
  const system = thisComputer(signal);
  const checked = flags.check
    ? await whileWaiting('checking', check(system, flags.format, files))
    : undefined;
  if (checked?.verdict === 'bad') {
    if (!flags.json) throw new Error(checkedSentence(checked, flags.format));
    printJson({ written, checked });
    process.exitCode = 1;
    return;
  }
  if (checked && !flags.json) print(checkedSentence(checked, flags.format));
  const say = (ssid: string) => note(`connecting to ${printable(ssid)} ...`);
  const connected = flags.apply
    ? await whileWaiting('connecting', applyNetworks(system, networks, say))
    : undefined;
  if (flags.json)
    printJson({ written, ...(checked && { checked }), ...(connected !== undefined && { connected }) });
  else if (connected !== undefined) print(`connected to ${printable(connected)}`);
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

/** Throws a sentence for what does not go together. */
function checkFlags({ format, country, check, hash, wpa3 }: ConfigFlags): void {
  if (!['wpa_supplicant', 'networkmanager', 'nmcli'].includes(format))
    throw new Error(
      `--format: expected wpa_supplicant, networkmanager or nmcli, got ${JSON.stringify(format)}`,
    );
  if (country !== undefined && !/^[A-Z]{2}$/.test(country))
    throw new Error(`--country: expected two capitals such as KR, got ${JSON.stringify(country)}`);
  if (check && format === 'nmcli')
    throw new Error('--check: of wpa_supplicant and networkmanager; a shell script is read when it is run');
  if (wpa3 && format !== 'wpa_supplicant')
    throw new Error('--wpa3: of wpa_supplicant; NetworkManager tries WPA3 by itself, from version 1.32 on');
  if (wpa3 && hash)
    throw new Error('--wpa3: WPA3 needs the password itself, of which --hash leaves only the key for WPA2');
}

function filesOf(
  { format, output, hash = false, wpa3 = false }: ConfigFlags,
  networks: readonly KnownNetwork[],
  country: string | undefined,
): Map<string, string> {
  switch (format) {
    case 'networkmanager': {
      const folder = resolve(output ?? '.');
      const files = networkManagerKeyfiles(networks, { hash });
      return new Map([...files].map(([name, text]) => [join(folder, name), text]));
    }
    case 'nmcli':
      return new Map([[resolve(output ?? 'wifi-nmcli.sh'), nmcliLines(networks, { hash, country })]]);
    default:
      if (country === undefined)
        throw new Error(
          "no country: say --country KR, or write country: 'KR' behind a network in kit.config.ts (it decides which channels are legal)",
        );
      return new Map([
        [resolve(output ?? 'wpa_supplicant.conf'), wpaSupplicantConf(networks, { hash, country, wpa3 })],
      ]);
  }
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

/** What to type next; a path may hold blanks. */
function nextStep(format: string, file: string): string {
  const word = (path: string) => (/^[\w./-]+$/.test(path) ? path : quoted(path));
  switch (format) {
    case 'wpa_supplicant':
      return `to use it: sudo install -m 600 ${word(file)} /etc/wpa_supplicant/wpa_supplicant.conf`;
    case 'networkmanager':
      return `to use them: sudo install -m 600 ${word(dirname(file))}/lamplighter-*.nmconnection /etc/NetworkManager/system-connections/ && sudo nmcli connection reload`;
    default:
      return `to use them: sudo sh ${word(file)}`;
  }
}
