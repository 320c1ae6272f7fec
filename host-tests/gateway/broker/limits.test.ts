import { afterEach, expect, it } from 'vitest';
import { brokerLimits } from '../../../gateway/broker/gate';
import { BrokersAndClients, kit2, knowing } from '../../support/open-broker';

const all = new BrokersAndClients();
afterEach(all.end);

it('a client that announces more than 64 kB is closed before it has sent them', async () => {
  const broker = await all.start();
  const client = await all.loggedIn(broker, 'kit_2');
  // PUBLISH with a remaining length of 65,537.
  client.stream.write(Buffer.from([0x30, 0x81, 0x80, 0x04]));
  await client.end();
  expect(broker.counters).toMatchObject({ closedTooLong: 1 });
  expect(all.log).toEqual(['MQTT client at 127.0.0.1 closed: packet too long']);
});

it('a CONNECT of more than 4 kB is not waited for', async () => {
  const broker = await all.start();
  const client = all.client(broker);
  client.stream.write(Buffer.from([0x10, 0x81, 0x20]));
  await client.end();
  expect(broker.counters).toMatchObject({ closedTooLong: 1 });
});

it('a subscriber that does not read keeps nobody waiting, loses messages, and holds a bounded amount', async () => {
  const broker = await all.start();
  const stuck = await all.loggedIn(broker, 'stuck');
  await stuck.subscribe('iot/#');
  stuck.stream.pause();
  const reader = await all.loggedIn(broker, 'reader');
  await reader.subscribe('iot/#');
  const writer = await all.loggedIn(broker, 'writer');
  const text = 'x'.repeat(8000);
  // Several times what the system buffers for a connection, and more messages than aedes has under way at once.
  const messages = 2000;
  for (let message = 0; message < messages; message++) {
    writer.publish('iot/2', text);
    await reader.next('publish');
  }
  const { droppedSlow, delivered } = broker.counters;
  expect(droppedSlow).toBeGreaterThan(0);
  expect(delivered! + droppedSlow!).toBe(2 * messages);
  expect(stuck.closed).toBe(false);
  stuck.stream.resume();
  await stuck.ping();
});

it('one that does not read what has to be acknowledged is closed', async () => {
  const broker = await all.start();
  const stuck = await all.loggedIn(broker, 'stuck');
  await stuck.subscribe('iot/#');
  stuck.stream.pause();
  const writer = await all.loggedIn(broker, 'writer');
  for (let messageId = 1; broker.counters['closedSlow'] === 0; messageId++) {
    writer.publish('iot/2', 'x'.repeat(60_000), { qos: 1, messageId });
    await writer.next('puback');
  }
  expect(all.log).toEqual(['MQTT client at 127.0.0.1 closed: reads too slowly']);
});

it('more connections than there is room for are closed, and room that is free again is taken', async () => {
  const broker = await all.start({ limits: { connections: 2 } });
  const [first] = [await all.loggedIn(broker, 'a'), await all.loggedIn(broker, 'b')];
  const third = all.client(broker);
  await third.end();
  expect(broker.counters).toMatchObject({ connections: 2, refusedConnections: 1 });
  first.destroy();
  while (broker.counters['connections'] === 2) await new Promise(setImmediate);
  await all.loggedIn(broker, 'd');
});

it('has room for a thousand boards whose old connections are not yet given up', () => {
  expect(brokerLimits.connections).toBeGreaterThanOrEqual(2000);
  expect(brokerLimits.connectionsPerAddress).toBeGreaterThanOrEqual(1000);
});

it('a client has a bounded number of subscriptions, and gets room for others by giving some up', async () => {
  const broker = await all.start({ limits: { filtersPerClient: 2 } });
  const client = await all.loggedIn(broker, 'kit_2');
  expect(await client.subscribe('a', 'b', 'c')).toEqual([1, 1, 128]);
  expect(await client.subscribe('a')).toEqual([1]);
  client.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['a'] });
  await client.next('unsuback');
  expect(await client.subscribe('c')).toEqual([1]);
});

it('a kit can have a bounded number of messages retained', async () => {
  const broker = await all.start({ authenticator: knowing(kit2) });
  const kit = await all.loggedIn(broker, 'kit_2', 'kit2');
  for (let index = 0; index < 100; index++) kit.publish(`iot/2/${index}`, 'x', { retain: true });
  await kit.ping();
  expect(broker.counters).toMatchObject({ retained: 64, droppedRetained: 36 });
});

it('a topic of more levels than any has is no way to the matcher', async () => {
  const broker = await all.start();
  const client = await all.loggedIn(broker, 'a');
  client.publish('x/'.repeat(200));
  await client.end();
  const will = { topic: 'x/'.repeat(200), payload: Buffer.from('x'), qos: 0 as const, retain: true };
  const other = await all.loggedIn(broker, 'b', undefined, { will });
  other.destroy();
  await other.end();
  await (await all.loggedIn(broker, 'c')).ping();
});
