/**
 * The Espruino globals that the firmware uses, and the built-ins that both chips have. `noLib` makes
 * everything else a compile error, and the build reads this file: its names are never renamed, and
 * the gate admits no other global.
 * Source: Espruino 2v29, boards ESP8266_4MB and ESP32.
 */

type Pin = number | string;
type Level = number;

declare function digitalWrite(pin: Pin, level: Level): void;
declare function pinMode(pin: Pin, mode?: 'input' | 'input_pullup' | 'output' | 'auto'): void;
/** 0..1 */
declare function analogRead(pin: Pin): number;

interface WatchEvent {
  /** Time of this edge and of the edge before it, in seconds. */
  time: number;
  lastTime: number;
}
declare function setWatch(
  callback: (event: WatchEvent) => void,
  pin: Pin,
  options: { repeat: boolean; edge: 'rising' | 'falling' | 'both' },
): number;
declare function clearWatch(id: number): void;

/** A string is run as code in the global scope. */
declare function setTimeout(callback: (() => void) | string, ms: number): number;
/** A native function is called without taking a variable. */
declare function setTimeout(
  callback: (pin: Pin, level: Level) => void,
  ms: number,
  pin: Pin,
  level: Level,
): number;
declare function setTimeout(callback: (text: string) => void, ms: number, text: string): number;
declare function setTimeout(
  callback: (text: string, from: Sender) => void,
  ms: number,
  text: string,
  from: Sender,
): number;
declare function clearTimeout(id: number): void;
declare function clearInterval(id: number): void;
declare function setInterval(callback: () => void, ms: number): number;
/** Starts the period anew; throws when there is no such interval. */
declare function changeInterval(id: number, ms: number): void;
/** Seconds, with a resolution of microseconds. */
declare function getTime(): number;

declare const global: Record<string, unknown>;
declare const process: {
  memory(collect: boolean): { free: number; usage: number; total: number };
  version: string;
};
declare function print(...values: unknown[]): void;
declare const console: { log(...values: unknown[]): void };
declare const E: {
  /** Sent on OUT OF MEMORY, which is no exception and cannot be caught. */
  on(event: 'errorFlag', callback: (flags: string[]) => void): void;
  reboot(): void;
  /** ESP32 restarts unless the idle loop is reached within that time; ESP8266 only prints that it does not. */
  enableWatchdog(seconds: number): void;
  CRC32(data: string): number;
  setPassword(password: string): void;
  lockConsole(): void;
};

interface I2C {
  setup(options: { scl: Pin; sda: Pin; bitrate: number }): void;
  /** Throws when the address is not acknowledged. */
  writeTo(address: number, ...data: (string | number | ArrayBuffer)[]): void;
}
declare const I2C1: I2C;

interface Graphics {
  buffer: ArrayBuffer;
  /** `bitmap` is columns of bits, the top row first; `heightAndScale` is height + 256 * scale. */
  setFontCustom(bitmap: string, firstChar: number, width: number, heightAndScale: number): void;
  drawString(text: string, x: number, y: number): void;
}
declare const Graphics: {
  createArrayBuffer(
    width: number,
    height: number,
    bpp: number,
    options: { vertical_byte: boolean; msb: boolean },
  ): Graphics;
};
interface ArrayBuffer {}

interface Storage {
  /** A string that lies in flash and costs one variable; undefined when there is no such file. */
  read(name: string, offset?: number, length?: number): string | undefined;
  /** Bytes can be written once; offset 0 starts the file anew. */
  write(name: string, data: string, offset?: number, size?: number): boolean;
}

interface Wifi {
  connect(ssid: string, options: { password?: string }, callback: (error: string | null) => void): void;
  disconnect(): void;
  stopAP(): void;
  on(event: 'associated' | 'connected' | 'disconnected', callback: () => void): void;
  getIP(): { ip: string; mac: string };
  /** `rssi` on ESP8266. */
  getDetails(): { rssi?: number };
  /** `rssi` on ESP32. */
  getStatus(): { rssi?: number };
  getHostByName(host: string, callback: (ip: string | null) => void): void;
  /** Once for each of five pings, and cumulative, on ESP32. */
  ping(ip: string, callback: (answer: { totalCount: number; timeoutCount: number }) => void): void;
}

interface Socket {
  on(event: 'data', callback: (data: string) => void): void;
  on(event: 'close' | 'drain' | 'connect', callback: () => void): void;
  removeAllListeners(): void;
  /** Appends to what waits to be sent; throws once the socket is closed. */
  write(data: string): boolean;
  end(): void;
}

interface Server {
  /** Throws when the chip has no socket left. */
  listen(port: number): Server;
}

/** Where a datagram comes from. */
interface Sender {
  address: string;
  port: number;
}

interface DatagramSocket {
  /** An ESP8266 hears nothing of a datagram of more than 260 bytes. */
  on(event: 'message', callback: (text: string, from: Sender) => void): void;
  /** Called twice when it was bound. */
  on(event: 'close', callback: () => void): void;
  /** An ESP8266 sends nothing from a socket that is not bound, and takes no port 0. */
  bind(port: number): DatagramSocket;
  /** Appends to what waits to be sent; throws once the socket is closed. A name as address blocks an ESP32. */
  send(message: string, port: number, address: string): void;
  close(): void;
}

declare function require(module: 'Storage'): Storage;
declare function require(module: 'Wifi'): Wifi;
declare function require(module: 'net'): {
  connect(options: { host: string; port: number }): Socket;
  createServer(callback: (socket: Socket) => void): Server;
};
declare function require(module: 'dgram'): { createSocket(type: 'udp4'): DatagramSocket };
declare function require(module: 'TelnetServer'): { setOptions(options: { mode: 'on' | 'off' }): void };
/** Throws on ESP32. The reason is that of the chip's last reset: load() and reset() leave it. */
declare function require(module: 'ESP8266'): { getResetInfo(): { reason: string } };

/** Left by the loader: the slot of the configuration, and the number of this boot. */
declare let KIT: string;
declare let BOOT: number;
/** 1 in safe mode, after too many crashes: outputs off, the link and the console only; else 0. */
declare let SAFE: number;
/**
 * Where the byte lies that says that this boot went well, file number + 2 * offset; 0 when there is
 * none to write, or no more: `require('Storage').write('boots' + (GOOD & 1), '1', GOOD >> 1)`.
 */
declare let GOOD: number;

// The built-ins of the language that both chips have.
declare function isNaN(value: number): boolean;
declare function parseInt(text: string, radix?: number): number;
declare function atob(base64: string): string;
declare function btoa(bytes: string): string;
declare const NaN: number;
declare const JSON: { parse(text: string): never; stringify(value: unknown): string };
declare const Math: {
  abs(value: number): number;
  min(a: number, b: number): number;
  max(a: number, b: number): number;
  round(value: number): number;
  ceil(value: number): number;
};

interface Array<T> {
  [index: number]: T;
  length: number;
  push(value: T): number;
  shift(): T | undefined;
  splice(start: number, count: number): T[];
  indexOf(value: T): number;
  includes(value: T): boolean;
  concat(other: T[]): T[];
  slice(from: number, to?: number): T[];
  find(test: (value: T) => boolean): T | undefined;
  filter(test: (value: T) => boolean): T[];
  every(test: (value: T) => boolean): boolean;
  some(test: (value: T) => boolean): boolean;
  map<U>(to: (value: T) => U): U[];
  join(separator: string): string;
}
interface ReadonlyArray<T> {
  readonly [index: number]: T;
  readonly length: number;
  indexOf(value: T): number;
  includes(value: T): boolean;
  find(test: (value: T) => boolean): T | undefined;
  filter(test: (value: T) => boolean): T[];
  every(test: (value: T) => boolean): boolean;
  some(test: (value: T) => boolean): boolean;
  slice(from: number, to?: number): T[];
  map<U>(to: (value: T) => U): U[];
  join(separator: string): string;
}
interface String {
  readonly length: number;
  readonly [index: number]: string;
  charCodeAt(index: number): number;
  indexOf(text: string, from?: number): number;
  includes(text: string): boolean;
  substr(from: number, length?: number): string;
  substring(from: number, to?: number): string;
  padEnd(length: number, fill: string): string;
  padStart(length: number, fill: string): string;
  repeat(count: number): string;
  split(separator: string): string[];
  toLowerCase(): string;
}
declare const String: { fromCharCode(...codes: number[]): string };
interface Number {
  toString(radix?: number): string;
}
interface Boolean {}
interface Function {}
interface CallableFunction {}
interface NewableFunction {}
interface Object {}
interface RegExp {}
interface IArguments {}
type Record<K extends string | number, T> = { [key in K]: T };
