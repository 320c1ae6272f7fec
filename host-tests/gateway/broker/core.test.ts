import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerCore } from '../../../gateway/broker/core';
import { RawClient, texts } from '../../support/raw-client';

const turn = () => new Promise(setImmediate);

/** Without sockets, so that what happens in one turn of the event loop is up to the test. */
describe('the core of the broker', () => {
  let core: BrokerCore;
  beforeEach(async () => {
    core = new BrokerCore({});
    await core.listen();
  });
  afterEach(() => new Promise<void>((resolve) => core.close(resolve)));

  function client(): RawClient {
    const [ours, theirs] = duplexPair();
    // They end together, as the two ends of a connection do.
    theirs.on('close', () => ours.destroy());
    ours.on('close', () => theirs.destroy());
    core.handle(theirs);
    return new RawClient(ours);
  }

  async function settled(): Promise<void> {
    for (let turns = 0; turns < 20; turns++) await turn();
  }

  it('leaves one of three clients with one id, the one on its list', async () => {
    const first = client();
    await first.login();
    // What it is subscribed to takes a turn to be given up.
    await first.subscribe('iot/2');
    const [second, third] = [client(), client()];
    const logins = [second.login(), third.login()].map((login) => login.catch(() => -1));
    await settled();
    expect(await logins[1]).toBe(0);
    expect(first.closed).toBe(true);
    const open = [second, third].filter(({ closed }) => !closed);
    expect(open).toHaveLength(1);
    expect(core.allClients).toHaveLength(1);
    await open[0]!.ping();
  });

  it('keeps on its list who comes while a predecessor with the same id goes', async () => {
    for (let round = 0; round < 8; round++) {
      const first = client();
      await first.login();
      await first.subscribe('iot/2');
      const second = client();
      const login = second.login();
      for (let turns = 0; turns < round; turns++) await turn();
      first.stream.destroy();
      expect(await login).toBe(0);
      await settled();
      expect(core.clientOf('kit_2')?.closed).toBe(false);
      await second.ping();
      second.stream.destroy();
      await settled();
      expect(core.allClients).toHaveLength(0);
    }
  });

  it('has nobody on its list who goes while a predecessor is being sent away', async () => {
    for (let round = 0; round < 8; round++) {
      const first = client();
      await first.login();
      await first.subscribe('iot/2');
      const second = client();
      const login = second.login().catch(() => -1);
      for (let turns = 0; turns < round; turns++) await turn();
      second.stream.destroy();
      await login;
      await settled();
      first.stream.destroy();
      await settled();
      expect(core.allClients).toHaveLength(0);
    }
  });

  it('tells each message once, and none of its own', async () => {
    const heard: string[] = [];
    core.tap = (topic, payload) => heard.push(`${topic} ${String(payload)}`);
    const writer = client();
    const will = { topic: 'iot/2/status', payload: Buffer.from('offline'), qos: 0 as const, retain: true };
    await writer.login({ will });
    await writer.subscribe('#');
    writer.publish('iot/2', 'a');
    writer.publish('iot/2', 'b', { qos: 1, messageId: 1 });
    writer.publish('iot/2', 'c', { qos: 2, messageId: 2 });
    await writer.next('pubrec');
    // Once more, since the PUBREC was lost: [MQTT-4.3.3-2] no message of its own.
    writer.publish('iot/2', 'c', { qos: 2, messageId: 2, dup: true });
    await writer.next('pubrec');
    writer.stream.destroy();
    await settled();
    // One order there is only among messages of one QoS.
    expect(heard.sort()).toEqual(['iot/2 a', 'iot/2 b', 'iot/2 c', 'iot/2/status offline']);
    expect(texts(writer).sort()).toEqual(['iot/2 a', 'iot/2 b', 'iot/2 c']);
  });
});
