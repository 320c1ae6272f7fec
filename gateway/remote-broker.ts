import type { IClientOptions } from 'mqtt';
import type { BrokerUrl } from './settings/broker-url';

/** A broker that runs elsewhere. */
export interface RemoteBroker extends BrokerUrl {
  /** PEM of who has signed the broker's certificate, where that is nobody whom Node knows. */
  ca?: string;
}

/** Who is called, and as whom. */
export function clientOptions({ protocol, host, port, user, password, ca }: RemoteBroker): IClientOptions {
  return {
    protocol,
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
  };
}

/** Whether the broker does not know the user, or the password is another: no patience helps there. */
export function isRefusal(error: unknown): boolean {
  // CONNACK: bad user name or password; not authorised.
  return [4, 5].includes((error as { code?: unknown } | undefined)?.code as number);
}

/** Why there is no connection, in one sentence without the password. `error` is what the client has said, if anything. */
export function connectionProblem(broker: RemoteBroker, error: unknown): string {
  const { protocol, user } = broker;
  const place = placeOf(broker);
  if (!isRefusal(error)) {
    const { message, code } = (error ?? {}) as { message?: string; code?: unknown };
    return `no connection to the broker at ${place}: ${message || String(code ?? 'closed by the broker')}`;
  }
  const whom =
    user === undefined ? 'clients without a user name' : `user ${JSON.stringify(user)} or the password`;
  return `the broker at ${place} refuses ${whom}: expected ${protocol}://user:password@${place} as it knows them`;
}

/** `192.168.0.10:1883`, `[fd00::1]:8883` */
export function placeOf({ host, port }: BrokerUrl): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
