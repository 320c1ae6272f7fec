/**
 * MQTT 3.1.1 control packets, byte strings in and out: each character is one byte.
 * Source: OASIS MQTT Version 3.1.1; the bracketed numbers are its conformance statements.
 */

export const enum Packet {
  /** Returned by `nextPacket` when more bytes are needed. */
  None = 0,
  Connack = 2,
  Publish = 3,
  Puback = 4,
  Suback = 9,
  Pingresp = 13,
  /** Returned by `nextPacket` for bytes that no broker may send: close the socket. */
  Malformed = 16,
}

/** `String.fromCharCode` by a name that Espruino finds in a quarter of the time. */
export const chr = String.fromCharCode;

/** Longest payload that is looked at, in bytes. */
export const payloadMax = 256;
/** Longest topic that can be ours, in bytes. */
export const topicMax = 64;
/** A packet longer than this is skipped as it arrives instead of being held. */
const heldMax = 2 + topicMax + 2 + payloadMax;

/** Bits of a PUBLISH packet's first byte. */
export const enum Flag {
  Retain = 1,
  Qos1 = 2,
  Duplicate = 8,
}

export interface Login {
  clientId: string;
  keepAliveS: number;
  willTopic: string;
  willPayload: string;
  user?: string;
  password?: string;
}

/** CONNECT with a clean session and a retained last will of QoS 0. */
export function connectPacket(login: Login): string {
  const user = login.user;
  const password = login.password;
  // [MQTT-3.1.2-22] a password needs a user name beside it.
  const flags = 0x26 + (user ? 0x80 + (password ? 0x40 : 0) : 0);
  let body = '\0\x04MQTT\x04' + chr(flags, login.keepAliveS >> 8, login.keepAliveS & 255);
  body += field(login.clientId) + field(login.willTopic) + field(login.willPayload);
  if (user) body += field(user);
  if (user && password) body += field(password);
  return packet(0x10, body);
}

/** SUBSCRIBE to two filters, both with QoS 1; `id` 1..65535. */
export function subscribePacket(id: number, filter: string, filter2: string): string {
  const body = chr(id >> 8, id & 255) + field(filter) + '\x01' + field(filter2) + '\x01';
  return packet(0x82, body);
}

/** PUBLISH of up to 16,383 bytes on a topic of up to 255; `flags` as in `Flag`, `id` 1..65535 with `Flag.Qos1`, else 0. */
export function publishPacket(topic: string, payload: string, flags: number, id: number): string {
  const rest = id ? chr(id >> 8, id & 255) + payload : payload;
  const topicLength = topic.length;
  const length = 2 + topicLength + rest.length;
  const head =
    length > 127
      ? chr(0x30 + flags, (length & 127) | 128, length >> 7, 0, topicLength)
      : chr(0x30 + flags, length, 0, topicLength);
  return head + topic + rest;
}

export function pubackPacket(id: number): string {
  return chr(0x40, 2, id >> 8, id & 255);
}

export const pingreqPacket = '\xc0\0';
export const disconnectPacket = '\xe0\0';

/** `body` of up to 16,383 bytes. */
function packet(first: number, body: string): string {
  const length = body.length;
  const head = length > 127 ? chr(first, (length & 127) | 128, length >> 7) : chr(first, length);
  return head + body;
}

function field(text: string): string {
  return chr(text.length >> 8, text.length & 255) + text;
}

/** What has arrived on one socket, and the packet that `nextPacket` found last. */
export interface Inbound {
  /** Bytes not yet understood, from `at` on. */
  bytes: string;
  at: number;
  /** Bytes of a packet too long to hold that are still to be thrown away. */
  skip: number;
  /** Low four bits of the first byte, as in `Flag`. */
  flags: number;
  /** Packet identifier, NaN when it lies behind what is held; of a CONNACK the return code in the low byte. */
  id: number;
  /** Empty when longer than `topicMax`. */
  topic: string;
  /** Payload of a PUBLISH, empty when it or the topic is too long to hold; return codes of a SUBACK. */
  payload: string;
  /** Length of the payload, in bytes, also when it was too long to hold. */
  size: number;
}

export function newInbound(): Inbound {
  return { bytes: '', at: 0, skip: 0, flags: 0, id: 0, topic: '', payload: '', size: 0 };
}

/**
 * Finds the next packet in `inbound.bytes` and returns its type, `Packet.None` when more bytes are
 * needed, or `Packet.Malformed`. Holds at most one short packet, however its bytes are split or joined.
 */
export function nextPacket(inbound: Inbound): Packet {
  const bytes = inbound.bytes;
  const skipped = Math.min(inbound.skip, bytes.length - inbound.at);
  inbound.skip -= skipped;
  inbound.at += skipped;
  const start = inbound.at;
  const first = bytes.charCodeAt(start);
  let at = start + 1;
  let length = 0;
  let shift = 0;
  let byte = 128;
  while (byte > 127 && at < bytes.length) {
    // [MQTT-2.2.3] the remaining length has at most four bytes.
    if (shift > 21) return Packet.Malformed;
    byte = bytes.charCodeAt(at++);
    length += (byte & 127) << shift;
    shift += 7;
  }
  const type = first >> 4;
  const held = bytes.length - at;
  if (byte > 127 || held < (length > heldMax ? 4 + topicMax : length)) {
    inbound.bytes = bytes.substr(start);
    inbound.topic = inbound.payload = '';
    inbound.at = 0;
    return Packet.None;
  }
  inbound.at = at + Math.min(held, length);
  inbound.skip = length - (inbound.at - at);
  const flags = first & 15;
  inbound.flags = flags;
  inbound.id = (bytes.charCodeAt(at) << 8) + bytes.charCodeAt(at + 1);
  if (type === Packet.Publish) {
    const topicLength = inbound.id;
    at += 2 + topicLength;
    const idLength = flags & Flag.Qos1 ? 2 : 0;
    inbound.size = length - 2 - topicLength - idLength;
    // [MQTT-3.3.1-4] no QoS 3; and nothing was subscribed with QoS 2.
    if (length < 2 || inbound.size < 0 || flags & 4) return Packet.Malformed;
    const ours = topicLength <= topicMax;
    inbound.topic = ours ? bytes.substr(at - topicLength, topicLength) : '';
    if (idLength) inbound.id = (bytes.charCodeAt(at) << 8) + bytes.charCodeAt(at + 1);
    inbound.payload = ours && inbound.size <= payloadMax ? bytes.substr(at + idLength, inbound.size) : '';
    return type;
  }
  // Two filters were subscribed, so a SUBACK has an identifier and two return codes.
  const expected =
    type === Packet.Suback
      ? 4
      : type === Packet.Pingresp
        ? 0
        : type === Packet.Connack || type === Packet.Puback
          ? 2
          : -1;
  if (flags !== 0 || length !== expected) return Packet.Malformed;
  inbound.payload = bytes.substr(at + 2, 2);
  return type;
}
