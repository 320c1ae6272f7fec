import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Gateway, startGateway } from '../../gateway/gateway';
import { createLog } from '../../gateway/log';
import { readSettings } from '../../gateway/settings';
import { TlsFiles } from '../../gateway/tls-files';
import { renewedCertificate, renewedKey, testCertificate, testKey } from '../support/certificate';

let directory: string;
const file = (name: string) => join(directory, name);
const logged: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tls-files-'));
  logged.length = 0;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  write('cert.pem', testCertificate);
  write('key.pem', testKey);
  write('other.pem', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  write('chain.pem', `${testCertificate}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`);
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, pem: string): void {
  writeFileSync(file(name), pem.trimStart());
}

/** With TLS for MQTT and the dashboard, and no other door. */
function gateway(tlsCert: string, tlsKey: string): Promise<Gateway> {
  const off = { mqttPort: 'off', webPort: '0', tcpPort: 'off', udpPort: 'off' };
  const files = { tlsCert, tlsKey, data: 'data.db', credentials: 'credentials.json' };
  const flags = { ...off, ...files, httpsPort: '0', mqttsPort: '0' };
  const { settings } = readSettings({ flags, environment: {}, directory });
  const write = (line: string) => void logged.push((JSON.parse(line) as { msg: string }).msg);
  const log = createLog({ level: 'info', format: 'json', write });
  return startGateway(settings, { now: Date.now, log, dashboard: directory });
}

test.each([
  [
    'cert.pem',
    'other.pem',
    () => `--tls-key: ${file('other.pem')} is not the key of the certificate ${file('cert.pem')}`,
  ],
  ['key.pem', 'key.pem', () => `--tls-cert: ${file('key.pem')} is no certificate, PEM`],
  ['cert.pem', 'cert.pem', () => `--tls-key: ${file('cert.pem')} is no private key without password, PEM`],
  [
    'chain.pem',
    'key.pem',
    () => `--tls-cert: ${file('chain.pem')} is no certificate with its chain that TLS takes`,
  ],
])('%s with %s is refused by name', async (tlsCert, tlsKey, sentence) => {
  await expect(gateway(tlsCert, tlsKey)).rejects.toThrow(sentence());
});

describe('a certificate that is renewed', () => {
  async function connection({ listeners }: Gateway, protocol: 'https' | 'mqtts'): Promise<TLSSocket> {
    const { port } = listeners.find((listener) => listener.protocol === protocol)!;
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return socket;
  }

  test('is shown to whoever comes after that, by broker and dashboard, and ends no connection', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    // As certbot has it: names that lead to the newest of several files.
    symlinkSync(file('cert.pem'), file('live-cert.pem'));
    symlinkSync(file('key.pem'), file('live-key.pem'));
    const running = await gateway('live-cert.pem', 'live-key.pem');
    const before = await connection(running, 'https');
    try {
      write('cert2.pem', renewedCertificate);
      write('key2.pem', renewedKey);
      for (const name of ['cert', 'key']) {
        rmSync(file(`live-${name}.pem`));
        symlinkSync(file(`${name}2.pem`), file(`live-${name}.pem`));
      }
      vi.advanceTimersByTime(5000);
      for (const protocol of ['https', 'mqtts'] as const) {
        const socket = await connection(running, protocol);
        expect(socket.getPeerCertificate().subject.CN).toBe('renewed');
        socket.destroy();
      }
      before.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
      expect(String((await once(before, 'data'))[0])).toMatch(/^HTTP\/1\.1 200/);
      expect(before.getPeerCertificate().subject.CN).toBe('localhost');
      expect(logged.filter((line) => line.includes('renewed'))).toEqual([
        expect.stringMatching(/live-cert\.pem was renewed: from now on it is valid until .* 2117 GMT$/),
      ]);
    } finally {
      before.destroy();
      await running.stop();
      vi.useRealTimers();
    }
  });

  test('and is broken is said once, and the one before stays; whoever mends it need not start anew', () => {
    const files = new TlsFiles({
      ...{ tlsCert: file('cert.pem'), tlsKey: file('key.pem') },
      onTaken: () => logged.push('taken'),
      onRefused: (sentence) => logged.push(sentence),
    });
    const first = files.pair;
    const look = (times: number) => Array.from({ length: times }, () => files.look());
    look(2);
    expect(logged).toEqual([]);

    // Between the first and the second of two files they do not belong together.
    write('cert.pem', renewedCertificate);
    look(1);
    expect(logged).toEqual([]);
    look(3);
    expect(logged.splice(0)).toEqual([
      `--tls-key: ${file('key.pem')} is not the key of the certificate ${file('cert.pem')}; the certificate that was read before stays in use`,
    ]);
    write('cert.pem', 'half a certif');
    look(3);
    rmSync(file('cert.pem'));
    look(3);
    expect(logged.splice(0)).toEqual([
      expect.stringContaining('cert.pem is no certificate, PEM; the certificate that was read before'),
      expect.stringMatching(/^--tls-cert: cannot read .*; the certificate that was read before/),
    ]);
    expect(files.pair).toBe(first);

    write('cert.pem', renewedCertificate);
    write('key.pem', renewedKey);
    look(2);
    expect(logged).toEqual(['taken']);
    expect(files.pair.key).toBe(renewedKey.trimStart());
  });
});
