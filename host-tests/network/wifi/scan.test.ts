import { expect, test } from 'vitest';
import { parseIwScan } from '../../../network/wifi/iw';
import { nmcliWifi, parseNmcliWifi } from '../../../network/wifi/nmcli';
import { wifiScan } from '../../../network/wifi/scan';
import { parseIwlist } from '../../../network/wifi/wireless-tools';
import { recorded, recordedSystem } from './recorded';

const command = 'lamplighter wifi scan';
const iwDev = { 'iw dev': recorded('iw-5.19-dev.txt') };
const refused = { stderr: 'command failed: Operation not permitted (-1)\n', code: 255 };

test('iw: each network with its signal, channel and security', () => {
  expect(parseIwScan(recorded('iw-5.19-scan.txt'))).toEqual([
    {
      ssid: 'classroom',
      bssid: '3c:37:86:11:22:33',
      signal_dbm: -47,
      quality_pct: 86,
      channel: 6,
      security: 'WPA2',
    },
    {
      ssid: 'Cafe Guest ',
      bssid: 'a0:b1:c2:d3:e4:f5',
      signal_dbm: -71,
      quality_pct: 38,
      channel: 6,
      security: 'open',
    },
    {
      ssid: '교실',
      bssid: '60:22:32:aa:bb:cc',
      signal_dbm: -58,
      quality_pct: 64,
      channel: 36,
      security: 'WPA2/WPA3',
    },
    { bssid: '04:18:d6:de:ad:02', signal_dbm: -80, quality_pct: 20, channel: 149, security: 'WPA3' },
    {
      ssid: 'school',
      bssid: '11:22:33:44:55:66',
      signal_dbm: -85,
      quality_pct: 10,
      channel: 1,
      security: 'WPA/WPA2 Enterprise',
    },
    {
      ssid: 'old\\router',
      bssid: '01:02:03:04:05:06',
      signal_dbm: -90,
      quality_pct: 0,
      channel: 11,
      security: 'WEP',
    },
    { bssid: '01:02:03:04:05:07', quality_pct: 35, channel: 14, security: 'open' },
  ]);
});

test('nmcli: colons and backslashes in names, hidden ones, every security', () => {
  expect(
    parseNmcliWifi(recorded('nmcli-1.42-wifi.txt')).map(({ ssid, security, channel }) => [
      ssid,
      security,
      channel,
    ]),
  ).toEqual([
    ['classroom', 'WPA2', 6],
    ['교실', 'WPA2/WPA3', 36],
    ['a:b\\c', 'open', 1],
    [undefined, 'WPA3', 149],
    ['school', 'WPA/WPA2 Enterprise', 1],
    ['old', 'WEP', 11],
  ]);
});

test('nmcli: of two access points of one network, the one in use is told', () => {
  expect(parseNmcliWifi(recorded('nmcli-1.10-wifi.txt')).map(({ inUse }) => inUse)).toEqual([false, true]);
});

test('iwlist: escapes, WPA3 by its number, a driver without dBm', () => {
  expect(parseIwlist(recorded('iwlist-30-scan.txt'))).toEqual([
    {
      ssid: 'classroom',
      bssid: '3c:37:86:11:22:33',
      signal_dbm: -52,
      quality_pct: 76,
      channel: 6,
      security: 'WPA2',
    },
    {
      ssid: '교실',
      bssid: '60:22:32:aa:bb:cc',
      signal_dbm: -80,
      quality_pct: 20,
      channel: 36,
      security: 'WPA/WPA2/WPA3',
    },
    { bssid: '04:18:d6:de:ad:02', quality_pct: 45, channel: 11, security: 'open' },
    { bssid: '04:18:d6:de:ad:03', signal_dbm: -90, quality_pct: 0, channel: 1, security: 'WEP' },
  ]);
});

test('the strongest comes first', async () => {
  const system = recordedSystem({
    programs: { ...iwDev, 'iw dev wlan0 scan': recorded('iw-5.19-scan.txt') },
    root: true,
  });
  const strengths = (await wifiScan(system, command)).map(({ signal_dbm }) => signal_dbm);
  // The one without dBm has 35 %, which is as much as -73 dBm.
  expect(strengths).toEqual([-47, -58, -71, undefined, -80, -85, -90]);
});

test('where iw may not scan, nmcli is asked', async () => {
  const nmcli = `nmcli ${nmcliWifi('wlan0', true).join(' ')}`;
  const system = recordedSystem({
    programs: { ...iwDev, 'iw dev wlan0 scan': refused, [nmcli]: recorded('nmcli-1.42-wifi.txt') },
  });
  expect((await wifiScan(system, command))[0]).toEqual({
    ssid: 'classroom',
    bssid: '3c:37:86:11:22:33',
    quality_pct: 72,
    channel: 6,
    security: 'WPA2',
  });
});

test('needing root is said with the command to type', async () => {
  const system = recordedSystem({ programs: { ...iwDev, 'iw dev wlan0 scan': refused } });
  await expect(wifiScan(system, command)).rejects.toThrow('only root may scan: sudo lamplighter wifi scan');
});

test('root is told what the program said', async () => {
  const busy = { stderr: 'command failed: Device or resource busy (-16)\n', code: 240 };
  const system = recordedSystem({ programs: { ...iwDev, 'iw dev wlan0 scan': busy }, root: true });
  await expect(wifiScan(system, command)).rejects.toThrow(
    'scanning with wlan0 failed: iw ended with 240 (command failed: Device or resource busy (-16))',
  );
});

test('another interface than a wireless one is a sentence', async () => {
  const system = recordedSystem({ programs: { 'iw dev': recorded('iw-5.19-dev.txt') } });
  await expect(wifiScan(system, 'lamplighter wifi scan', 'eth0')).rejects.toThrow(
    'eth0 is no WiFi interface: expected wlan0',
  );
});

test('no program is a sentence with the one to install', async () => {
  const system = recordedSystem({
    folders: { '/sys/class/net': ['wlan0'], '/sys/class/net/wlan0/wireless': ['status'] },
  });
  await expect(wifiScan(system, command)).rejects.toThrow('sudo apt install iw');
});

test('an empty scan is an answer, not a failure', async () => {
  const system = recordedSystem({ programs: { ...iwDev, 'iw dev wlan0 scan': '' }, root: true });
  expect(await wifiScan(system, command)).toEqual([]);
});
