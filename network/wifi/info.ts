import type { System } from '../system';
import { parseIwDev, parseIwLink } from './iw';
import type { WifiInfo } from './network';
import { nmcliDevices, nmcliInfo, nmcliWifi, parseNmcliDevices, parseNmcliWifi } from './nmcli';
import { parseIwconfig, parseIwgetid, parseProcWireless } from './wireless-tools';

/** A sentence and what to do. */
export const noWifi =
  'no WiFi interface found: plug a WiFi stick in, or unblock the built-in one (rfkill unblock wifi)';

/**
 * The connection of `name`, or of the first WiFi interface that is connected. Each value comes from the first source that
 * has it: iw, nmcli, iwconfig and iwgetid, /proc/net/wireless, /sys/class/net. Throws a sentence when there is no such interface.
 */
export async function wifiInfo(system: System, name?: string): Promise<WifiInfo> {
  const wifi = await wifiInterface(system, name);
  let found: Partial<WifiInfo> = {};
  for (const { tells, look } of sources) {
    if (tells.every((key) => found[key] !== undefined)) continue;
    // What an earlier source has told stays.
    found = { ...(await look(system, wifi)), ...found };
  }
  const { ssid, signal_dbm, quality, channel, bitrate_mbps, mac_address } = found;
  return {
    interface: wifi,
    ...(ssid !== undefined && { ssid }),
    ip_addresses: system.addresses().get(wifi) ?? [],
    ...(signal_dbm !== undefined && { signal_dbm }),
    ...(quality !== undefined && { quality }),
    ...(channel !== undefined && { channel }),
    ...(bitrate_mbps !== undefined && { bitrate_mbps }),
    ...(mac_address !== undefined && { mac_address }),
  };
}

/** `name` when it is a WiFi interface, or the first one. Throws a sentence when there is none. */
export async function wifiInterface(system: System, name?: string): Promise<string> {
  const known = await wifiInterfaces(system);
  if (name === undefined && known[0] === undefined) throw new Error(noWifi);
  if (name === undefined || known.includes(name)) return name ?? known[0]!;
  const others = known.length ? `: expected ${known.join(' or ')}` : ', and there is no other';
  throw new Error(`${name} is no WiFi interface${others}`);
}

/** Names of the WiFi interfaces, a connected one first. */
export async function wifiInterfaces(system: System): Promise<string[]> {
  const iw = parseIwDev(await output(system, 'iw', ['dev']));
  if (iw.length) return iw.map((station) => station.interface);
  const nmcli = parseNmcliDevices(await output(system, 'nmcli', nmcliDevices));
  if (nmcli.length) return nmcli;
  const iwconfig = parseIwconfig(await output(system, 'iwconfig', []));
  if (iwconfig.length) return iwconfig.map((station) => station.interface);
  const names = (await system.list('/sys/class/net')).sort();
  const wireless = await Promise.all(names.map((name) => system.list(`/sys/class/net/${name}/wireless`)));
  const inSys = names.filter((_, index) => wireless[index]!.length > 0);
  if (inSys.length) return inSys;
  return [...parseProcWireless((await system.read('/proc/net/wireless')) ?? '').keys()];
}

interface Source {
  /** It is asked when one of these is not known yet. */
  tells: readonly (keyof WifiInfo)[];
  look: (system: System, name: string) => Promise<Partial<WifiInfo>>;
}

/** In the order in which they are asked. */
const sources: readonly Source[] = [
  {
    tells: ['ssid', 'signal_dbm', 'channel', 'bitrate_mbps', 'mac_address'],
    look: async (system, name) => {
      const link = parseIwLink(await output(system, 'iw', ['dev', name, 'link']));
      const dev = parseIwDev(await output(system, 'iw', ['dev'])).find(
        (station) => station.interface === name,
      );
      return { ...dev, ...link };
    },
  },
  {
    tells: ['ssid', 'channel', 'bitrate_mbps'],
    look: async (system, name) =>
      nmcliInfo(parseNmcliWifi(await output(system, 'nmcli', nmcliWifi(name, false)))),
  },
  {
    tells: ['ssid', 'signal_dbm', 'quality', 'channel', 'bitrate_mbps'],
    look: async (system, name) => {
      const station = parseIwconfig(await output(system, 'iwconfig', [name]))[0];
      return station?.ssid
        ? station
        : { ...parseIwgetid(await output(system, 'iwgetid', ['-r', name])), ...station };
    },
  },
  {
    tells: ['signal_dbm', 'quality'],
    look: async (system, name) =>
      parseProcWireless((await system.read('/proc/net/wireless')) ?? '').get(name) ?? {},
  },
  {
    tells: ['mac_address'],
    look: async (system, name) => {
      const mac = (await system.read(`/sys/class/net/${name}/address`))?.trim();
      return mac ? { mac_address: mac } : {};
    },
  },
];

async function output(system: System, program: string, args: string[]): Promise<string> {
  return (await system.run(program, args))?.stdout ?? '';
}
