import { wifiScan } from '../../network/wifi/scan';
import { interrupted } from '../network/interrupt';
import { printJson, printTable, tell } from '../network/print';
import { whileWaiting } from '../network/progress';
import { thisComputer } from '../network/this-computer';

export interface ScanFlags {
  interface?: string;
  json?: boolean;
}

export async function wifiScanCommand({ interface: name, json }: ScanFlags): Promise<void> {
  const command = `npx lamplighter wifi scan${name === undefined ? '' : ` -i ${name}`}`;
  const networks = await whileWaiting('scanning', wifiScan(thisComputer(interrupted()), command, name));
  if (json) return printJson(networks);
  if (networks.length === 0) return tell('no network was seen');
  printTable(
    ['network', 'signal', 'quality', 'channel', 'security', 'access point'],
    networks.map(({ ssid, signal_dbm, quality_pct, channel, security, bssid }) => [
      ssid ?? '(hidden)',
      signal_dbm === undefined ? undefined : `${signal_dbm} dBm`,
      quality_pct === undefined ? undefined : `${quality_pct} %`,
      channel,
      security,
      bssid,
    ]),
    1,
  );
}
