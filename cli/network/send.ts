import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { connect as connectMqtt } from 'mqtt';
import { isSensorId } from '../../gateway/reading';
import { kitOf } from '../../gateway/registry';
import { clientOptions, connectionProblem, placeOf } from '../../gateway/remote-broker';
import { failureOf, parseServer, type Server, startOf } from '../../network/report/http';
import { SimulatedRoom } from '../../network/simulated';
import { brokerOf, wholeNumber } from '../start-options';
import { duration } from './duration';
import { interrupted, rhythm } from './interrupt';
import { print, printJsonLine, tell } from './print';
import { printable } from '../view/text';

export interface SendFlags {
  host: string;
  port?: string;
  server?: string;
  broker?: string;
  count: string;
  every: string;
  sensor?: string;
  json?: boolean;
}

/** One way to send a reading: returns the answer, or what stands for one. Rejects with a sentence. */
interface Way {
  where: string;
  /** What is sent, as it goes over the wire. */
  textOf(reading: object): string;
  send(text: string): Promise<string>;
  close(): Promise<void>;
}

const answerMs = 5000;
/** So long a connection may take to close. */
const closeMs = 1000;
/** A line of answer is shorter. */
const answerMax = 65_536;

export async function sendCommand(protocol: string, flags: SendFlags): Promise<void> {
  const count = wholeNumber('--count', flags.count, 1, 999_999);
  const everyMs = duration('--every', flags.every, 0);
  const sensor = flags.sensor ?? (protocol === 'mqtt' ? 'kit_99' : 'temp_sensor_01');
  if (!isSensorId(sensor))
    throw new Error(`--sensor: expected 1 to 64 letters, digits or _ - . :, got ${JSON.stringify(sensor)}`);
  const signal = interrupted();
  const way = await wayOf(protocol, sensor, flags, signal);
  const room = new SimulatedRoom(() => randomBytes(4).readUInt32LE() / 2 ** 32);
  let answered = 0;
  let sent = 0;
  tell(`${sensor} reports to ${way.where}`);
  try {
    const beat = rhythm(everyMs, signal);
    while (sent < count) {
      await beat();
      if (signal.aborted) break;
      const text = way.textOf({ ...room.next(), timestamp: Math.round(Date.now()) / 1000 });
      sent++;
      if (!flags.json) print(`-> ${text.trimEnd()}`);
      const result = await way.send(text).then(
        (answer) => ({ answer: printable(answer.trimEnd()) }),
        (error: Error) => ({ problem: error.message }),
      );
      if ('answer' in result) answered++;
      if (flags.json) printJsonLine({ at: new Date().toISOString(), message: text.trimEnd(), ...result });
      else print(`<- ${'answer' in result ? result.answer : `failed: ${result.problem}`}`);
    }
  } finally {
    await way.close();
  }
  if (flags.json) printJsonLine({ sent, answered });
  else print(`sent ${answered}/${sent}`);
  if (answered < sent) process.exitCode = 1;
  if (sent < count) signal.throwIfAborted();
}

async function wayOf(protocol: string, sensor: string, flags: SendFlags, signal: AbortSignal): Promise<Way> {
  const { host, port } = flags;
  const inUrl = isIPv6(host) ? `[${host}]` : host;
  const portOr = (usual: number) => (port === undefined ? usual : wholeNumber('--port', port, 1, 65_535));
  switch (protocol) {
    case 'tcp':
      return tcpWay(host, portOr(9999), sensor, signal);
    case 'udp':
      return udpWay(host, portOr(9998), sensor);
    case 'http':
      return httpWay(parseServer(flags.server ?? `http://${inUrl}:${portOr(5000)}`), sensor, signal);
    case 'mqtt':
      return mqttWay(flags.broker ?? `mqtt://${inUrl}:${portOr(1883)}`, sensor, signal);
    default:
      throw new Error(`send: expected tcp, udp, http or mqtt, got ${JSON.stringify(protocol)}`);
  }
}

async function tcpWay(host: string, port: number, sensor: string, signal: AbortSignal): Promise<Way> {
  const socket = connect({ host, port, noDelay: true });
  await inTime(signal, () => once(socket, 'connect')).catch((error: Error) => {
    socket.destroy();
    signal.throwIfAborted();
    throw new Error(`TCP to ${host}:${port}: ${failureOf(error)}`);
  });
  // Answers come in the order of the questions: one that comes too late is none to the next.
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  let rest = '';
  socket.setEncoding('utf8').on('data', (data) => {
    const lines = (rest + String(data)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) waiting.shift()?.resolve(line);
    if (rest.length > answerMax) socket.destroy();
  });
  const closed = new Error('the connection was closed');
  socket
    .on('error', () => undefined)
    .on('close', () => waiting.splice(0).forEach(({ reject }) => reject(closed)));
  return {
    where: `TCP ${host}:${port}`,
    textOf: (reading) => JSON.stringify({ sensor_id: sensor, ...reading }) + '\n',
    send: async (text) => {
      if (socket.destroyed) throw closed;
      const line = await inTime(
        signal,
        () =>
          new Promise<string>((resolve, reject) => {
            waiting.push({ resolve, reject });
            socket.write(text);
          }),
      );
      // The gateway's refusal, or that of a web server: the wrong port.
      if (/^(?:\{"status":"error"|HTTP\/)/.test(line)) throw new Error(printable(line.trimEnd()));
      return line;
    },
    close: async () => {
      if (socket.destroyed) return;
      socket.end().resume();
      await soon(once(socket, 'close'));
      socket.destroy();
    },
  };
}

function udpWay(host: string, port: number, sensor: string): Way {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.on('error', () => undefined);
  return {
    where: `UDP ${host}:${port}`,
    textOf: (reading) => JSON.stringify({ sensor_id: sensor, ...reading }),
    send: (text) =>
      new Promise((resolve, reject) =>
        socket.send(text, port, host, (error) =>
          error ? reject(error) : resolve('(nobody answers over UDP: whether it arrived is not known)'),
        ),
      ),
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function httpWay({ url, authorization }: Server, sensor: string, signal: AbortSignal): Way {
  const address = `${url}/api/sensors/${encodeURIComponent(sensor)}/data`;
  const post = async (body: string, ending: AbortSignal): Promise<{ ok: boolean; answer: string }> => {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(authorization !== undefined && { authorization }),
      },
      body,
      redirect: 'manual',
      signal: ending,
    });
    return { ok: response.ok, answer: `${response.status} ${await startOf(response)}` };
  };
  return {
    where: `POST ${address}`,
    textOf: (reading) => JSON.stringify(reading),
    send: async (text) => {
      const { ok, answer } = await inTime(signal, (ending) => post(text, ending)).catch((error: Error) => {
        throw new Error(failureOf(error));
      });
      if (!ok) throw new Error(printable(answer));
      return answer;
    },
    close: () => Promise.resolve(),
  };
}

async function mqttWay(url: string, sensor: string, signal: AbortSignal): Promise<Way> {
  const kit = kitOf(sensor);
  if (kit === undefined)
    throw new Error(
      `--sensor: over MQTT only kits report: expected kit_ and a number, as kit_99, got ${JSON.stringify(sensor)}`,
    );
  const broker = brokerOf(url);
  const client = connectMqtt({
    ...{ ...clientOptions(broker), connectTimeout: answerMs, reconnectPeriod: 0 },
    clientId: `lamplighter_send_${randomBytes(4).toString('hex')}`,
  });
  const connected = new Promise((resolve, reject) => {
    const fail = (error?: Error) => reject(new Error(connectionProblem(broker, error)));
    client.once('connect', resolve);
    client.once('error', fail);
    client.once('close', fail);
  });
  await inTime(signal, () => connected).catch((error: Error) => {
    client.end(true);
    throw error;
  });
  client.on('error', () => undefined);
  const topic = `iot/${kit}/telemetry`;
  return {
    where: `MQTT ${placeOf(broker)}, ${topic}`,
    textOf: (reading) => {
      const { temperature, humidity } = reading as { temperature: number; humidity: number };
      return JSON.stringify({ temperatureC: temperature, humidityPct: humidity });
    },
    send: async (text) => {
      if (!client.connected) throw new Error('the connection was closed');
      await inTime(signal, () => client.publishAsync(topic, text, { qos: 1 }));
      return '(the broker has acknowledged it)';
    },
    close: async () => {
      await soon(client.endAsync());
      client.end(true);
    },
  };
}

/** What `run` comes to, unless it takes too long or the user wants to go; then `ending` is aborted. */
async function inTime<T>(signal: AbortSignal, run: (ending: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const over = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error));
  });
  const interrupt = () => ending.abort(signal.reason);
  const timer = setTimeout(() => ending.abort(new Error(`no answer within ${answerMs / 1000} s`)), answerMs);
  signal.addEventListener('abort', interrupt);
  try {
    return await Promise.race([run(ending.signal), over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}

/** Settles when it has closed, or will not in time. */
async function soon(closing: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, closeMs)));
  await Promise.race([closing, late]).catch(() => undefined);
  clearTimeout(timer!);
}
