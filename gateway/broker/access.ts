/** What a user of the broker and of the HTTP API may do; `sensor` may hand readings in over HTTP and nothing else. */
export type Role = 'kit' | 'kits' | 'controller' | 'sensor';

/** Who has shown a right password. */
export interface Identity {
  name: string;
  role: Role;
  /** The one kit of the role `kit`. */
  kit?: number;
  /** As which the role `sensor` may report; absent: as any, but not as a kit that has a user. */
  sensors?: readonly string[];
}

/** What a client may publish and subscribe to: everything, or one tree: `iot`, or `iot/<kit>`. */
export interface Access {
  /** Absent: everything that is no `$` topic. */
  tree?: string;
}

/** [MQTT 3.1.1, table 3.1] Return codes of CONNACK. */
export const notAuthorised = 5;

/** Without names and passwords, on loopback. */
export const openAccess: Access = {};

/** `kit_2` is the kit itself; `kit_2_laptop` somebody who looks at it and does not throw it out. */
const kitClientId = /^kit_([1-9]\d{0,3})(?:_[^/+#]*)?$/;

/**
 * What a client with this identity may use, or the reason why it may not come in. The client id never widens a role:
 * for `kits` it picks the tree, for `kit` it may not be that of another kit, which would throw that one out.
 */
export function accessOf({ name, role, kit }: Identity, clientId: string): Access | string {
  const claimed = kitClientId.exec(clientId)?.[1];
  switch (role) {
    case 'controller':
      return { tree: 'iot' };
    case 'kit':
      if (claimed === undefined || Number(claimed) === kit) return { tree: `iot/${kit}` };
      return `user ${JSON.stringify(name)} is kit ${kit}, but the client calls itself ${clientId}`;
    case 'kits':
      if (claimed !== undefined) return { tree: `iot/${claimed}` };
      return `user ${JSON.stringify(name)} is for kits: expected a client id such as kit_2 or kit_2_laptop, got ${JSON.stringify(clientId.slice(0, 40))}`;
    case 'sensor':
      return `user ${JSON.stringify(name)} may hand in readings over HTTP and use nothing else`;
  }
}

/** Whether the topic may be published on: part of the tree, and a topic at all. */
export function mayPublish({ tree }: Access, topic: string): boolean {
  // [MQTT-4.7.2-1] what begins with $ is the broker's own; [MQTT-1.5.3-2] no string holds a zero.
  if (topic.charCodeAt(0) === 36 || topic.includes('\0')) return false;
  return tree === undefined || isInTree(topic, tree);
}

/** Whether all topics that the filter matches may be read. A wildcard above the tree's last level is wider than the tree. */
export function maySubscribe({ tree }: Access, filter: string): boolean {
  // aedes knows no shared subscriptions and would take this for a topic on which nothing ever comes.
  if (filter.startsWith('$share/') || filter.includes('\0')) return false;
  return tree === undefined || isInTree(filter, tree);
}

/** `iot/2` and what is below it, letter by letter: `iot/+` and `#` do not begin like that. */
function isInTree(topic: string, tree: string): boolean {
  return topic.startsWith(tree) && (topic.length === tree.length || topic.charCodeAt(tree.length) === 47);
}

/** Whether a topic matches a filter that is well formed: MQTT 3.1.1, section 4.7. */
export function topicMatches(filter: string, topic: string): boolean {
  const dollar = topic.charCodeAt(0) === 36;
  const first = filter.charCodeAt(0);
  // [MQTT-4.7.2-1] a wildcard at the beginning matches no topic that begins with $.
  if (dollar && (first === 35 || first === 43)) return false;
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (let index = 0; index < wanted.length; index++) {
    // [MQTT-4.7.1-2] # stands for the level above it, too.
    if (wanted[index] === '#') return true;
    if (index >= levels.length) return false;
    if (wanted[index] !== '+' && wanted[index] !== levels[index]) return false;
  }
  return levels.length === wanted.length;
}
