import type { BrokerUrl } from '../../gateway/settings/broker-url';
import { wifiInfo } from '../../network/wifi/info';
import type { WifiInfo } from '../../network/wifi/network';
import { qualityText } from '../../network/wifi/signal';
import { duration } from '../network/duration';
import { interrupted, within } from '../network/interrupt';
import { KitWatch } from '../network/kit-signal';
import { print, printJson, printTable } from '../network/print';
import { whileWaiting } from '../network/progress';
import { thisComputer } from '../network/this-computer';
import { brokerOf, wholeNumber } from '../start-options';
import { printable } from '../view/text';

export interface InfoFlags {
  interface?: string;
  kit?: string;
  broker?: string;
  wait: string;
  json?: boolean;
}

export async function wifiInfoCommand(flags: InfoFlags): Promise<void> {
  const { interface: name, kit, broker, wait, json } = flags;
  const signal = interrupted();
  const info =
    kit === undefined
      ? await whileWaiting('asking the interface', wifiInfo(thisComputer(signal), name))
      : await whileWaiting(
          `waiting for telemetry of kit ${kit}`,
          kitInfo(
            wholeNumber('--kit', kit, 1, 9999),
            brokerOf(broker),
            duration('--wait', wait, 1000),
            signal,
          ),
        );
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

/** What a kit tells over MQTT: it does not say the name of its network. */
async function kitInfo(
  kit: number,
  broker: BrokerUrl,
  waitMs: number,
  signal: AbortSignal,
): Promise<WifiInfo> {
  const watch = new KitWatch(kit, broker, Date.now);
  await watch.start(signal);
  try {
    await within(waitMs, signal, (happened) => (watch.onTelemetry = happened));
    signal.throwIfAborted();
    const { atMs, signal_dbm, ip, mac, status } = watch.seen;
    if (atMs === 0)
      throw new Error(
        status === 'online'
          ? `kit ${kit} is online, but has sent no telemetry for ${waitMs / 1000} s: --wait waits longer`
          : `kit ${kit} has said nothing for ${waitMs / 1000} s${status ? ` (its status is ${printable(status)})` : ''}: is it on, and at this broker?`,
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
