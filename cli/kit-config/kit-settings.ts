import { basename } from 'node:path';
import { boardOf } from '../../shared/boards';
import type {
  BoardName,
  BrokerSettings,
  EchoSettings,
  KitSettings,
  NetworkSettings,
  ReportSettings,
} from '../../shared/settings';
import { wiringProblems } from '../../shared/wiring';
import type { BrokerOptions, ClassroomConfig, KitOptions, NetworkOptions, ReportOptions } from './classroom';
import { ConfigError } from './config-error';
import { kitJson, kitJsonBytesMax } from './kit-json';
import { placeholderReader, secretReader, type TextReader } from './secrets';
import {
  brokerPasswordRule,
  brokerUserRule,
  consolePasswordRule,
  hostRule,
  reportPasswordRule,
  reportUserRule,
  ssidRule,
  wifiPasswordRule,
} from './texts';

/** A kit.config.ts that has been read and found good. */
export interface Classroom {
  /** Absolute path; `.env` lies beside it. */
  readonly file: string;
  readonly config: ClassroomConfig;
}

export interface SettingsOptions {
  /**
   * `required`: for a real board, secrets from `.env`, only kits that are listed.
   * `placeholder`: for a virtual board, no `.env`; a kit that is not listed gets what all share.
   */
  secrets: 'required' | 'placeholder';
  /** What the command line decides, in place of what the file says. */
  overrides?: KitOptions;
}

/** The content of one kit's kit.json. Throws a ConfigError with every sentence there is to say. */
export function kitSettings(classroom: Classroom, kit: number, options: SettingsOptions): KitSettings {
  const required = options.secrets === 'required';
  const { file, config } = classroom;
  if (required && !config.kits.some((entry) => entry.kit === kit)) {
    const listed = config.kits.map((entry) => entry.kit).join(', ');
    throw new ConfigError([`${basename(file)}: kits: expected one of ${listed}, got kit ${kit}`]);
  }
  const problems: string[] = [];
  const readText = required ? secretReader(file) : placeholderReader;
  const settings = resolveKit(classroom, kit, readText, problems, options.overrides);
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

/** Shared options, the kit's own and the overrides, later ones first in rank; problems are collected. */
export function resolveKit(
  { file, config }: Classroom,
  kit: number,
  readText: TextReader,
  problems: string[],
  overrides: KitOptions = {},
): KitSettings {
  const index = config.kits.findIndex((entry) => entry.kit === kit);
  const entry = config.kits[index];
  const layers: Layer[] = [
    { path: '', options: config },
    { path: entry ? `kits[${index}].` : '', options: entry ?? {} },
    { path: '', options: overrides },
  ];
  const board = last(layers, 'board')?.value ?? 'nodemcu';
  const networks = last(layers, 'networks')!;
  const broker = last(layers, 'broker')!;
  const report = last(layers, 'report');
  const echo = last(layers, 'echo');
  const console = last(layers, 'console');
  const settings: KitSettings = {
    kit,
    board,
    ...(entry?.mac !== undefined && { mac: plainMac(entry.mac) }),
    pins: Object.assign(
      {},
      boardOf(board).pins,
      ...layersFor(board, layers).map(({ options }) => options.pins),
    ),
    ledOn: last(layers, 'ledOn')?.value ?? 1,
    relayOn: last(layers, 'relayOn')?.value ?? 0,
    oled: last(layers, 'oled')?.value ?? 0x3c,
    lamp: Object.assign(
      { holdMs: 10_000, darkBelow: 300, brightFrom: 320 },
      ...layers.map((layer) => layer.options.lamp),
    ),
    telemetryMs: last(layers, 'telemetryMs')?.value ?? 10_000,
    networks: networkSettings(networks.value, `${networks.path}networks`, readText, problems),
    broker: brokerSettings(broker.value, `${broker.path}broker`, readText, problems),
    ...(report && {
      report: reportSettings(report.value, `${report.path}report`, broker, readText, problems),
    }),
    ...(echo && { echo: { ...echoPorts, ...echo.value } }),
    ...(console && {
      console: readText(console.value, `${console.path}console`, consolePasswordRule, problems),
    }),
  };

  const sentences = [
    lampProblem(settings, layers),
    ...wiringSentences(settings, layers),
    sizeProblem(settings, `${networks.path}networks`),
  ];
  for (const sentence of sentences) if (sentence) problems.push(`${basename(file)}: ${sentence}`);
  return settings;
}

function lampProblem({ lamp }: KitSettings, layers: Layer[]): string | undefined {
  if (lamp.brightFrom > lamp.darkBelow) return undefined;
  const key = `${last(layers, 'lamp')?.path}lamp.brightFrom`;
  return `${key}: expected more than darkBelow, which is ${lamp.darkBelow}, got ${lamp.brightFrom}`;
}

/** Under the key that sets the pin; a usual pin that does not suit is to be set in the kit's own entry. */
function wiringSentences(settings: KitSettings, layers: Layer[]): string[] {
  return wiringProblems(settings.board, settings.pins, settings).map(({ part, sentence }) => {
    const source = layersFor(settings.board, layers).findLast(
      ({ options }) => options.pins?.[part] !== undefined,
    );
    return `${(source ?? layers[1]!).path}pins.${part}: ${sentence}`;
  });
}

function sizeProblem(settings: KitSettings, path: string): string | undefined {
  const bytes = kitJson(settings).length;
  if (bytes <= kitJsonBytesMax) return undefined;
  return `${path}: expected a kit.json of at most ${kitJsonBytesMax} bytes, got ${bytes}; list fewer networks`;
}

/** Lower case with colons, as the board itself says it. */
export function plainMac(mac: string): string {
  return mac.toLowerCase().replaceAll('-', ':');
}

interface Layer {
  path: string;
  options: KitOptions;
}

/** The value of the last layer that has one. */
function last<Key extends keyof KitOptions>(
  layers: Layer[],
  key: Key,
): { path: string; value: NonNullable<KitOptions[Key]> } | undefined {
  for (const { path, options } of layers.toReversed()) {
    const value = options[key];
    if (value !== undefined) return { path, value };
  }
  return undefined;
}

/** The layers that speak of this board: the pins of another one mean nothing on it. */
function layersFor(board: BoardName, layers: Layer[]): Layer[] {
  let boardSoFar: BoardName = 'nodemcu';
  return layers.filter(({ options }) => (boardSoFar = options.board ?? boardSoFar) === board);
}

function networkSettings(
  networks: NetworkOptions[],
  path: string,
  readText: TextReader,
  problems: string[],
): NetworkSettings[] {
  return networks
    .map((network, index) => ({
      priority: network.priority ?? 0,
      settings: {
        ssid: readText(network.ssid, `${path}[${index}].ssid`, ssidRule, problems),
        ...(network.password !== undefined && {
          password: readText(network.password, `${path}[${index}].password`, wifiPasswordRule, problems),
        }),
        ...(network.hidden && { hidden: true }),
      },
    }))
    .sort((a, b) => b.priority - a.priority)
    .map((network) => network.settings);
}

function brokerSettings(
  broker: BrokerOptions,
  path: string,
  readText: TextReader,
  problems: string[],
): BrokerSettings {
  return {
    host: readText(broker.host, `${path}.host`, hostRule, problems),
    port: broker.port ?? 1883,
    ...(broker.user !== undefined && {
      user: readText(broker.user, `${path}.user`, brokerUserRule, problems),
    }),
    ...(broker.password !== undefined && {
      password: readText(broker.password, `${path}.password`, brokerPasswordRule, problems),
    }),
  };
}

const echoPorts: EchoSettings = { udpPort: 9999, tcpPort: 9997 };
const reportPorts: Record<ReportOptions['by'], number> = { http: 5000, tcp: 9999, udp: 9998 };

function reportSettings(
  report: ReportOptions,
  path: string,
  broker: { path: string; value: BrokerOptions },
  readText: TextReader,
  problems: string[],
): ReportSettings {
  const { by, host, port, user, password, mqtt } = report;
  return {
    by,
    host:
      host !== undefined
        ? readText(host, `${path}.host`, hostRule, problems)
        : readText(broker.value.host, `${broker.path}broker.host`, hostRule, problems),
    port: port ?? reportPorts[by],
    ...(user !== undefined && { user: readText(user, `${path}.user`, reportUserRule, problems) }),
    ...(password !== undefined && {
      password: readText(password, `${path}.password`, reportPasswordRule, problems),
    }),
    // What is so anyway needs no room on the board.
    ...(mqtt === false && { mqtt }),
  };
}
