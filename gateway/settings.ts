import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { isLoopback } from './settings/address';
import { flagOf, type Name, names, type Setting, table, type Values, variableOf } from './settings/table';

/** Every setting of the gateway with its value: `settings/table.ts` says what each means. Files are absolute paths. */
export interface GatewaySettings extends Values {
  /** False for off, as it is for the other ports; without a certificate off. */
  httpsPort: number | false;
  mqttsPort: number | false;
  /** Others than this computer may connect: the dashboard asks for a login, and the broker for a password. */
  beyondLoopback: boolean;
  /**
   * The dashboard asks for a login: beyond loopback, and also where names were given for loopback, since then
   * a proxy lets others in.
   */
  login: boolean;
}

/** Where settings come from; the first that knows one decides. */
export interface Sources {
  /** As commander hands them over: `{ webPort: '5001', openIngest: true }`. */
  flags: Readonly<Record<string, unknown>>;
  environment: Readonly<Record<string, string | undefined>>;
  /** What `--config-file` and LAMPLIGHTER_CONFIG_FILE name, and whatever files are named beside it, count from here. */
  directory: string;
}

export interface ReadSettings {
  settings: GatewaySettings;
  /** Sentences about what was said in vain. */
  notes: string[];
}

/** The option and the variable that name the configuration file. */
export const configFileFlag = 'config-file';
export const configFileVariable = 'LAMPLIGHTER_CONFIG_FILE';

/** A mistake of the user's: one sentence with its source, its name, the value (unless secret) and what would be right. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

/** Throws a SettingsError. Opens no file but the one for settings. */
export function readSettings(sources: Sources): ReadSettings {
  const { values, given } = readValues(names, sources);
  const settings = completed(values, given);
  checkTls(settings, given);
  checkPorts(settings, given);
  return { settings, notes: [...strangeVariables(sources.environment), ...inVain(settings, given)] };
}

/** Some settings alone, for commands that use the gateway's files. Throws a SettingsError. */
export function readSome<N extends Name>(wanted: readonly N[], sources: Sources): Pick<Values, N> {
  return readValues(wanted, sources).values;
}

/** One value that some other command takes as an option of its own. Throws a SettingsError. */
export function parseFlag<N extends Name>(name: N, text: string, directory: string): Values[N] {
  return parsed(name, fromText(name, text), `--${flagOf(name)}`, directory) as Values[N];
}

/** What to say when `beyondLoopback` and there are no credentials. */
export function credentialsMissing({ listen, credentials }: GatewaySettings): string {
  return (
    `--listen ${listen} lets others in, and ${credentials} knows nobody yet: ` +
    'make credentials first with lamplighter credentials add kit2, or listen on 127.0.0.1'
  );
}

/** How a sentence calls where a setting came from: `--web-port`, `LAMPLIGHTER_WEB_PORT`, `gateway.json: webPort`. */
type Given = Map<Name, string>;

function readValues<N extends Name>(
  wanted: readonly N[],
  { flags, environment, directory }: Sources,
): { values: Pick<Values, N>; given: Given } {
  const given: Given = new Map();
  const file = configFile(flags, environment, directory);
  const values = wanted.map((name) => {
    const flag = flags[name];
    const variable = environment[variableOf(name)];
    const take = (input: unknown, source: string, folder: string) => {
      given.set(name, source);
      return parsed(name, input, source, folder);
    };
    if (flag !== undefined)
      return take(typeof flag === 'string' ? fromText(name, flag) : flag, `--${flagOf(name)}`, directory);
    // What an init system or a shell left empty was not set.
    if (variable !== undefined && variable !== '')
      return take(fromText(name, variable), variableOf(name), directory);
    if (file && Object.hasOwn(file.keys, name))
      return take(file.keys[name], `${basename(file.path)}: ${name}`, dirname(file.path));
    const { fallback, kind } = table[name] as Setting<unknown>;
    return kind.path && typeof fallback === 'string' ? resolve(directory, fallback) : fallback;
  });
  return {
    values: Object.fromEntries(wanted.map((name, index) => [name, values[index]])) as Pick<Values, N>,
    given,
  };
}

function fromText(name: Name, text: string): unknown {
  return table[name].kind.fromText(text);
}

function parsed(name: Name, input: unknown, source: string, folder: string): unknown {
  const { kind } = table[name] as Setting<unknown>;
  const result = v.safeParse(kind.schema, input);
  if (!result.success) throw new SettingsError(`${source}: ${result.issues[0].message}`);
  return kind.path ? resolve(folder, result.output as string) : result.output;
}

interface ConfigFile {
  path: string;
  keys: Record<string, unknown>;
}

function configFile(
  flags: Sources['flags'],
  environment: Sources['environment'],
  directory: string,
): ConfigFile | undefined {
  const flag = flags['configFile'];
  const [source, named] =
    typeof flag === 'string'
      ? ['--config-file', flag]
      : [configFileVariable, environment[configFileVariable]];
  if (named === undefined || (named === '' && source === configFileVariable)) return undefined;
  if (named === '') throw new SettingsError('--config-file: expected the name of a file, got ""');
  const path = resolve(directory, named);
  const keys = parseJson(readText(path, source), path);
  const unknown = Object.keys(keys).find((key) => !names.includes(key as Name));
  if (unknown !== undefined)
    throw new SettingsError(
      `${basename(path)}: ${JSON.stringify(unknown.slice(0, 40))} is no setting; the settings are ${names.join(', ')}`,
    );
  return { path, keys };
}

function readText(path: string, source: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError(
      code === 'ENOENT'
        ? `${source}: there is no file ${path}`
        : `${source}: ${path} cannot be read (${code}): expected a JSON file`,
    );
  }
}

function parseJson(text: string, path: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // The engine's message may quote the file, and a password may stand there.
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = position && text.slice(0, Number(position)).split('\n').length;
    throw new SettingsError(
      `${basename(path)}: is no JSON${line ? `, see line ${line}` : ''}: expected an object such as { "webPort": 5001 }`,
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new SettingsError(`${basename(path)}: expected an object such as { "webPort": 5001 }`);
  return json as Record<string, unknown>;
}

function completed(values: Values, given: Given): GatewaySettings {
  const { broker, tlsCert, listen, hostName } = values;
  const withCertificate = (port: number | false | undefined, usual: number) =>
    port ?? (tlsCert === undefined ? false : usual);
  const beyondLoopback = !isLoopback(listen);
  const computer = hostname().toLowerCase();
  return {
    ...values,
    mqttPort: broker ? false : values.mqttPort,
    mqttsPort: broker ? false : withCertificate(values.mqttsPort, 8883),
    httpsPort: withCertificate(values.httpsPort, 5443),
    hostName: [...hostName, computer, `${computer}.local`],
    beyondLoopback,
    login: beyondLoopback || given.has('hostName'),
  };
}

function checkTls(settings: GatewaySettings, given: Given): void {
  const { tlsCert, tlsKey } = settings;
  if (tlsCert !== undefined && tlsKey === undefined)
    throw new SettingsError(`${given.get('tlsCert')}: a certificate needs its key, named with --tls-key`);
  if (tlsKey !== undefined && tlsCert === undefined)
    throw new SettingsError(`${given.get('tlsKey')}: a key needs its certificate, named with --tls-cert`);
  for (const name of ['httpsPort', 'mqttsPort'] as const)
    if (settings[name] !== false && tlsCert === undefined)
      throw new SettingsError(`${given.get(name)}: TLS needs a certificate: --tls-cert and --tls-key`);
}

const tcpPorts = ['webPort', 'httpsPort', 'mqttPort', 'mqttsPort', 'tcpPort'] as const;

/** Two listeners on one port: the second would only say that it is in use. */
function checkPorts(settings: GatewaySettings, given: Given): void {
  for (const [index, name] of tcpPorts.entries()) {
    const twin = tcpPorts
      .slice(0, index)
      .find((other) => settings[other] && settings[other] === settings[name]);
    if (!twin) continue;
    const source = given.get(name) ?? given.get(twin)!;
    throw new SettingsError(
      `${source}: port ${settings[name]} is that of --${flagOf(given.has(name) ? twin : name)}: give each its own`,
    );
  }
}

/** A cluster may set variables of this name for a service of this name, so they are no mistake that ends the start. */
function strangeVariables(environment: Sources['environment']): string[] {
  const known = [configFileVariable, ...names.map(variableOf)];
  return Object.keys(environment)
    .filter((variable) => variable.startsWith('LAMPLIGHTER_') && !known.includes(variable))
    .map((variable) => `${variable} is no setting; lamplighter gateway --help lists them`);
}

function inVain({ broker, openIngest, beyondLoopback }: GatewaySettings, given: Given): string[] {
  const notes: string[] = [];
  for (const name of ['mqttPort', 'mqttsPort'] as const)
    if (broker && given.has(name)) notes.push(`${given.get(name)} is for an own broker, and another is used`);
  if (openIngest && !beyondLoopback)
    notes.push(`${given.get('openIngest')} changes nothing while only this computer can connect`);
  return notes;
}
