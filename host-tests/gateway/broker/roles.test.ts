import { afterEach, describe, expect, it } from 'vitest';
import type { Broker } from '../../../gateway/broker';
import type { Identity } from '../../../gateway/credentials';
import { account, BrokersAndClients, kit2, kits, knowing, sensor, teacher } from '../../support/open-broker';
import { texts } from '../../support/raw-client';

const all = new BrokersAndClients();
afterEach(all.end);

const start = (...identities: Identity[]): Promise<Broker> =>
  all.start({ authenticator: knowing(...identities) });

/** CONNACK's codes: MQTT 3.1.1, table 3.1. */
const [idRejected, unavailable, wrongPassword, notAuthorised] = [2, 3, 4, 5];

describe('who may come in', () => {
  it.each([
    ['no user', 'kit_2', {}, wrongPassword],
    ['a wrong password', 'kit_2', { username: 'kit2', password: Buffer.from('x') }, wrongPassword],
    ['a user without a password', 'kit_2', { username: 'kit2' }, wrongPassword],
    ['a user whom nobody knows', 'kit_2', account('kit5'), wrongPassword],
    ['the id of another kit', 'kit_3', account('kit2'), notAuthorised],
    ['a shared user with an id that is none of a kit', 'laptop', account('kits'), notAuthorised],
    ['a sensor', 'weather', account('weather'), notAuthorised],
  ])('%s is refused', async (_title, clientId, fields, code) => {
    const broker = await start(kit2, kits, sensor);
    const client = all.client(broker);
    expect(await client.login({ clientId, ...fields })).toBe(code);
    await client.end();
    expect(all.log).toHaveLength(1);
    expect(broker.counters).toMatchObject({ refusedClients: 1 });
  });

  it('a session that is to last needs a client id', async () => {
    const client = all.client(await all.start());
    // mqtt-packet does not write this: CONNECT with keep-alive 0, clean session 0, and an empty client id.
    client.stream.write(Buffer.from([0x10, 12, 0, 4, ...Buffer.from('MQTT'), 4, 0, 0, 0, 0, 0]));
    expect(await client.next('connack')).toMatchObject({ returnCode: idRejected });
  });

  it('a check that cannot be made now is refused as unavailable, so that the client comes again', async () => {
    const verify = () => Promise.reject(new Error('too many passwords wait to be checked'));
    const broker = await all.start({ authenticator: { verify } });
    expect(await all.client(broker).login(account('kit2'))).toBe(unavailable);
    expect(all.log).toEqual(['MQTT client at 127.0.0.1 refused: too many passwords wait to be checked']);
  });

  it('no log line holds a password', async () => {
    const broker = await start(kit2);
    const password = Buffer.from('a secret of mine');
    await all.client(broker).login({ username: 'kit2', password });
    expect(all.log.join()).toContain('"kit2"');
    expect(all.log.join()).not.toContain('secret');
  });

  it('a connection that ends while its password is checked leaves nothing behind', async () => {
    const answers: ((identity: Identity) => void)[] = [];
    const verify = () => new Promise<Identity>((resolve) => answers.push(resolve));
    const broker = await all.start({ authenticator: { verify } });
    const asked = async (times: number) => {
      while (answers.length < times) await new Promise(setImmediate);
    };
    const client = all.client(broker);
    const login = client.login(account('kit2')).catch(() => 'gone');
    await asked(1);
    client.destroy();
    expect(await login).toBe('gone');
    while (broker.counters['connections'] !== 0) await new Promise(setImmediate);
    answers[0]!(kit2);
    const second = all.client(broker).login(account('kit2'));
    await asked(2);
    answers[1]!(kit2);
    expect(await second).toBe(0);
    expect(broker.counters).toMatchObject({ connections: 1 });
  });
});

describe('a kit', () => {
  it('does everything that the protocol says of it', async () => {
    const broker = await start(kit2, teacher);
    const reader = await all.loggedIn(broker, 'reader', 'teacher');
    expect(await reader.subscribe('iot/#')).toEqual([1]);
    const will = { topic: 'iot/2/status', payload: Buffer.from('offline'), qos: 0 as const, retain: true };
    const kit = await all.loggedIn(broker, 'kit_2', 'kit2', { will });
    expect(await kit.subscribe('iot/2', 'iot/2/+/set')).toEqual([1, 1]);
    kit.publish('iot/2', 'Connection has established with nodeMCU_Kit Number 2');
    kit.publish('iot/2/status', 'online', { retain: true });
    kit.publish('iot/2/result', '{}', { qos: 1, messageId: 7 });
    kit.publish('iot/2/telemetry', '{}');
    await kit.next('puback');
    reader.publish('iot/2/lamp/set', 'on');
    await kit.next('publish');
    kit.destroy();
    while (!texts(reader).includes('iot/2/status offline'))
      await new Promise((resolve) => reader.stream.once('data', resolve));
    expect(texts(reader).sort()).toEqual([
      'iot/2 Connection has established with nodeMCU_Kit Number 2',
      'iot/2/lamp/set on',
      'iot/2/result {}',
      'iot/2/status offline',
      'iot/2/status online',
      'iot/2/telemetry {}',
    ]);
    expect(all.log).toEqual([]);
  });

  it.each(['iot/3', 'iot/3/lamp/set', 'iot/20', 'iot', 'other', '$SYS/x'])(
    'that publishes on %s is closed, and nobody hears of it',
    async (topic) => {
      const broker = await start(kit2);
      const heard: string[] = [];
      broker.listen({ onMessage: (heardTopic) => heard.push(heardTopic), onRunning: () => undefined });
      const kit = await all.loggedIn(broker, 'kit_2', 'kit2');
      kit.publish(topic, 'x', { retain: true });
      kit.publish('iot/2', 'too late');
      await kit.end();
      expect(heard).toEqual([]);
      expect(broker.counters).toMatchObject({ deniedPublishes: 1, retained: 0 });
      expect(all.log).toEqual([`MQTT client "kit_2" at 127.0.0.1 may not publish on "${topic}": closed`]);
    },
  );

  it.each(['iot/3/status', 'iot/+/status', 'iot/2/#', '$SYS/x'])(
    'with its last will on %j is refused',
    async (topic) => {
      const broker = await start(kit2);
      const will = { topic, payload: Buffer.from('x'), qos: 0 as const, retain: true };
      expect(await all.client(broker).login({ ...account('kit2'), will })).toBe(notAuthorised);
    },
  );

  it('is refused what is wider than its tree, filter by filter, and stays connected', async () => {
    const broker = await start(kit2);
    const kit = await all.loggedIn(broker, 'kit_2', 'kit2');
    expect(await kit.subscribe('#', 'iot/2', 'iot/+/state', '$share/a/iot/2', '$SYS/#')).toEqual([
      128, 1, 128, 128, 128,
    ]);
    broker.publish('iot/3/state', 'x');
    broker.publish('iot/2', 'y');
    await kit.ping();
    expect(broker.counters).toMatchObject({ deniedSubscriptions: 4, delivered: 1 });
  });

  it('of a shared user has the tree of its own number', async () => {
    const broker = await start(kits);
    const [two, three] = [
      await all.loggedIn(broker, 'kit_2', 'kits'),
      await all.loggedIn(broker, 'kit_3', 'kits'),
    ];
    expect(await two.subscribe('iot/2', 'iot/3')).toEqual([1, 128]);
    expect(await three.subscribe('iot/2', 'iot/3')).toEqual([128, 1]);
  });

  it('gets nothing through a session that it was refused', async () => {
    const broker = await start(kit2, teacher);
    const session = { clean: false };
    const kit = await all.loggedIn(broker, 'kit_2', 'kit2', session);
    expect(await kit.subscribe('iot/#', 'iot/2')).toEqual([128, 1]);
    kit.destroy();
    await kit.end();
    const writer = await all.loggedIn(broker, 'writer', 'teacher');
    writer.publish('iot/3/result', 'of kit 3', { qos: 1, messageId: 1 });
    writer.publish('iot/2', 'of kit 2', { qos: 1, messageId: 2 });
    await writer.ping();
    const again = await all.loggedIn(broker, 'kit_2', 'kit2', session);
    const packet = await again.next('publish');
    expect(packet.cmd === 'publish' && String(packet.payload)).toBe('of kit 2');
    await again.ping();
    expect(texts(again)).toEqual([]);
  });

  it('cannot take over the session of another user under the same client id', async () => {
    const broker = await start(kit2, teacher);
    const former = await all.loggedIn(broker, 'laptop', 'teacher', { clean: false });
    await former.subscribe('iot/#');
    former.destroy();
    await former.end();
    const writer = await all.loggedIn(broker, 'writer', 'teacher');
    writer.publish('iot/3/result', 'of kit 3', { qos: 1, messageId: 1 });
    await writer.ping();
    const kit = await all.loggedIn(broker, 'laptop', 'kit2', { clean: false });
    broker.publish('iot/3/state', 'of kit 3');
    await kit.ping();
    expect(texts(kit)).toEqual([]);
  });

  it('cannot throw out a client of another user', async () => {
    const broker = await start(kit2, teacher);
    const holder = await all.loggedIn(broker, 'home-assistant', 'teacher');
    expect(await all.client(broker).login({ clientId: 'home-assistant', ...account('kit2') })).toBe(
      idRejected,
    );
    await holder.ping();
  });
});

it('a controller uses all of iot/# and nothing else', async () => {
  const broker = await start(teacher);
  const client = await all.loggedIn(broker, 'laptop', 'teacher');
  expect(await client.subscribe('iot/#', '#', 'home/#')).toEqual([1, 128, 128]);
  client.publish('iot/7/lamp/set', 'on');
  await client.next('publish');
  client.publish('home/lamp', 'on');
  await client.end();
});

it('with nobody to ask, everybody may use everything that is not the broker’s own', async () => {
  const broker = await all.start();
  const client = await all.loggedIn(broker, 'anybody', 'whoever');
  expect(await client.subscribe('#', 'home/#')).toEqual([1, 1]);
  client.publish('$SYS/x', 'x');
  await client.end();
});

it('what is open now may be closed to the next', async () => {
  let open = true;
  const broker = await all.start({ authenticator: knowing(kit2), open: () => open });
  expect(await all.client(broker).login({ clientId: 'a' })).toBe(0);
  open = false;
  expect(await all.client(broker).login({ clientId: 'b' })).toBe(wrongPassword);
});

it('a user who is removed, or has a new password, loses his connections; the others keep theirs', async () => {
  let tell: () => void = () => undefined;
  const authenticator = {
    ...knowing(kit2, teacher),
    isCurrent: (identity: Identity) => identity !== kit2,
    onChange: (listener: () => void) => void (tell = listener),
  };
  const broker = await all.start({ authenticator });
  const kit = await all.loggedIn(broker, 'kit_2', 'kit2');
  const other = await all.loggedIn(broker, 'laptop', 'teacher');
  tell();
  await kit.end();
  await other.ping();
});

it('a message of QoS 2 reaches a kit with the QoS that it was granted, also through a wildcard', async () => {
  const broker = await start(kit2, teacher);
  const kit = await all.loggedIn(broker, 'kit_2', 'kit2');
  await kit.subscribe('iot/2', 'iot/2/+/set');
  const writer = await all.loggedIn(broker, 'writer', 'teacher');
  writer.publish('iot/2/lamp/set', 'on', { qos: 2, messageId: 1 });
  expect(await kit.next('publish')).toMatchObject({ qos: 1, topic: 'iot/2/lamp/set' });
});
