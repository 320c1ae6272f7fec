import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectMqtt } from 'mqtt';
import { isSensorId } from '../../gateway/reading';
import { kitOf } from '../../gateway/registry';
import { clientOptions, connectionProblem, placeOf } from '../../gateway/remote-broker';
import { parseServer, type Server } from '../../network/report/http';
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

export async function sendCommand(protocol: string, flags: SendFlags): Promise<void> {
  const count = wholeNumber('--count', flags.count, 1, 999_999);
  const everyMs = duration('--every', flags.every, 0);
  const sensor = flags.sensor ?? (protocol === 'mqtt' ? 'kit_99' : 'temp_sensor_01');
  if (!isSensorId(sensor))
    throw new Error(`--sensor: expected 1 to 64 letters, digits or _ - . :, got ${JSON.stringify(sensor)}`);
  const signal = interrupted();
  const way = await wayOf(protocol, sensor, flags);
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

function wayOf(protocol: string, sensor: string, flags: SendFlags): Promise<Way> {
  const { host, port } = flags;
  const portOr = (usual: number) => (port === undefined ? usual : wholeNumber('--port', port, 1, 65_535));
  switch (protocol) {
    case 'tcp':
      return tcpWay(host, portOr(9999), sensor);
    case 'udp':
      return udpWay(host, portOr(9998), sensor);
    case 'http':
      return Promise.resolve(httpWay(parseServer(flags.server ?? `http://${host}:${portOr(5000)}`), sensor));
    case 'mqtt':
      return mqttWay(flags.broker ?? `mqtt://${host}:${portOr(1883)}`, sensor);
    default:
      throw new Error(`send: expected tcp, udp, http or mqtt, got ${JSON.stringify(protocol)}`);
  }
}

async function tcpWay(host: string, port: number, sensor: string): Promise<Way> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect').catch((error: Error) => {
    throw new Error(`TCP to ${host}:${port}: ${error.message}`);
  });
  let rest = '';
  let arrived: (line: string) => void = () => undefined;
  let broken: (error: Error) => void = () => undefined;
  socket.setEncoding('utf8');
  socket.on('data', (data) => {
    rest += String(data);
    const end = rest.indexOf('\n');
    if (end < 0) return;
    arrived(rest.slice(0, end));
    rest = rest.slice(end + 1);
  });
  socket.on('error', () => undefined).on('close', () => broken(new Error('the connection was closed')));
  return {
    where: `TCP ${host}:${port}`,
    textOf: (reading) => JSON.stringify({ sensor_id: sensor, ...reading }) + '\n',
    send: (text) =>
      inTime(
        new Promise((resolve, reject) => {
          arrived = resolve;
          broken = reject;
          if (socket.destroyed) reject(new Error('the connection was closed'));
          else socket.write(text);
        }),
      ),
    close: async () => {
      if (socket.destroyed) return;
      socket.end();
      await inTime(once(socket.resume(), 'close')).catch(() => socket.destroy());
    },
  };
}

async function udpWay(host: string, port: number, sensor: string): Promise<Way> {
  const socket = createSocket('udp4');
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

function httpWay({ url, authorization }: Server, sensor: string): Way {
  const address = `${url}/api/sensors/${encodeURIComponent(sensor)}/data`;
  return {
    where: `POST ${address}`,
    textOf: (reading) => JSON.stringify(reading),
    send: async (text) => {
      const response = await fetch(address, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(authorization !== undefined && { authorization }),
        },
        body: text,
        redirect: 'manual',
        signal: AbortSignal.timeout(answerMs),
      }).catch((error: Error & { cause?: Error }) => {
        throw new Error(error.cause?.message || error.message);
      });
      const answer = `${response.status} ${await response.text()}`;
      if (!response.ok) throw new Error(printable(answer));
      return answer;
    },
    close: () => Promise.resolve(),
  };
}

async function mqttWay(url: string, sensor: string): Promise<Way> {
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
  await new Promise((resolve, reject) => {
    const fail = (error?: Error) => reject(new Error(connectionProblem(broker, error)));
    client.once('connect', resolve);
    client.once('error', fail);
    client.once('close', fail);
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
      await inTime(client.publishAsync(topic, text, { qos: 1 }));
      return '(the broker has acknowledged it)';
    },
    close: () => client.endAsync(),
  };
}

function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerMs / 1000} s`)), answerMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
