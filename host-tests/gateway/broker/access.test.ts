import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { accessOf, maySubscribe, mayPublish, topicMatches } from '../../../gateway/broker/access';
import { kit2, kits, sensor, teacher } from '../../support/open-broker';

const kit = { tree: 'iot/2' };
const controller = { tree: 'iot' };
const open = {};

describe('what each role makes of a client id', () => {
  test.each([
    [kit2, 'kit_2', { tree: 'iot/2' }],
    [kit2, 'mosquitto_sub', { tree: 'iot/2' }],
    [kit2, 'kit_20', 'user "kit2" is kit 2, but the client calls itself kit_20'],
    [kits, 'kit_3', { tree: 'iot/3' }],
    [kits, 'kit_3_laptop', { tree: 'iot/3' }],
    [kit2, 'kit_3_laptop', 'user "kit2" is kit 2, but the client calls itself kit_3_laptop'],
    [kits, 'kit_9999', { tree: 'iot/9999' }],
    [kits, 'kit_0', /expected a client id such as kit_2 or kit_2_laptop, got "kit_0"/],
    [kits, 'kit_02', /got "kit_02"/],
    [kits, 'kit_2/#', /got "kit_2\/#"/],
    [kits, 'kit_+', /got "kit_\+"/],
    [kits, 'kit_2\nkit_3', /got "kit_2\\nkit_3"/],
    [kits, 'laptop', /got "laptop"/],
    [teacher, 'kit_2', { tree: 'iot' }],
    [sensor, 'kit_2', 'user "weather" may hand in readings over HTTP and use nothing else'],
  ])('%j as %j', (identity, clientId, expected) => {
    const access = accessOf(identity, clientId);
    if (expected instanceof RegExp) expect(access).toMatch(expected);
    else expect(access).toEqual(expected);
  });
});

describe('a filter is granted when all that it matches lies in the tree', () => {
  test.each([
    [kit, 'iot/2', true],
    [kit, 'iot/2/+/set', true],
    [kit, 'iot/2/#', true],
    [kit, 'iot/2/', true],
    [kit, 'iot/20', false],
    [kit, 'iot/2#', false],
    [kit, 'iot/3', false],
    [kit, 'iot/#', false],
    [kit, 'iot/+', false],
    [kit, 'iot/+/set', false],
    [kit, '+/2', false],
    [kit, '+/2/#', false],
    [kit, '#', false],
    [kit, '/iot/2', false],
    [kit, '$SYS/#', false],
    [kit, '$share/class/iot/2', false],
    [controller, 'iot/#', true],
    [controller, 'iot/+/state', true],
    [controller, 'iot', true],
    [controller, '#', false],
    [controller, '+/2/state', false],
    [controller, 'iots/2', false],
    [controller, '$share/class/iot/#', false],
    [open, '#', true],
    [open, '$share/class/iot/#', false],
    [open, 'iot/\0', false],
  ])('%j %s: %s', (access, filter, expected) => expect(maySubscribe(access, filter)).toBe(expected));
});

describe('a topic may be published on when it lies in the tree', () => {
  test.each([
    [kit, 'iot/2', true],
    [kit, 'iot/2/state', true],
    [kit, 'iot/20/state', false],
    [kit, 'iot/3/state', false],
    [kit, 'iot', false],
    [kit, '$SYS/x', false],
    [kit, 'iot/2/\0', false],
    [controller, 'iot/3/lamp/set', true],
    [controller, 'home/lamp', false],
    [open, 'home/lamp', true],
    [open, '$SYS/x', false],
  ])('%j %j: %s', (access, topic, expected) => expect(mayPublish(access, topic)).toBe(expected));
});

const level = fc.constantFrom('', 'iot', '2', '20', 'state', 'set', '$SYS');
const filterLevel = fc.oneof(level, fc.constant('+'));

it('a granted filter never matches a topic that may not be published on', () => {
  const filters = fc
    .tuple(fc.array(filterLevel, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([levels, some]) => (some ? [...levels, '#'] : levels).join('/'));
  const topics = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
  fc.assert(
    fc.property(fc.constantFrom(kit, controller), filters, topics, (access, filter, topic) => {
      if (maySubscribe(access, filter) && topicMatches(filter, topic))
        expect(mayPublish(access, topic)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

describe('a topic matches a filter', () => {
  test.each([
    ['iot/2', 'iot/2', true],
    ['iot/2', 'iot/2/state', false],
    ['iot/2/#', 'iot/2', true],
    ['iot/2/#', 'iot/2/a/b', true],
    ['iot/+/state', 'iot/2/state', true],
    ['iot/+', 'iot/2/state', false],
    ['iot/+', 'iot/', true],
    ['+', '/', false],
    ['+/+', '/', true],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
  ])('%s %s: %s', (filter, topic, expected) => expect(topicMatches(filter, topic)).toBe(expected));
});
