import { once } from 'node:events';
import { createServer } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { Observer } from '../../cli/observer';
import type { Event } from '../../cli/view/model';
import { Broker } from '../../gateway/broker';

describe('the observer', () => {
  let broker: Broker;
  let observer: Observer;
  let client: MqttClient | undefined;

  /** Events as they come, and a way to wait for one. */
  const seen: Event[] = [];
  let wake = () => {};
  async function until(found: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const event = seen.find(found);
      if (event) return event;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  async function observe(options: ConstructorParameters<typeof Broker>[0] = {}): Promise<void> {
    broker = new Broker({ port: 0, ...options });
    await broker.start();
    observer = new Observer({ host: '127.0.0.1', port: broker.port }, (event) => {
      seen.push(event);
      wake();
    });
  }

  afterEach(async () => {
    observer.stop();
    client?.end(true);
    await broker.stop();
    seen.length = 0;
  });

  it('tells messages as they come and those that were retained', async () => {
    await observe();
    client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await client.publishAsync('iot/2/status', 'online', { retain: true, qos: 1 });
    await observer.start();
    await until((event) => event.type === 'message' && event.topic === 'iot/2/status' && event.retained);
    await client.publishAsync('iot/2', 'USBLED');
    expect(await until((event) => event.type === 'message' && event.topic === 'iot/2')).toMatchObject({
      payload: Buffer.from('USBLED'),
      retained: false,
    });
  });

  it('publishes as any MQTT tool could', async () => {
    await observe();
    client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await client.subscribeAsync('iot/2');
    const message = once(client as never, 'message');
    await observer.start();
    observer.publish('iot/2', 'USBLED');
    expect(String((await message)[1])).toBe('USBLED');
  });

  it('tells once that the broker is gone, and again that it is back', async () => {
    await observe();
    await observer.start();
    await broker.stop();
    await until((event) => event.type === 'broker' && event.state === 'lost');
    seen.length = 0;
    await broker.start();
    await until((event) => event.type === 'broker' && event.state === 'connected');
    expect(seen.filter((event) => event.type === 'broker')).toHaveLength(1);
  });

  it('names why a broker does not answer', async () => {
    await observe();
    await broker.stop();
    await observer.start();
    expect(seen).toEqual([
      { type: 'broker', state: 'lost', reason: expect.stringContaining('ECONNREFUSED') },
    ]);
  });

  it('fails with one sentence when the broker refuses its user', async () => {
    await observe({ accept: () => false });
    await expect(observer.start()).rejects.toThrow(
      `--broker: the broker at 127.0.0.1:${broker.port} refuses clients without a user name`,
    );
  });

  it('survives a server that is no broker', async () => {
    await observe();
    await broker.stop();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(broker.port, '127.0.0.1');
    await once(server, 'listening');
    await observer.start();
    expect(seen[0]).toMatchObject({ type: 'broker', state: 'lost' });
    observer.stop();
    await new Promise((resolve) => server.close(resolve));
  });
});
