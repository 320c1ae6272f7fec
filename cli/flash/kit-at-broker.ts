import { connect } from 'mqtt';
import type { KitSettings } from '../../shared/settings';

const retryMs = 1000;

/**
 * Listens at the kit's broker until the returned function is called. `onOnline` hears each word of a kit that has its
 * link at that very moment: what is retained may be years old, and is not one. A broker that this computer does not
 * reach says nothing.
 */
export function listenAtBroker({ broker, kit }: KitSettings, onOnline: () => void): () => void {
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const client = connect({
    protocol: 'mqtt',
    host: broker.host,
    port: broker.port,
    // The gateway's broker gives a shared user the topics of the kit that the client id begins with.
    clientId: `kit_${kit}_flash_${process.pid}`,
    reconnectPeriod: retryMs,
    ...(broker.user !== undefined && { username: bytes(broker.user).toString('utf8') }),
    ...(broker.password !== undefined && { password: bytes(broker.password) }),
  });
  const status = `iot/${kit}/status`;
  client.on('error', () => {});
  client.on('connect', () => client.subscribe([status, `iot/${kit}/telemetry`], () => {}));
  client.on('message', (topic, payload, { retain }) => {
    if (!retain && (topic !== status || payload.toString('latin1') === 'online')) onOnline();
  });
  return () => void client.end(true);
}
