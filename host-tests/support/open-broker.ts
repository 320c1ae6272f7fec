import { Broker, type BrokerOptions } from '../../gateway/broker';
import type { Authenticator } from '../../gateway/broker/gate';
import type { Identity } from '../../gateway/credentials';
import { RawClient } from './raw-client';

/** Brokers and clients of one test file: `afterEach(all.end)`. */
export class BrokersAndClients {
  readonly #brokers: Broker[] = [];
  readonly #clients: RawClient[] = [];
  readonly log: string[] = [];

  async start(options: BrokerOptions = {}): Promise<Broker> {
    const broker = new Broker({ port: 0, log: (sentence) => this.log.push(sentence), ...options });
    this.#brokers.push(broker);
    await broker.start();
    return broker;
  }

  client(broker: Broker): RawClient {
    return this.keep(RawClient.to(broker.port));
  }

  /** A client that has logged in, with the user's name for its password. */
  async loggedIn(broker: Broker, clientId: string, user?: string, fields: object = {}): Promise<RawClient> {
    const client = this.client(broker);
    const code = await client.login({ clientId, ...(user !== undefined && account(user)), ...fields });
    if (code !== 0) throw new Error(`${clientId} was refused with code ${code}`);
    return client;
  }

  keep(client: RawClient): RawClient {
    this.#clients.push(client);
    return client;
  }

  readonly end = async (): Promise<void> => {
    for (const client of this.#clients.splice(0)) client.destroy();
    for (const broker of this.#brokers.splice(0)) await broker.stop();
    this.log.length = 0;
  };
}

/** User and password as `knowing` expects them. */
export function account(user: string): { username: string; password: Buffer } {
  return { username: user, password: Buffer.from(user) };
}

/** Knows these users; the password of each is his name. */
export function knowing(...identities: Identity[]): Authenticator {
  return {
    verify: async (name, password) =>
      name === password ? identities.find((identity) => identity.name === name) : undefined,
  };
}

export const kit2: Identity = { name: 'kit2', role: 'kit', kit: 2 };
export const kits: Identity = { name: 'kits', role: 'kits' };
export const teacher: Identity = { name: 'teacher', role: 'controller' };
export const sensor: Identity = { name: 'weather', role: 'sensor' };
