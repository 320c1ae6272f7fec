import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { Credentials, type Identity } from '../gateway/credentials';
import { passwordProblem } from '../gateway/credentials/credential';

export interface CredentialsOptions {
  /** The file that the gateway uses. */
  file: string;
  role?: string | undefined;
  kit?: string | undefined;
  /** As which a sensor may report, with commas between them. */
  sensorId?: string | undefined;
  /** Make the password up instead of asking for it. */
  generate?: boolean | undefined;
}

export interface CredentialsTerminal {
  /** Where a password comes from: asked for at a terminal, else its first line. */
  stdin: Readable & { isTTY?: boolean };
  /** Where it is asked for. */
  stderr: Writable;
  print: (line: string) => void;
}

/** Letters that can be told apart, and need no quotes anywhere: 5 bits each. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
const generatedLength = 20;
/** A line of a pipe that is longer is no password. */
const lineMax = 1024;

/** `lamplighter credentials add <name>`: a new user, or a new password or role of one. Throws one sentence. */
export async function addCredential(
  name: string,
  { file, role, kit, sensorId, generate }: CredentialsOptions,
  terminal: CredentialsTerminal,
): Promise<void> {
  const credentials = await open(file, terminal);
  // What is wrong with the name is said before anybody thinks of a password.
  const sensors = sensorId?.split(',').map((id) => id.trim());
  const given = { role, kit: kit === undefined ? undefined : kitNumber(kit), sensors };
  credentials.check(name, given);
  const password = generate ? generated() : await passwordFrom(name, terminal);
  const { identity, replaced } = await credentials.add(name, password, given);
  terminal.print(`${replaced ? 'changed' : 'added'} ${identity.name}: ${described(identity)}`);
  if (generate) terminal.print(`password: ${password}  (shown this once; only a hash of it is kept)`);
}

/** `lamplighter credentials remove <name>`. Throws one sentence when there is no such user. */
export async function removeCredential(
  name: string,
  file: string,
  terminal: CredentialsTerminal,
): Promise<void> {
  const credentials = await open(file, terminal);
  if (await credentials.remove(name)) return terminal.print(`removed ${name}`);
  const names = credentials.list().map((identity) => identity.name);
  throw new Error(
    `${file}: no user ${JSON.stringify(name)}: ${names.length > 0 ? `expected one of ${names.join(', ')}` : 'there are none'}`,
  );
}

/** `lamplighter credentials list`: names and what they may do, no hashes. */
export async function listCredentials(file: string, terminal: CredentialsTerminal): Promise<void> {
  const identities = (await open(file, terminal)).list();
  const width = Math.max(0, ...identities.map(({ name }) => name.length));
  for (const identity of identities) terminal.print(`${identity.name.padEnd(width)}  ${described(identity)}`);
  if (identities.length === 0)
    terminal.print(`${file}: no credentials yet; lamplighter credentials add kit2 makes some`);
}

function open(file: string, { print }: CredentialsTerminal): Promise<Credentials> {
  // No time passes in here: nothing is remembered for longer than the command takes.
  return Credentials.load(file, { now: () => 0, random: randomBytes, log: print });
}

function described({ role, kit, sensors }: Identity): string {
  switch (role) {
    case 'kit':
      return `kit ${kit}, may use iot/${kit} and what is below it`;
    case 'kits':
      return 'all kits, each client may use the tree of its own client id kit_<number>';
    case 'controller':
      return 'controller, may use all of iot/#, the dashboard and the API';
    case 'sensor':
      return `sensor, may report readings over HTTP${sensors ? ` as ${sensors.join(', ')}` : ''}`;
  }
}

function kitNumber(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Error(`--kit: expected a number from 1 to 9999, got ${JSON.stringify(text.slice(0, 40))}`);
}

function generated(): string {
  return Array.from(randomBytes(generatedLength), (byte) => alphabet[byte % alphabet.length]).join('');
}

async function passwordFrom(name: string, terminal: CredentialsTerminal): Promise<string> {
  if (!terminal.stdin.isTTY) return firstLine(terminal.stdin);
  const [password, again] = await askTwice(name, terminal);
  if (again === password) return password;
  throw new Error('password: the two differ; nothing was changed');
}

/** Asks without showing what is typed. Throws when the user gives up. */
async function askTwice(name: string, { stdin, stderr }: CredentialsTerminal): Promise<[string, string]> {
  const silence = new Writable({ write: (_bytes, _encoding, done) => done() });
  const prompt = createInterface({ input: stdin, output: silence, terminal: true });
  prompt.on('SIGINT', () => prompt.close());
  const lines = prompt[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    stderr.write(question);
    const { value, done } = await lines.next();
    stderr.write('\n');
    if (done) throw new Error('password: given up; nothing was changed');
    return value;
  };
  try {
    const password = await ask(`Password for ${name}: `);
    const problem = passwordProblem(password);
    if (problem !== undefined) throw new Error(problem);
    return [password, await ask('Once more: ')];
  } finally {
    prompt.close();
  }
}

async function firstLine(stdin: Readable): Promise<string> {
  let text = '';
  stdin.setEncoding('utf8');
  for await (const piece of stdin) {
    text += piece;
    if (text.includes('\n') || text.length > lineMax) break;
  }
  const line = text.split('\n')[0]!.replace(/\r$/, '');
  if (line === '') throw new Error('password: expected one line on standard input, or --generate');
  return line;
}
