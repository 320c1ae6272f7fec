import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway } from '../../gateway/gateway';
import { createLog } from '../../gateway/log';
import { readSettings } from '../../gateway/settings';
import { testCertificate, testKey } from '../support/certificate';

const directory = mkdtempSync(join(tmpdir(), 'tls-files-'));
const file = (name: string) => join(directory, name);

beforeAll(() => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file('cert.pem'), testCertificate.trimStart());
  writeFileSync(file('key.pem'), testKey.trimStart());
  writeFileSync(file('other.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  [
    'cert.pem',
    'other.pem',
    () => `--tls-key: ${file('other.pem')} is not the key of the certificate ${file('cert.pem')}`,
  ],
  ['key.pem', 'key.pem', () => `--tls-cert: ${file('key.pem')} is no certificate, PEM`],
  ['cert.pem', 'cert.pem', () => `--tls-key: ${file('cert.pem')} is no private key without password, PEM`],
])('%s with %s is refused by name', async (tlsCert, tlsKey, sentence) => {
  const off = {
    mqttPort: 'off',
    webPort: '0',
    httpsPort: '0',
    mqttsPort: 'off',
    tcpPort: 'off',
    udpPort: 'off',
  };
  const flags = { ...off, tlsCert, tlsKey, data: 'data.db', credentials: 'credentials.json' };
  const { settings } = readSettings({ flags, environment: {}, directory });
  const log = createLog({ level: 'silent', format: 'json', write: () => undefined });
  await expect(startGateway(settings, { now: Date.now, log, dashboard: directory })).rejects.toThrow(
    sentence(),
  );
});
