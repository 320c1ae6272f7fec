import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, type Listener, startGateway } from '../../gateway/gateway';
import { createLog } from '../../gateway/log';
import { readSettings } from '../../gateway/settings';
import { readPage } from './markdown';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-docs-'));
let gateway: Gateway;

beforeAll(async () => {
  const flags = {
    ...{ webPort: '0', mqttPort: '0', tcpPort: '0', udpPort: '0' },
    ...{ data: join(folder, 'history.db'), credentials: join(folder, 'credentials.json') },
  };
  const { settings } = readSettings({ flags, environment: {}, directory: folder });
  const log = createLog({ level: 'silent', format: 'json', write: () => undefined });
  gateway = await startGateway(settings, { now: () => Date.now(), log, dashboard: folder });
});

afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const port = (protocol: Listener['protocol']): number =>
  gateway.listeners.find((listener) => listener.protocol === protocol)!.port;

/** What a person sees who types the command. Knows the commands of the page, and no others. */
async function run(command: string): Promise<string> {
  const piped = /^(echo|printf) '([^']*)' \| nc (-N|-u -w 1) 127\.0\.0\.1 (9999|9998)$/.exec(command);
  if (piped) {
    const bytes = piped[1] === 'echo' ? `${piped[2]}\n` : piped[2]!.replaceAll('\\n', '\n');
    return piped[3] === '-N' ? overTcp(bytes) : overUdp(bytes);
  }
  const published = /^mosquitto_pub -h 127\.0\.0\.1 -t (\S+) -m '([^']*)'$/.exec(command);
  if (published) return overMqtt(published[1]!, published[2]!);
  const asked =
    /^curl -s(?: -X (PUT))?(?: -H '([\w-]+): ([^']*)')?(?: -d '([^']*)')? '?http:\/\/127\.0\.0\.1:5000([^' ]*)'?$/.exec(
      command,
    );
  if (!asked) throw new Error(`not a command that this page uses: ${command}`);
  const [, method, header, value, body, path] = asked;
  const answer = await fetch(`http://127.0.0.1:${port('http')}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    ...(body !== undefined && { body }),
    ...(header !== undefined && { headers: { [header]: value! } }),
  });
  return answer.text();
}

async function overTcp(bytes: string): Promise<string> {
  const socket = connect(port('tcp'), '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

async function overUdp(bytes: string): Promise<string> {
  const socket = createSocket('udp4');
  socket.send(bytes, port('udp'), '127.0.0.1', () => socket.close());
  await once(socket, 'close');
  return '';
}

async function overMqtt(topic: string, payload: string): Promise<string> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port('mqtt')}`);
  await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
  return '';
}

/** When it was run is not on the page; when it was measured is, unless that was the same moment. */
function masked(output: string): string {
  return output.replace(/"atMs":(\d+),"receivedMs":(\d+)/g, (_all, atMs: string, receivedMs: string) =>
    Math.abs(Number(receivedMs) - Number(atMs)) < 10_000
      ? '"atMs":now,"receivedMs":now'
      : `"atMs":${atMs},"receivedMs":now`,
  );
}

describe('docs/ingest.md', () => {
  const commands = readPage('docs/ingest.md')
    .blocks.filter(({ language, lines }) => language === 'console' && !lines.join().includes('PASSWORD'))
    .flatMap(({ lines }) =>
      lines
        .join('\n')
        .split(/^\$ /m)
        .slice(1)
        .map((session) => {
          const [command, ...output] = session.trimEnd().split('\n');
          return [command!, output.join('\n')] as const;
        }),
    );

  test('shows sessions', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  // In their order: each stands on what those before it have stored.
  test.each(commands)('shows what is really answered: %s', async (command, output) => {
    const answer = async () => masked((await run(command)).trimEnd());
    // What was stored is on disk a moment later, and a text of a kit waits a second for its telemetry.
    const isQuestion = command.startsWith('curl') && !command.includes(' -d ');
    if (isQuestion) await expect.poll(answer, { timeout: 10_000 }).toBe(masked(output));
    else expect(await answer()).toBe(masked(output));
  });
});
