import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openerOf } from '../../cli/flash-ui/open-browser';
import { FlashUiServer } from '../../cli/flash-ui/server';
import { parseFlashUiOptions } from '../../cli/flash/flash-options';
import { StaticFiles } from '../../gateway/web/static-files';
import { commandLine, Run } from './running';

const files = { firmware: 'print(`${1}`)\xb0', loader: '1', kits: ['{"kit":2,"console":"open sesame"}'] };
const shell = '<!doctype html><html><head><title>x</title></head><body></body></html>';
const token = 'the-token-of-the-address';
const key = 'the-key-to-the-files';

let folder: string;
let server: FlashUiServer;
let port: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-ui-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), shell);
  writeFileSync(join(folder, 'assets', 'index-1234.js'), 'export {};');
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  server = new FlashUiServer({ files, dashboard: StaticFiles.read(folder)!, shell, token, key });
  const address = await server.start();
  const [, found] = /^http:\/\/127\.0\.0\.1:(\d+)\/flash#token=the-token-of-the-address$/.exec(address)!;
  port = Number(found);
});

afterEach(() => server.stop());

interface Answer {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

/** As a program asks that may say of itself what it likes. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () =>
        resolve({ status: response.statusCode!, body: text, headers: response.headers }),
      );
    });
    asked.on('error', reject).end(body);
  });
}

const trade = (given = token, headers = {}): Promise<Answer> => ask('/api/flash/key', headers, 'POST', given);
const bearer = (given: string): Record<string, string> => ({ authorization: `Bearer ${given}` });

test('the page says who serves it, may run nothing but its own files, and is kept by nobody', async () => {
  for (const path of ['/', '/flash', '/flash?x=1']) {
    const { status, body, headers } = await ask(path);
    expect([path, status]).toEqual([path, 200]);
    expect(body).toContain('<meta name="lamplighter-page" content="flash" /></head>');
    expect(headers['content-security-policy']).toMatch(/default-src 'self';.* frame-ancestors 'none'/);
    expect(headers['cache-control']).toBe('no-store');
  }
  expect(await ask('/assets/index-1234.js')).toMatchObject({ status: 200, body: 'export {};' });
});

test('the token is traded once for the key, and the key opens the files', async () => {
  expect(await trade()).toMatchObject({ status: 200, body: key });
  const { status, body, headers } = await ask('/api/flash/files', bearer(key));
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual(files);
  expect(headers['cache-control']).toBe('no-store');
  expect(await trade()).toMatchObject({ status: 403, body: 'the address was used already\n' });
  // A page that is loaded anew has its key.
  expect(await ask('/api/flash/files', bearer(key))).toMatchObject({ status: 200 });
});

describe('the passwords go to nobody else:', () => {
  test.each([
    ['without a key', () => ask('/api/flash/files')],
    ['with the token for a key', () => ask('/api/flash/files', bearer(token))],
    ['with a wrong key of the same length', () => ask('/api/flash/files', bearer(key.replace('t', 'x')))],
    ['with a wrong token', () => trade('the-token-of-the-addresz')],
    ['with a longer token', () => trade(`${token}x`)],
    [
      'under a name that leads here',
      () => ask('/api/flash/files', { host: `evil.example:${port}`, ...bearer(key) }),
    ],
    ['under this name and another port', () => ask('/flash', { host: '127.0.0.1:1' })],
    ['for a page of somebody else', () => trade(token, { origin: 'http://evil.example' })],
    ['for a page of another program here', () => trade(token, { origin: 'http://127.0.0.1:5000' })],
    ['for a page without an origin', () => trade(token, { origin: 'null' })],
  ])('%s: 403', async (_how, attempt) => {
    const { status, body } = await attempt();
    expect(status).toBe(403);
    expect(body).not.toMatch(/sesame|the-key/);
    // And the token has not been used up by it.
    expect(await trade()).toMatchObject({ status: 200 });
  });

  test('what is no page and no file is not there, and nothing else is done', async () => {
    expect(await ask('/iot/2')).toMatchObject({ status: 404 });
    expect(await ask('/../package.json')).toMatchObject({ status: 404 });
    expect(await ask('/flash', {}, 'DELETE')).toMatchObject({ status: 405 });
    expect(await ask('/api/flash/key')).toMatchObject({ status: 405 });
    expect(await ask('/api/flash/key', {}, 'POST', 'x'.repeat(1000))).toMatchObject({ status: 413 });
  });
});

test('the address is opened by whatever opens addresses on this system', () => {
  const address = 'http://127.0.0.1:5/flash#token=x';
  expect(openerOf('linux', address)).toEqual(['xdg-open', [address]]);
  expect(openerOf('darwin', address)).toEqual(['open', [address]]);
  expect(openerOf('win32', address)).toEqual(['rundll32', ['url.dll,FileProtocolHandler', address]]);
});

test('with --ui only --kit and --config mean something', () => {
  expect(parseFlashUiOptions({ ui: true, kit: '3' })).toEqual({ kit: 3 });
  expect(parseFlashUiOptions({ ui: true })).toEqual({ kit: undefined });
  expect(() => parseFlashUiOptions({ port: ['COM3'] })).toThrow(
    '-p: means nothing with --ui, where the browser flashes',
  );
  expect(() => parseFlashUiOptions({ dryRun: true })).toThrow('--dry-run: means nothing with --ui');
  expect(() => parseFlashUiOptions({ kit: '2,3' })).toThrow('--kit: expected a whole number from 1 to 9999');
});

describe('lamplighter flash --ui', () => {
  function configFile(kits: string): string {
    const file = join(folder, 'kit.config.ts');
    const network = "{ ssid: 'home', password: 'correct horse' }";
    writeFileSync(
      file,
      `export default { networks: [${network}], broker: { host: '192.0.2.1' }, ${kits} };\n`,
    );
    return file;
  }

  test('serves until Ctrl-C, says where, and keeps the passwords out of what it prints', async () => {
    const config = configFile("kits: [{ kit: 2 }, { kit: 4, board: 'esp32' }]");
    const run = new Run(process.execPath, commandLine(['flash', '--ui', '--kit', '4', '--config', config]));
    const [, address, once] = await run.until(/^ {2}(http:\/\/127\.0\.0\.1:\d+)\/flash#token=([\w-]{32})$/m);
    expect(run.stdout).toContain('Flash page for kit.config.ts, kits 2, 4:\n');
    const answer = await fetch(`${address}/api/flash/key`, { method: 'POST', body: once! });
    const given = await fetch(`${address}/api/flash/files`, { headers: bearer(await answer.text()) });
    const { kits, kit, firmware } = (await given.json()) as { kits: string[]; kit: number; firmware: string };
    expect(kits.map((text) => (JSON.parse(text) as { kit: number }).kit)).toEqual([2, 4]);
    expect([kit, firmware.length > 10_000]).toEqual([4, true]);
    run.signal('SIGINT');
    expect(await run.exit).toBe(0);
    expect(run.text()).not.toContain('correct horse');
  });

  test('what cannot be meant, or is wrong in kit.config.ts, is said instead', async () => {
    const run = async (...args: string[]): Promise<[string, number | null]> => {
      const { exit, stderr } = await ended(
        new Run(process.execPath, commandLine(['flash', '--ui', ...args])),
      );
      return [stderr, exit];
    };
    expect(await run('-p', 'COM3')).toEqual([
      'lamplighter: -p: means nothing with --ui, where the browser flashes\n',
      2,
    ]);
    const config = configFile('kits: [{ kit: 2 }]');
    expect(await run('--kit', '9', '--config', config)).toEqual([
      'lamplighter: --kit: expected one of the kits of kit.config.ts, 2, got 9\n',
      2,
    ]);
    const [sentence, code] = await run('--config', configFile('kits: []'));
    expect(sentence).toMatch(/^lamplighter: kit\.config\.ts: kits: expected /);
    expect(code).toBe(9);
  });
});

async function ended(run: Run): Promise<{ exit: number | null; stderr: string }> {
  const exit = await run.exit;
  return { exit, stderr: run.stderr };
}
