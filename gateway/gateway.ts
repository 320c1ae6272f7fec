/** The composition root of the gateway: makes the rooms, hands each what it uses, and opens the doors. */
import { randomBytes } from 'node:crypto';
import type { KitView, LiveEvent } from '../shared/live';
import { version } from '../shared/version';
import { Broker } from './broker';
import type { Bus } from './bus';
import { Commands } from './commands';
import { Credentials } from './credentials';
import { EmbeddedBus } from './embedded-bus';
import { Ingest } from './ingest/ingest';
import { MqttIngest } from './ingest/mqtt';
import { summaryLines, summaryMs } from './ingest/summary';
import { TcpIngest } from './ingest/tcp';
import { UdpIngest } from './ingest/udp';
import type { Log } from './log';
import { Registry } from './registry';
import { credentialsMissing, type GatewaySettings } from './settings';
import { SqliteStore } from './store/sqlite-store';
import { readPem, TlsFiles } from './tls-files';
import { WebServer } from './web/web-server';

/** What the gateway is handed. */
export interface GatewayParts {
  /** Milliseconds since 1970. */
  now(): number;
  log: Log;
  /** The built dashboard. */
  dashboard: string;
}

export interface Listener {
  protocol: 'mqtt' | 'mqtts' | 'http' | 'https' | 'tcp' | 'udp';
  host: string;
  port: number;
}

/** A gateway that runs. */
export interface Gateway {
  readonly listeners: readonly Listener[];
  /** Its own broker; absent when it uses one that runs elsewhere. */
  readonly broker: Broker | undefined;
  /** Tells the dashboards what kit.config.ts says of each kit. */
  showSettings(settings: ReadonlyMap<number, NonNullable<KitView['settings']>>): void;
  /** Lets nobody in any more, writes what waits, and closes. */
  stop(): Promise<void>;
}

/** Where readings without a password are taken when no others may come. */
const loopback = '127.0.0.1';

/** Resolves when every door is open. Throws one sentence when one cannot be opened; nothing is left behind then. */
export async function startGateway(settings: GatewaySettings, parts: GatewayParts): Promise<Gateway> {
  const { now, log, dashboard } = parts;
  const { listen: host, openIngest } = settings;
  const about = (room: string) => log.child({ room });

  const credentials = await Credentials.load(settings.credentials, {
    now,
    random: randomBytes,
    log: (sentence) => about('credentials').warn(sentence),
  });
  if (settings.beyondLoopback && credentials.isEmpty) throw new Error(credentialsMissing(settings));
  const tls = tlsOf(settings, about('tls'));

  const store = new SqliteStore({
    file: settings.data,
    retentionDays: settings.retention,
    now,
    say: (sentence) => about('store').warn(sentence),
  });
  const broker = settings.broker
    ? undefined
    : new Broker({
        host,
        port: settings.mqttPort,
        authenticator: credentials,
        // On this computer alone nobody needs a name.
        open: () => !settings.beyondLoopback,
        ...(tls && settings.mqttsPort !== false && { tls: { ...tls.pair, port: settings.mqttsPort } }),
        log: (sentence) => about('broker').warn(sentence),
      });
  const bus: Bus & { counters: object } = broker
    ? new EmbeddedBus(broker, (error) => about('bus').error({ err: error }, 'a message was not understood'))
    : // Loaded when needed: an MQTT client takes as much memory as the broker.
      new (await import('./remote-bus')).RemoteBus(remoteBroker(settings), {
        log: (sentence) => about('bus').warn(sentence),
        onError: (error) => about('bus').error({ err: error }, 'a message was not understood'),
      });

  const registry = new Registry({ now });
  const ingest = new Ingest({ registry, store, now });
  const commands = new Commands({ bus, textsOnly: (kit) => registry.kit(kit)?.textsOnly ?? false });
  const tellDashboards = (event: LiveEvent): void => web.tell(event);
  registry.onEvent = tellDashboards;
  const mqtt = new MqttIngest({
    ...{ bus, registry, commands, now },
    ingest: ingest.ingest,
    onEvent: tellDashboards,
  });
  // TCP and UDP know no passwords.
  const ingestHost = openIngest ? host : loopback;
  const door = { host: ingestHost, open: openIngest, ingest: ingest.ingest, now };
  const tcp = new TcpIngest({ ...door, port: settings.tcpPort || 0 });
  const udp = new UdpIngest({ ...door, port: settings.udpPort || 0 });
  const web = new WebServer(
    {
      host,
      port: settings.webPort,
      ...(tls && settings.httpsPort !== false && { tls: { ...tls.pair, port: settings.httpsPort } }),
      rules: { hosts: settings.hostName, loginNeeded: settings.login, openIngest },
      folder: dashboard,
      version,
    },
    {
      credentials,
      sensors: registry,
      ingestion: ingest,
      commands,
      store,
      ...(broker && { mqtt: broker }),
      broker: () => bus.state,
      counters: () => ({
        ...(broker && { broker: broker.counters }),
        bus: bus.counters,
        registry: registry.counters,
        ingest: ingest.counters,
        mqttIngest: mqtt.counters,
        tcp: tcp.counters,
        udp: udp.counters,
        commands: commands.counters,
        store: store.counters,
        credentials: credentials.counters,
      }),
    },
    { log: about('web'), now, token: () => randomBytes(24).toString('base64url') },
  );

  /** Undone in reverse: doors close before what lies behind them. */
  credentials.watch();
  const undo: (() => unknown)[] = [() => credentials.stop()];
  if (tls) {
    tls.onChange = (pair) => {
      broker?.renewTls(pair);
      web.renewTls(pair);
    };
    undo.push(tls.watch());
  }
  const open = async (room: { start(): Promise<void>; stop(): Promise<void> }): Promise<void> => {
    undo.push(() => room.stop());
    await room.start();
  };
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await open(store);
    registry.load(await store.sensors(), await store.configs());
    mqtt.start();
    undo.push(
      () => mqtt.stop(),
      () => commands.stop(),
    );
    if (broker) {
      await open(broker);
      await open(bus);
    }
    if (settings.tcpPort !== false) await open(tcp);
    if (settings.udpPort !== false) await open(udp);
    await open(web);
    // A broker elsewhere may take ten seconds not to answer, and nobody else shall wait for it.
    if (!broker) await open(bus);
  } catch (error) {
    await stop();
    throw error;
  }
  const summary = setInterval(() => {
    for (const line of summaryLines(registry.views(), now())) about('ingest').info(line);
  }, summaryMs);
  undo.push(() => clearInterval(summary));

  return {
    listeners: listenersOf(),
    broker,
    showSettings: (shown) => registry.showSettings(shown),
    stop,
  };

  function listenersOf(): Listener[] {
    const all: [Listener['protocol'], string, number | undefined][] = [
      ['http', host, web.port],
      ['https', host, web.tlsPort],
      ['mqtt', host, broker?.port],
      ['mqtts', host, broker?.tlsPort],
      ['tcp', ingestHost, settings.tcpPort === false ? undefined : tcp.port],
      ['udp', ingestHost, settings.udpPort === false ? undefined : udp.port],
    ];
    return all.flatMap(([protocol, at, port]) => (port ? [{ protocol, host: at, port }] : []));
  }
}

function tlsOf({ tlsCert, tlsKey }: GatewaySettings, log: Log): TlsFiles | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return new TlsFiles({
    ...{ tlsCert, tlsKey },
    onTaken: (sentence) => log.info(sentence),
    onRefused: (sentence) => log.warn(sentence),
  });
}

function remoteBroker({
  broker,
  brokerCa,
}: GatewaySettings): NonNullable<GatewaySettings['broker']> & { ca?: string } {
  return { ...broker!, ...(brokerCa !== undefined && { ca: readPem(brokerCa, '--broker-ca') }) };
}
