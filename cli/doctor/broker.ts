import { connect, type MqttClient } from 'mqtt';
import type { KitSettings } from '../../shared/settings';
import { type Finding, ok, unknown, warning, wrong } from './finding';

const connectMs = 5000;
/** What is retained comes at once; a kit that publishes nothing is known by the silence after this. */
const retainedMs = 1000;

/** What the broker and the kit on it say to this computer. */
export interface BrokerFindings {
  findings: Finding[];
  /** The kit says that it is online. */
  online: boolean;
}

/** Logs in at the broker as the kit would, under a name of its own, and reads what the kit has left there. */
export async function brokerFindings(settings: KitSettings): Promise<BrokerFindings> {
  const { host, port, user } = settings.broker;
  const where = `${host}:${port}`;
  let client: MqttClient;
  try {
    client = await login(settings);
  } catch (error) {
    const advice = refusedLogin(error)
      ? `check broker.user and broker.password in kit.config.ts and .env; the broker got user ${user ?? 'none'}`
      : 'is the broker running, does it listen on the network, does a firewall stop it?';
    return { findings: [wrong('broker', `${where}: ${reasonOf(error)}`, advice)], online: false };
  }
  try {
    const said = await retained(client, `iot/${settings.kit}/`);
    const status = said.get('status');
    return {
      findings: [ok('broker', `${where} lets this computer in`), linkFinding(settings.kit, said)],
      online: status === 'online',
    };
  } finally {
    client.end(true);
  }
}

export function linkFinding(kit: number, said: ReadonlyMap<string, string>): Finding {
  const status = said.get('status');
  if (status === undefined) {
    return unknown(
      'link',
      `kit ${kit} has said nothing on iot/${kit}/status`,
      'npm run console shows what it waits for',
    );
  }
  const ip = /"ip":"([\d.]+)"/.exec(said.get('state') ?? '')?.[1];
  if (status === 'online') return ok('link', `kit ${kit} is online${ip ? ` as ${ip}` : ''}`);
  return warning('link', `kit ${kit} says ${status}`, 'npm run console shows what it waits for');
}

function login({ broker, kit }: KitSettings): Promise<MqttClient> {
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const client = connect({
    protocol: 'mqtt',
    host: broker.host,
    port: broker.port,
    // The gateway's broker gives a shared user the topics of the kit that the client id begins with.
    clientId: `kit_${kit}_doctor_${process.pid}`,
    connectTimeout: connectMs,
    reconnectPeriod: 0,
    ...(broker.user !== undefined && { username: bytes(broker.user).toString('utf8') }),
    ...(broker.password !== undefined && { password: bytes(broker.password) }),
  });
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      client.end(true);
      reject(error);
    };
    client.once('connect', () => {
      client.on('error', () => {});
      resolve(client);
    });
    client.once('error', fail);
    client.once('close', () => fail(new Error(`no answer within ${connectMs / 1000} s`)));
  });
}

/** By the last part of the topic. */
function retained(client: MqttClient, prefix: string): Promise<Map<string, string>> {
  const said = new Map<string, string>();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(said), retainedMs);
    client.on('message', (topic, payload) => {
      said.set(topic.slice(prefix.length), payload.toString('utf8'));
      if (said.size < 2) return;
      clearTimeout(timer);
      resolve(said);
    });
    client.subscribe([`${prefix}status`, `${prefix}state`]);
  });
}

/** CONNACK: identifier rejected, server unavailable, bad user name or password, not authorised. */
function refusedLogin(error: unknown): boolean {
  return [4, 5].includes((error as { code?: unknown }).code as number);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message: string };
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND') return 'the name is unknown';
  if (code === 'EHOSTUNREACH') return 'no such host on this network';
  return message || String(code);
}
