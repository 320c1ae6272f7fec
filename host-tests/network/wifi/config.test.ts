import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyNetworks } from '../../../network/wifi/apply';
import { checkKeyfile, checkWpaSupplicant, supplicantVerdict } from '../../../network/wifi/check-config';
import {
  type KnownNetwork,
  networkManagerKeyfiles,
  nmcliLines,
  wpaSupplicantConf,
} from '../../../network/wifi/config';
import { pskOf } from '../../../network/wifi/psk';
import { writeSecretFiles } from '../../../network/wifi/write-config';
import { thisSystem } from '../../../network/system';
import { inNamespaces, installed } from '../../support/system-programs';
import { recordedSystem } from './recorded';

const networks: KnownNetwork[] = [
  { ssid: 'classroom', password: 'correct horse', priority: 2, hidden: false },
  { ssid: '교실', password: '비밀번호입니다', priority: 1, hidden: true },
  { ssid: 'Cafe', priority: 0, hidden: false },
];
const plain = { country: 'KR', hash: false, wpa3: false };
const hashed = { ...plain, hash: true };
const folder = () => mkdtempSync(join(tmpdir(), 'lamplighter-wifi-'));

test('wpa_supplicant.conf: the head, then the networks; what is not plain ASCII goes as bytes and as a key', () => {
  expect(wpaSupplicantConf(networks, plain)).toBe(`country=KR
ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev
update_config=1

network={
\tssid="classroom"
\tpsk="correct horse"
\tkey_mgmt=WPA-PSK
\tpriority=2
}

network={
\tssid=${Buffer.from('교실').toString('hex')}
\tscan_ssid=1
\tpsk=${pskOf('교실', '비밀번호입니다')}
\tkey_mgmt=WPA-PSK
\tpriority=1
}

network={
\tssid="Cafe"
\tkey_mgmt=NONE
\tpriority=0
}
`);
});

test('for WPA3 beside WPA2 wpa_supplicant gets the password itself, and as bytes where it is not plain ASCII', () => {
  const text = wpaSupplicantConf(networks, { ...plain, wpa3: true });
  const tail = '\tkey_mgmt=WPA-PSK SAE\n\tieee80211w=1\n';
  expect(text).toContain(`\tpsk="correct horse"\n${tail}`);
  expect(text).toContain(
    `\tpsk=${pskOf('교실', '비밀번호입니다')}\n\tsae_password=${Buffer.from('비밀번호입니다').toString('hex')}\n${tail}`,
  );
  expect(text).toContain('\tssid="Cafe"\n\tkey_mgmt=NONE\n\tpriority=0\n');
});

test('the country is set by the nmcli lines where it is known', () => {
  expect(nmcliLines(networks, plain)).toContain('\niw reg set KR\n');
  expect(nmcliLines(networks, { hash: false })).not.toContain('iw reg');
});

test('with --hash no password is left in any of the three', () => {
  const files = networkManagerKeyfiles(networks, hashed);
  for (const text of [wpaSupplicantConf(networks, hashed), nmcliLines(networks, hashed), ...files.values()])
    expect(text).not.toMatch(/correct horse|비밀/);
});

test('key files for NetworkManager: one a network, with the same identity each time', () => {
  const files = networkManagerKeyfiles(networks, plain);
  expect([...files.keys()]).toEqual([
    'lamplighter-classroom.nmconnection',
    expect.stringMatching(/^lamplighter-__-[\da-f]{6}\.nmconnection$/),
    'lamplighter-Cafe.nmconnection',
  ]);
  expect(files.get('lamplighter-classroom.nmconnection')).toMatch(
    /^\[connection\]\nid=lamplighter classroom\nuuid=[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}\ntype=wifi\nautoconnect-priority=2\n\n\[wifi\]\nmode=infrastructure\nssid=classroom\n\n\[wifi-security\]\nkey-mgmt=wpa-psk\npsk=correct horse\n/,
  );
  expect([...files.values()][1]).toContain('ssid=교실\nhidden=true\n');
  expect(networkManagerKeyfiles(networks, plain)).toEqual(files);
});

test.each([
  ['a;b', '97;59;98;'],
  [' edge ', '32;101;100;103;101;32;'],
  ['12;', '49;50;59;'],
  ['back\\slash', [...Buffer.from('back\\slash')].map((byte) => `${byte};`).join('')],
])('a key file takes the name %j as bytes', (ssid, bytes) => {
  const [text] = networkManagerKeyfiles([{ ssid, priority: 0, hidden: false }], plain).values();
  expect(text).toContain(`\nssid=${bytes}\n`);
});

test('the nmcli lines survive a shell, whatever is in a name or a password', () => {
  const nasty = { ssid: `it's "$HOME"`, password: "pass'word `id`", priority: 0, hidden: true };
  // The shell itself reads them, with an nmcli that prints its arguments.
  const script = `iw() { :; }; nmcli() { printf '%s\\n' "$@"; }\n${nmcliLines([nasty], plain)}`;
  const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n');
  expect(said).toContain(nasty.ssid);
  expect(said).toContain(nasty.password);
  expect(said).toContain('802-11-wireless.hidden');
});

/** Where a wpa_supplicant of this computer would have its sockets. */
function supplicantSockets(): string[] {
  const place = '/run/wpa_supplicant';
  return existsSync(place) ? readdirSync(place) : [];
}

describe('beside the real programs', () => {
  test.runIf(installed('wpa_passphrase'))('the key is that of wpa_passphrase', () => {
    for (const { ssid, password } of [
      { ssid: 'classroom', password: 'correct horse' },
      { ssid: '교실', password: 'password with "quotes" and \\' },
      { ssid: 'x'.repeat(32), password: '8'.repeat(63) },
    ]) {
      const said = spawnSync('wpa_passphrase', [ssid, password], { encoding: 'utf8' }).stdout;
      expect(said).toContain(`\n\tpsk=${pskOf(ssid, password)}\n`);
    }
  });

  test.runIf(inNamespaces('wpa_supplicant'))('wpa_supplicant reads what is written', async () => {
    const system = thisSystem(process.env);
    const odd: KnownNetwork[] = [
      ...networks,
      { ssid: 'quote"d', password: 'quo"ted pass', priority: 0, hidden: false },
      { ssid: '#hash', password: 'a # in it', priority: 0, hidden: true },
      { ssid: 'back\\slash', password: 'back\\slash\\n', priority: 0, hidden: false },
    ];
    const before = supplicantSockets();
    for (const options of [plain, hashed, { ...plain, wpa3: true }]) {
      const file = join(folder(), 'wpa_supplicant.conf');
      writeFileSync(file, wpaSupplicantConf(odd, options));
      expect(await checkWpaSupplicant(system, file)).toEqual({ verdict: 'good' });
    }
    // It has made its own somewhere else.
    expect(supplicantSockets()).toEqual(before);
  });

  test.runIf(inNamespaces('wpa_supplicant'))(
    'and refuses a broken one, without repeating the password',
    async () => {
      const file = join(folder(), 'wpa_supplicant.conf');
      writeFileSync(file, wpaSupplicantConf(networks, plain).replace('psk="correct horse"', 'psk="correct'));
      const checked = await checkWpaSupplicant(thisSystem(process.env), file);
      expect(checked.verdict).toBe('bad');
      expect(JSON.stringify(checked)).toMatch(/Line 7/);
      expect(JSON.stringify(checked)).not.toMatch(/correct/);
    },
  );
});

test('without wpa_supplicant the file is not checked, and that is said', async () => {
  expect(await checkWpaSupplicant(recordedSystem({}), 'x')).toEqual({
    verdict: 'not checked',
    reason: 'wpa_supplicant is not installed',
  });
  expect(supplicantVerdict('unshare: unshare failed: Operation not permitted\n')).toEqual({
    verdict: 'not checked',
    reason: 'wpa_supplicant could not be started: unshare: unshare failed: Operation not permitted',
  });
});

describe('a key file', () => {
  const command = 'nmcli --offline connection modify connection.autoconnect yes';
  // What nmcli 1.42.4 said to files of ours that were spoilt on purpose, and an older one to its option.
  test.each([
    [{ code: 0, stdout: '[connection]\nid=x\n' }, { verdict: 'good' }],
    [
      {
        code: 1,
        stderr: 'Error: Error writing connection: 802-11-wireless-security.key-mgmt: property is missing\n',
      },
      {
        verdict: 'bad',
        reason: 'Error writing connection: 802-11-wireless-security.key-mgmt: property is missing',
      },
    ],
    [
      {
        code: 1,
        stderr: 'Key file contains line “my secret” which is not a key-value pair, group, or comment\n',
      },
      {
        verdict: 'bad',
        reason: 'Key file contains line “…” which is not a key-value pair, group, or comment',
      },
    ],
    [
      { code: 2, stderr: "Error: Option '--offline' is unknown, try 'nmcli -help'.\n" },
      { verdict: 'not checked', reason: 'this nmcli cannot read a file: 1.38 is the first that can' },
    ],
  ])('%j: %j', async (said, checked) => {
    expect(await checkKeyfile(recordedSystem({ programs: { [command]: said } }), 'x')).toEqual(checked);
  });

  test('without nmcli it is not checked, and that is said', async () => {
    expect(await checkKeyfile(recordedSystem({}), 'x')).toEqual({
      verdict: 'not checked',
      reason: 'nmcli is not installed',
    });
  });
});

describe('writing', () => {
  test('what cannot be written is said with its name', async () => {
    const file = join(folder(), 'no folder');
    writeFileSync(file, '');
    await expect(
      writeSecretFiles(new Map([[join(file, 'x.conf'), 'secret']]), { force: true, stamp: 'now' }),
    ).rejects.toThrow(`cannot write ${file}/x.conf: there is a file where its folder should be`);
  });

  test('when the disk fails, what was there stays, and no half of a backup beside it', async () => {
    const file = join(folder(), 'a.conf');
    writeFileSync(file, 'mine');
    // What cannot be opened for writing stands for what cannot be written.
    mkdirSync(join(file, '..', '.now.part', 'x'), { recursive: true });
    const files = new Map([[file, 'new']]);
    await expect(writeSecretFiles(files, { force: true, stamp: 'now' })).rejects.toThrow(
      `cannot write ${file}`,
    );
    expect(readdirSync(join(file, '..'))).toEqual(['.now.part', 'a.conf']);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('only the owner may read the file', async () => {
    const file = join(folder(), 'a.conf');
    await writeSecretFiles(new Map([[file, 'secret']]), { force: false, stamp: 'now' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, '..'))).toEqual(['a.conf']);
  });

  test('a file that is there stays as it is, and so do all others', async () => {
    const place = folder();
    const [first, second] = [join(place, 'a'), join(place, 'b')];
    writeFileSync(second, 'mine');
    const files = new Map([
      [first, 'new'],
      [second, 'new'],
    ]);
    await expect(writeSecretFiles(files, { force: false, stamp: 'now' })).rejects.toThrow(
      `${second} exists already: --force replaces it and keeps a backup`,
    );
    expect(readdirSync(place)).toEqual(['b']);
    expect(await writeSecretFiles(files, { force: true, stamp: 'now' })).toEqual([
      { file: first },
      { file: second, backup: `${second}.now.bak` },
    ]);
    expect([readFileSync(second, 'utf8'), readFileSync(`${second}.now.bak`, 'utf8')]).toEqual([
      'new',
      'mine',
    ]);
    expect(statSync(`${second}.now.bak`).mode & 0o777).toBe(0o600);
  });
});

describe('connecting now', () => {
  const join1 = 'nmcli device wifi connect classroom password correct horse';
  const join2 = 'nmcli device wifi connect 교실 password 비밀번호입니다 hidden yes';
  const absent = { stderr: "Error: No network with SSID 'classroom' found.\n", code: 10 };

  test('the first network that is there is taken, in the order of priority', async () => {
    const system = recordedSystem({ programs: { [join1]: absent, [join2]: 'Device activated' } });
    const tried: string[] = [];
    expect(await applyNetworks(system, networks, (ssid) => tried.push(ssid))).toBe('교실');
    expect(tried).toEqual(['classroom', '교실']);
    expect(system.ran).toEqual([join1, join2]);
  });

  test('when none can be joined, what was said of each is told', async () => {
    const system = recordedSystem({ programs: { [join1]: absent } });
    await expect(applyNetworks(system, networks.slice(0, 1), () => undefined)).rejects.toThrow(
      "no network could be joined: classroom: No network with SSID 'classroom' found.",
    );
  });
});
