import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connectAsync } from 'mqtt';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { packageFolder } from '../../build/licences';
import { buildRelease } from '../../build/release';
import { root } from '../../build/root';
import { Run } from '../cli/running';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-release-'));
const installed = join(folder, 'lamplighter');
const { dependencies, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  version: string;
};
let packed: string[] = [];

/** What `npm pack` packs, as npm would install it; what is fetched is that of the checkout. */
beforeAll(async () => {
  await buildRelease();
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const shell = process.platform === 'win32';
  const [report] = JSON.parse(
    execFileSync(npm, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], shell }),
  ) as { filename: string; files: { path: string }[] }[];
  packed = report!.files.map(({ path }) => path);
  execFileSync('tar', ['-xzf', report!.filename], { cwd: folder });
  renameSync(join(folder, 'package'), installed);
  rmSync(join(installed, 'node_modules'), { recursive: true });
  for (const name of Object.keys(dependencies)) {
    const link = join(installed, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link, 'junction');
  }
}, 120_000);

const runs: Run[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.signal('SIGKILL');
    await run.exit;
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): Run {
  const run = new Run(process.execPath, [join(installed, 'bin/lamplighter.mjs'), ...args], {}, folder);
  runs.push(run);
  return run;
}

describe('what npm packs', () => {
  test('has the bundle, the dashboard, the firmware and the documentation', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'bin/lamplighter.mjs',
        'contrib/lamplighter.service',
        'dist/dashboard/index.html',
        'dist/firmware.js',
        'dist/kit-config.mjs',
        'dist/lamplighter.mjs',
        'dist/licences.txt',
        'dist/loader.js',
        'dist/named-port.mjs',
        'dist/store-worker.mjs',
        'docs/gateway.ko.md',
        'docs/gateway.md',
        'kit.config.ts',
      ]),
    );
  });

  test('has nothing of its own to build, nothing to test, and nothing secret', () => {
    const own = packed.filter((path) => !path.startsWith('node_modules/'));
    const sources = own.filter((path) => /\.tsx?$/.test(path) && path !== 'kit.config.ts');
    expect(sources).toEqual([]);
    expect(own.filter((path) => /^data\/|kits\/|\.env$|\.db|\.map$|credentials\.json/.test(path))).toEqual(
      [],
    );
  });

  test('imports nothing but what comes along or is fetched', () => {
    const optional = ['bufferutil', 'utf-8-validate'];
    const known = [...builtinModules, ...Object.keys(dependencies), ...optional];
    const imported = readdirSync(join(installed, 'dist'))
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => readFileSync(join(installed, 'dist', file), 'utf8'))
      .flatMap((text) => ts.preProcessFile(text, true, true).importedFiles)
      .map(({ fileName }) => fileName.replace(/^node:/, ''))
      .filter((name) => !name.startsWith('.') && !known.includes(name.split('/')[0]!));
    expect([...new Set(imported)]).toEqual([]);
  });

  test('has the licence of each package in the bundle', () => {
    const licences = readFileSync(join(installed, 'dist/licences.txt'), 'utf8');
    for (const name of ['aedes', 'mqtt', 'pino', 'valibot', 'ws'])
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, MIT$`, 'm'));
    expect(licences).not.toContain('No text comes with the package.');
  });
});

describe('the installed release', () => {
  test('runs a gateway with its dashboard, and keeps what a kit reports', async () => {
    const ports = ['web', 'mqtt', 'tcp', 'udp'].flatMap((name) => [`--${name}-port`, '0']);
    const gateway = run('gateway', ...ports, '--data', 'history.db');
    const [, url] = await gateway.until(/HTTP API: (http:\/\/127\.0\.0\.1:\d+)/);
    const [, port] = await gateway.until(/"MQTT: 127\.0\.0\.1:(\d+)/);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ ok: true, version });
    const page = await (await fetch(`${url}/`)).text();
    const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page)!;
    expect((await fetch(`${url}${script}`)).status).toBe(200);

    const kit = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'kit_2', reconnectPeriod: 0 });
    await kit.publishAsync('iot/2/telemetry', '{"temperatureC":24.5,"humidityPct":45,"light":512,"seq":1}', {
      qos: 1,
    });
    await kit.endAsync();
    gateway.signal('SIGTERM');
    expect(await gateway.exit).toBe(0);
    expect(gateway.stderr).toBe('');

    const csv = run('export', '--data', 'history.db');
    expect(await csv.exit).toBe(0);
    expect(csv.stdout).toMatch(/kit_2.*24\.5/);
  });

  test('makes credentials, and finds what kit.config.ts imports', async () => {
    const made = run('credentials', 'add', 'kit2', '--generate', '--credentials', 'credentials.json');
    expect(await made.exit).toBe(0);
    expect(made.stdout).toContain('added kit2');
    const kits = run('kits');
    expect(await kits.exit).toBe(1);
    expect(kits.stderr).toContain('takes WIFI_PASSWORD from .env');
  });

  test('says that there is nothing to build', async () => {
    const build = run('build');
    expect(await build.exit).toBe(1);
    expect(build.stderr).toBe('lamplighter: this is a packed release: everything in it is built already\n');
  });
});

test.each([
  ['/a/node_modules/hono/dist/index.js', '/a/node_modules/hono'],
  ['/a/node_modules/@hono/node-server/dist/index.mjs', '/a/node_modules/@hono/node-server'],
  ['/a/node_modules/x/node_modules/y/z.js', '/a/node_modules/x/node_modules/y'],
  ['\0/a/node_modules/ws/index.js', '/a/node_modules/ws'],
  ['/a/cli/lamplighter.ts', undefined],
])('%j is of the package in %s', (id, expected) => {
  expect(packageFolder(id)).toBe(expected);
});
