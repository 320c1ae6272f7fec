import { afterEach, expect, it } from 'vitest';
import { BrokersAndClients } from '../../support/open-broker';
import { texts } from '../../support/raw-client';

const all = new BrokersAndClients();
afterEach(all.end);

const turn = () => new Promise(setImmediate);

it('the later of two clients with one id stays, and the last will of the earlier is told', async () => {
  const broker = await all.start();
  const reader = await all.loggedIn(broker, 'reader');
  await reader.subscribe('iot/#');
  const will = { topic: 'iot/2/status', payload: Buffer.from('offline'), qos: 0 as const, retain: true };
  const earlier = await all.loggedIn(broker, 'kit_2', undefined, { will });
  const later = await all.loggedIn(broker, 'kit_2', undefined, { will });
  await earlier.end();
  later.publish('iot/2/status', 'online', { retain: true });
  await later.ping();
  await reader.ping();
  expect(texts(reader)).toEqual(['iot/2/status offline', 'iot/2/status online']);
  expect(broker.counters).toMatchObject({ connections: 2, clients: 2 });
});

it('of several that come in the same moment one stays, on the list of clients', async () => {
  const broker = await all.start();
  for (let round = 0; round < 30; round++) {
    const twins = Array.from({ length: 5 }, () => all.client(broker));
    await Promise.allSettled(twins.map((twin) => twin.login()));
    const open = () => twins.filter(({ closed }) => !closed).length;
    while (broker.counters['connections'] !== 1 || open() !== 1) await turn();
    expect(broker.counters['clients']).toBe(1);
    const [left] = twins.filter(({ closed }) => !closed);
    await left!.subscribe('iot/2');
    broker.publish('iot/2', 'once');
    await left!.next('publish');
  }
});

it('one that comes in the moment in which its predecessor goes stays on the list', async () => {
  const broker = await all.start();
  let former = await all.loggedIn(broker, 'kit_2');
  for (let round = 0; round < 100; round++) {
    const next = all.client(broker);
    await new Promise((resolve) => next.stream.once('connect', resolve));
    const login = next.login();
    for (let turns = 0; turns < round % 5; turns++) await turn();
    former.destroy();
    expect(await login).toBe(0);
    await next.ping();
    while (broker.counters['connections'] !== 1) await turn();
    expect(broker.counters['clients']).toBe(1);
    former = next;
  }
});

it('one that gives up while its predecessor is sent away leaves nothing behind', async () => {
  const broker = await all.start();
  for (let round = 0; round < 50; round++) {
    const [first, second] = [all.client(broker), all.client(broker)];
    await first.login();
    const login = second.login().catch(() => 'gone');
    for (let turns = 0; turns < round % 7; turns++) await turn();
    second.destroy();
    await login;
    first.destroy();
    while (broker.counters['connections'] !== 0 || broker.counters['clients'] !== 0) await turn();
  }
});
