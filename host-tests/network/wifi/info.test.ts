import { describe, expect, test } from 'vitest';
import { noWifi, wifiInfo, wifiInterfaces } from '../../../network/wifi/info';
import { parseIwDev, parseIwLink } from '../../../network/wifi/iw';
import { nmcliDevices, nmcliWifi, parseNmcliDevices, rows } from '../../../network/wifi/nmcli';
import { channelOf, percentOf, qualityText } from '../../../network/wifi/signal';
import { parseIwconfig, parseIwgetid, parseProcWireless } from '../../../network/wifi/wireless-tools';
import { recorded, recordedSystem } from './recorded';

const addresses = { wlan0: ['192.168.0.7', 'fe80::ba27:ebff:fe64:129f'] };

test('iw tells everything but quality, and /proc/net/wireless adds that', async () => {
  const system = recordedSystem({
    programs: {
      'iw dev': recorded('iw-5.19-dev.txt'),
      'iw dev wlan0 link': recorded('iw-5.19-link.txt'),
    },
    files: { '/proc/net/wireless': recorded('proc-net-wireless.txt') },
    addresses,
  });
  expect(await wifiInfo(system)).toEqual({
    interface: 'wlan0',
    ssid: 'classroom 5G',
    ip_addresses: addresses.wlan0,
    signal_dbm: -52,
    quality: '58/70',
    channel: 44,
    bitrate_mbps: 390,
    mac_address: 'b8:27:eb:64:12:9f',
  });
});

test('who can tell nothing new is not asked: NetworkManager might scan, and the connection would stutter', async () => {
  const system = recordedSystem({
    programs: {
      'iw dev': recorded('iw-5.19-dev.txt'),
      'iw dev wlan0 link': recorded('iw-5.19-link.txt'),
      nmcli: '',
      'iwconfig wlan0': recorded('iwconfig-30.txt'),
    },
  });
  await wifiInfo(system);
  expect(system.ran.filter((line) => !line.startsWith('iw dev'))).toEqual(['iwconfig wlan0']);
  expect(nmcliWifi('wlan0', false).join(' ')).toMatch(/ --rescan no$/);
});

test('without iw, nmcli and then /sys tell what they know, and signal is left out since nmcli has only percent', async () => {
  const system = recordedSystem({
    programs: {
      [`nmcli ${nmcliDevices.join(' ')}`]: recorded('nmcli-1.42-status.txt'),
      [`nmcli ${nmcliWifi('wlan0', false).join(' ')}`]: recorded('nmcli-1.42-wifi.txt'),
    },
    files: { '/sys/class/net/wlan0/address': 'b8:27:eb:64:12:9f\n' },
  });
  expect(await wifiInfo(system)).toEqual({
    interface: 'wlan0',
    ssid: 'classroom',
    ip_addresses: [],
    channel: 6,
    bitrate_mbps: 130,
    mac_address: 'b8:27:eb:64:12:9f',
  });
});

test('with wireless-tools alone, iwconfig tells', async () => {
  const system = recordedSystem({
    programs: { iwconfig: recorded('iwconfig-30.txt'), 'iwconfig wlan0': recorded('iwconfig-30.txt') },
    addresses,
  });
  expect(await wifiInfo(system)).toEqual({
    interface: 'wlan0',
    ssid: 'LAB-AP',
    ip_addresses: addresses.wlan0,
    signal_dbm: -52,
    quality: '58/70',
    channel: 6,
    bitrate_mbps: 72.2,
  });
});

test('with nothing installed, /sys and /proc tell', async () => {
  const system = recordedSystem({
    files: {
      '/proc/net/wireless': recorded('proc-net-wireless.txt'),
      '/sys/class/net/wlan0/address': 'b8:27:eb:64:12:9f\n',
    },
    folders: { '/sys/class/net': ['eth0', 'lo', 'wlan0'], '/sys/class/net/wlan0/wireless': ['status'] },
  });
  expect(await wifiInfo(system)).toEqual({
    interface: 'wlan0',
    ip_addresses: [],
    signal_dbm: -52,
    quality: '58/70',
    mac_address: 'b8:27:eb:64:12:9f',
  });
});

test('an interface that is not connected has its address and no more', async () => {
  const system = recordedSystem({
    programs: {
      'iw dev': recorded('iw-3.4-dev.txt'),
      'iw dev wlan0 link': recorded('iw-5.19-link-none.txt'),
    },
    files: { '/sys/class/net/wlan0/address': 'b8:27:eb:64:12:9f\n' },
  });
  expect(await wifiInfo(system)).toEqual({
    interface: 'wlan0',
    ip_addresses: [],
    mac_address: 'b8:27:eb:64:12:9f',
  });
});

test('no WiFi interface is one sentence', async () => {
  await expect(wifiInfo(recordedSystem({ folders: { '/sys/class/net': ['eth0', 'lo'] } }))).rejects.toThrow(
    noWifi,
  );
});

test('an interface that is none of WiFi is refused with those that are', async () => {
  const system = recordedSystem({ programs: { 'iw dev': recorded('iw-5.19-dev.txt') } });
  await expect(wifiInfo(system, 'eth0')).rejects.toThrow('eth0 is no WiFi interface: expected wlan0');
});

test('a monitor, which is no station, is not taken for one', () => {
  expect(parseIwDev(recorded('iw-5.19-dev.txt')).map((station) => station.interface)).toEqual(['wlan0']);
});

test('the connected one of two interfaces comes first', async () => {
  const status = { [`nmcli ${nmcliDevices.join(' ')}`]: recorded('nmcli-1.42-status.txt') };
  expect(await wifiInterfaces(recordedSystem({ programs: status }))).toEqual(['wlan0', 'wlan1']);
});

test('a Korean name comes out of its escapes, and a frequency may have a decimal', () => {
  expect(parseIwLink(recorded('iw-6.9-link-korean.txt'))).toEqual({
    ssid: '교실',
    signal_dbm: -71,
    channel: 6,
    bitrate_mbps: 6.5,
  });
});

describe('iwconfig', () => {
  test.each([
    [
      '30',
      'iwconfig-30.txt',
      { ssid: 'LAB-AP', channel: 6, bitrate_mbps: 72.2, signal_dbm: -52, quality: '58/70' },
    ],
    [
      '27, with colons and a quote in the name',
      'iwconfig-27-ndis.txt',
      { ssid: 'the "old" one', channel: 1, bitrate_mbps: 54, signal_dbm: -38, quality: '88/100' },
    ],
    ['not connected', 'iwconfig-30-off.txt', {}],
    [
      'a level in units of the driver is no dBm',
      'iwconfig-30-level-of-100.txt',
      { ssid: 'attic', channel: 11, bitrate_mbps: 150, quality: '60/100' },
    ],
  ])('%s', (_, file, expected) => {
    expect(parseIwconfig(recorded(file))).toEqual([{ interface: 'wlan0', ...expected }]);
  });
});

test('/proc/net/wireless: what is 0 was not measured', () => {
  expect([...parseProcWireless(recorded('proc-net-wireless.txt'))]).toEqual([
    ['wlan0', { signal_dbm: -52, quality: '58/70' }],
    ['wlan1', {}],
  ]);
});

test('iwgetid may name nothing', () => {
  expect([parseIwgetid('LAB AP \n'), parseIwgetid('')]).toEqual([{ ssid: 'LAB AP ' }, {}]);
});

test('nmcli: the state of a device does not decide whether it is one', () => {
  expect(parseNmcliDevices('wlan0:wifi:unavailable\nusb0:ethernet:connected\n')).toEqual(['wlan0']);
  expect(rows('a\\:b:\\\\:\n\nc:')).toEqual([
    ['a:b', '\\', ''],
    ['c', ''],
  ]);
});

test.each([
  [2412, 1],
  [2472, 13],
  [2484, 14],
  [5180, 36],
  [5825, 165],
  [5955, 1],
  [7115, 233],
  [4920, 184],
  [NaN, undefined],
  [2400, undefined],
])('%d MHz is channel %s', (mhz, channel) => {
  expect(channelOf(mhz)).toBe(channel);
});

test.each([
  [-30, 100, '70/70'],
  [-52, 76, '58/70'],
  [-90, 0, '20/70'],
  [-115, 0, '0/70'],
])('%d dBm is %d %% and %s', (dbm, percent, quality) => {
  expect([percentOf(dbm), qualityText(dbm)]).toEqual([percent, quality]);
});
