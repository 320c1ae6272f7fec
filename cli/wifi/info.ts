import { wifiInfo } from '../../network/wifi/info';
import type { WifiInfo } from '../../network/wifi/network';
import { qualityText } from '../../network/wifi/signal';
import { interrupted, pause } from '../network/interrupt';
import { brokerOf, KitWatch } from '../network/kit-signal';
import { print, printJson, printTable, tell } from '../network/print';
import { thisComputer } from '../network/this-computer';
import { wholeNumber } from '../start-options';

export interface InfoFlags {
  interface?: string;
  kit?: string;
  broker?: string;
  json?: boolean;
}

export async function wifiInfoCommand({ interface: name, kit, broker, json }: InfoFlags): Promise<void> {
  const info =
    kit === undefined
      ? await wifiInfo(thisComputer(), name)
      : await kitInfo(wholeNumber('--kit', kit, 1, 9999), broker);
  if (json) return printJson(info);
  const { interface: of, ssid, ip_addresses, signal_dbm, quality, channel, bitrate_mbps, mac_address } = info;
  const connected = ssid !== undefined || signal_dbm !== undefined;
  print(`${of}${connected || kit !== undefined ? '' : ': not connected'}`);
  printTable(
    [],
    (
      [
        ['network', ssid],
        ['addresses', ip_addresses.join(', ') || undefined],
        ['signal', signal_dbm === undefined ? undefined : `${signal_dbm} dBm`],
        ['quality', quality],
        ['channel', channel],
        ['bit rate', bitrate_mbps === undefined ? undefined : `${bitrate_mbps} Mbit/s`],
        ['MAC', mac_address],
      ] as [string, string | number | undefined][]
    ).filter(([, value]) => value !== undefined),
  );
}

/** A kit sends telemetry every 10 s unless told otherwise. */
const telemetryMs = 25_000;

/** What a kit tells over MQTT: it does not say the name of its network. */
async function kitInfo(kit: number, broker: string | undefined): Promise<WifiInfo> {
  const watch = new KitWatch(kit, brokerOf(broker), Date.now);
  const signal = interrupted();
  await watch.start();
  try {
    tell(`waiting for telemetry of kit ${kit} ...`);
    await Promise.race([
      new Promise<void>((resolve) => (watch.onTelemetry = resolve)),
      pause(telemetryMs, signal),
    ]);
    if (signal.aborted) throw signal.reason as Error;
    const { atMs, signal_dbm, ip, mac, status } = watch.seen;
    if (atMs === 0)
      throw new Error(
        `kit ${kit} has said nothing for ${telemetryMs / 1000} s${status ? ` (its status is ${status})` : ''}: is it on, and at this broker?`,
      );
    return {
      interface: `kit_${kit}`,
      ip_addresses: ip === undefined ? [] : [ip],
      ...(signal_dbm !== undefined && { signal_dbm, quality: qualityText(signal_dbm) }),
      ...(mac !== undefined && { mac_address: mac }),
    };
  } finally {
    watch.stop();
  }
}
