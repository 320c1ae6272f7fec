import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { commandLine, listening, Run } from '../running';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-gateway-'));
const credentials = join(folder, 'credentials.json');
const runs: Run[] = [];

afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.signal('SIGKILL');
    await run.exit;
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: string[], env: NodeJS.ProcessEnv = {}): Run {
  const run = new Run(process.execPath, commandLine(args), env);
  runs.push(run);
  return run;
}

/** `lamplighter gateway` on free ports, with a history and credentials of its own. */
function gateway(args: string[] = [], env: NodeJS.ProcessEnv = {}): Run {
  const ports = ['web', 'mqtt', 'tcp', 'udp'].flatMap((name) => [`--${name}-port`, '0']);
  return run(
    ['gateway', ...ports, '--data', join(folder, 'history.db'), '--credentials', credentials, ...args],
    env,
  );
}

/** The address that a sentence of a running gateway tells: `MQTT`, `readings over TCP`. */
async function addressIn(run: Run, what: string): Promise<{ url: string; port: number }> {
  const [, url, port] = await run.until(
    new RegExp(`${what}: (?:\\S+, )*((?:http://)?127\\.0\\.0\\.1:(\\d+))`),
  );
  return { url: url!, port: Number(port) };
}

async function refusal(run: Run): Promise<string> {
  expect(await run.exit).toBe(1);
  expect(run.stderr).toMatch(/^lamplighter: [^\n]+\n$/);
  return run.stderr.slice('lamplighter: '.length, -1);
}

describe('lamplighter gateway', () => {
  it('tells where it listens, takes a reading, and has it after it was ended and started again', async () => {
    const first = gateway();
    const { url } = await addressIn(first, 'dashboard and HTTP API');
    const mqtt = await addressIn(first, '"MQTT');
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ ok: true });
    const body = JSON.stringify({ temperature: 21.5, timestamp: 1767225600 });
    const posted = await fetch(`${url}/api/sensors/greenhouse/data`, { method: 'POST', body });
    expect(posted.status).toBe(201);
    first.signal('SIGTERM');
    expect(await first.exit).toBe(0);
    expect(first.stderr).toBe('');
    expect(await listening(mqtt.port)).toBe(false);

    const second = gateway();
    const { url: urlThen } = await addressIn(second, 'dashboard and HTTP API');
    const span = '?from=1767225600&to=1767225601';
    expect(await (await fetch(`${urlThen}/api/sensors/greenhouse/data${span}`)).text()).toContain('21.5');
    const csv = run([
      'export',
      '--data',
      join(folder, 'history.db'),
      '--sensor',
      'greenhouse',
      '--from',
      '2025-12-01',
    ]);
    expect(await csv.exit).toBe(0);
    expect(csv.stdout).toMatch(/^[\w,]+\r?\n.*greenhouse.*21\.5/);
  });

  it('logs JSON lines in a pipe, and text when it is told so', async () => {
    const json = gateway();
    await addressIn(json, '"MQTT');
    json.signal('SIGTERM');
    expect(await json.exit).toBe(0);
    for (const line of json.stdout.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({
        level: 'info',
        time: expect.stringMatching(/^20.*Z$/),
        msg: expect.any(String),
      });
    const text = gateway([], { LAMPLIGHTER_LOG_FORMAT: 'text' });
    await text.until(/^\d\d:\d\d:\d\d MQTT: 127\.0\.0\.1:\d+$/m);
  });

  it('shows the settings of the kits in kit.config.ts, and does without when the file is wrong', async () => {
    const good = gateway();
    const { url } = await addressIn(good, 'dashboard and HTTP API');
    const shown = async () =>
      JSON.stringify(await (await fetch(`${url}/api/kits`)).json()).includes('"holdMs":10000');
    // The file is read after the start, and nothing tells when that is done.
    while (!(await shown())) await new Promise((resolve) => setTimeout(resolve, 20));
    good.signal('SIGTERM');
    await good.exit;
    const wrong = join(folder, 'kit.config.ts');
    writeFileSync(wrong, 'export default { kits: 3 };');
    const other = gateway(['--kits', wrong]);
    await other.until(/"warn".*kit\.config\.ts: .*the dashboard shows no settings of kits/);
    other.signal('SIGTERM');
    expect(await other.exit).toBe(0);
  });

  it('drains in time with clients of every kind connected, and ends at once on a second signal', async () => {
    for (const signals of [1, 2]) {
      const run = gateway();
      const { port } = await addressIn(run, 'dashboard and HTTP API');
      const mqtt = await connectAsync(`mqtt://127.0.0.1:${(await addressIn(run, '"MQTT')).port}`, {
        reconnectPeriod: 0,
      });
      const live = new WebSocket(`ws://127.0.0.1:${port}/live`);
      await once(live, 'message');
      // A request that is under way is what draining waits for.
      const slow = connect(port, '127.0.0.1');
      slow.on('error', () => undefined);
      slow.write('POST /api/sensors/slow/data HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{');
      await fetch(`http://127.0.0.1:${port}/healthz`);
      run.signal('SIGTERM');
      await run.until(/"ending"/);
      if (signals === 2) run.signal('SIGTERM');
      // Draining that takes longer than 1.8 s ends with 1.
      expect(await run.exit).toBe(signals === 2 ? 143 : 0);
      live.terminate();
      slow.destroy();
      mqtt.end(true);
    }
  });

  it('notes what was said in vain', async () => {
    const run = gateway(['--open-ingest'], { LAMPLIGHTER_WEBPORT: '1' });
    await run.until(/"warn".*LAMPLIGHTER_WEBPORT is no setting; lamplighter gateway --help lists them/);
    await run.until(/"warn".*--open-ingest changes nothing while only this computer can connect/);
  });
});

describe('a second gateway on one history', () => {
  it('is refused with the process and the file, and one that was killed is in nobody’s way', async () => {
    const data = join(folder, 'history.db');
    const first = gateway();
    const { url } = await addressIn(first, 'dashboard and HTTP API');
    expect(await refusal(gateway())).toBe(
      `${data}: process ${first.pid} keeps its history there: end that gateway, or choose another file with --data`,
    );
    const body = '{"temperature":21.5}';
    const headers = { 'Idempotency-Key': 'after-the-refusal' };
    const posted = await fetch(`${url}/api/sensors/cellar/data`, { method: 'POST', body, headers });
    expect(posted.status).toBe(201);
    const csv = run(['export', '--data', data, '--sensor', 'cellar']);
    expect(await csv.exit).toBe(0);
    expect(csv.stdout).toContain('21.5');
    first.signal('SIGKILL');
    await first.exit;
    await addressIn(gateway(), 'dashboard and HTTP API');
  });
});

describe('a gateway for others', () => {
  it('is refused without credentials; with some it listens, asks for a login, and says what is open', async () => {
    expect(await refusal(gateway(['--listen', '0.0.0.0']))).toBe(
      `--listen 0.0.0.0 lets others in, and ${credentials} knows nobody yet: make credentials first with lamplighter credentials add kit2, or listen on 127.0.0.1`,
    );
    const made = run([
      'credentials',
      'add',
      'teacher',
      '--role',
      'controller',
      '--generate',
      '--credentials',
      credentials,
    ]);
    expect(await made.exit).toBe(0);
    const [, password] = /^password: (\S+)/m.exec(made.stdout)!;

    const others = gateway(['--listen', '0.0.0.0', '--open-ingest']);
    const { url } = await addressIn(others, 'dashboard and HTTP API');
    await others.until(/"warn".*--open-ingest: whoever reaches this computer may send readings/);
    expect((await fetch(`${url}/api/sensors`)).status).toBe(401);
    const authorization = `Basic ${Buffer.from(`teacher:${password}`).toString('base64')}`;
    expect((await fetch(`${url}/api/sensors`, { headers: { authorization } })).status).toBe(200);
    expect(others.text()).not.toContain(password!);
  });
});

describe('what is not possible ends with one sentence and exit code 1', () => {
  it.each(['web', 'mqtt', 'tcp'])('the %s port is busy', async (name) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await refusal(gateway([`--${name}-port`, String(port)]))).toBe(
      `port ${port} is already in use: stop the other program or choose another with --${name}-port`,
    );
    server.close();
  });

  it.each<[string[], NodeJS.ProcessEnv, string]>([
    [['--web-prot', '1'], {}, "unknown option '--web-prot' (Did you mean --web-port?)"],
    [['--retention', 'x'], {}, '--retention: expected a whole number from 0 to 36500, got "x"'],
    [[], { LAMPLIGHTER_LISTEN: 'pi' }, 'LAMPLIGHTER_LISTEN: expected an IP address of this computer'],
    [['--broker', 'http://ada:secret@pi'], {}, '--broker: expected mqtt://user:password@host:port'],
    [['--tls-cert', '/no/cert.pem', '--tls-key', '/no/key.pem'], {}, '--tls-cert: cannot read /no/cert.pem'],
    [['--data', '/dev/null/history.db'], {}, '/dev/null/history.db'],
  ])('%j %j', async (args, env, part) => {
    const sentence = await refusal(gateway(args, env));
    expect(sentence).toContain(part);
    expect(sentence).not.toContain('secret');
  });
});

describe('lamplighter gateway --help', () => {
  it('lists what there is to set, and what each may be', async () => {
    const help = run(['gateway', '--help']);
    expect(await help.exit).toBe(0);
    for (const part of ['--mqtts-port <port>', 'LAMPLIGHTER_WEB_PORT', '<level>', '--config-file <file>'])
      expect(help.stdout).toContain(part);
  });
});
