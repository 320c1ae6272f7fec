import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCredential, listCredentials, removeCredential } from '../../cli/credentials';
import { Credentials } from '../../gateway/credentials';

let folder: string;
let file: string;
const printed: string[] = [];
const stderr = new PassThrough();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  file = join(folder, 'credentials.json');
  printed.length = 0;
  stderr.read();
});
afterEach(() => rm(folder, { recursive: true }));

const print = (line: string): void => void printed.push(line);
/** Somebody who types, at a terminal; Enter is a carriage return there. */
const typing = (text: string) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  stdin.write(text);
  return { stdin, stderr, print };
};
/** A pipe that ends. */
const piped = (text: string) => {
  const stdin = new PassThrough();
  stdin.end(text);
  return { stdin, stderr, print };
};

async function verify(name: string, password: string): Promise<object | undefined> {
  const credentials = await Credentials.load(file, { now: () => 0, random: (bytes) => Buffer.alloc(bytes) });
  return credentials.verify(name, password);
}

describe('lamplighter credentials add', () => {
  it('takes the password from a pipe', async () => {
    await addCredential('kit2', { file }, piped('a good password\r\nmore\n'));
    expect(printed).toEqual(['added kit2: kit 2, may use iot/2 and what is below it']);
    expect(await verify('kit2', 'a good password')).toEqual({ name: 'kit2', role: 'kit', kit: 2 });
  });

  it('asks twice at a terminal, and shows nothing of what is typed', async () => {
    await addCredential('kits', { file }, typing('a good password\ra good password\r'));
    expect(String(stderr.read())).toBe('Password for kits: \nOnce more: \n');
    expect(printed.join()).not.toContain('good');
    expect(await verify('kits', 'a good password')).toEqual({ name: 'kits', role: 'kits' });
  });

  it('takes back what was typed by mistake', async () => {
    await addCredential('kits', { file }, typing('a good passX\x7fword\ra good password\r'));
    expect(await verify('kits', 'a good password')).toBeDefined();
  });

  it.each([
    ['two that differ', 'a good password\ra god password\r', 'the two differ; nothing was changed'],
    ['Ctrl-C', 'a good\x03', 'given up; nothing was changed'],
    ['Ctrl-D', '\x04', 'given up; nothing was changed'],
    ['a short one', 'short\r', 'expected at least 8 characters'],
  ])('%s is no password', async (_title, text, expected) => {
    await expect(addCredential('kits', { file }, typing(text))).rejects.toThrow(expected);
    expect(await verify('kits', 'a good password')).toBeUndefined();
  });

  it('makes up a password, and prints it once', async () => {
    await addCredential('teacher', { file, role: 'controller', generate: true }, piped(''));
    expect(printed[0]).toBe('added teacher: controller, may use all of iot/#, the dashboard and the API');
    const [, password] = /^password: ([a-z2-9]{20}) {2}\(shown this once/.exec(printed[1]!)!;
    expect(await verify('teacher', password!)).toBeDefined();
    expect(await readFile(file, 'utf8')).not.toContain(password);
    await addCredential('teacher', { file, generate: true }, piped(''));
    expect(printed[2]).toMatch(/^changed teacher: controller/);
    expect(printed[3]).not.toBe(printed[1]);
  });

  it('binds a sensor to what it may report as', async () => {
    await addCredential('porch', { file, sensorId: 'porch, kit_7', generate: true }, piped(''));
    expect(printed[0]).toBe('added porch: sensor, may report readings over HTTP as porch, kit_7');
  });

  it.each([
    [{}, 'teacher', 'role: "teacher" does not say what it is for'],
    [{}, 'a name', 'name: expected 1 to 64 bytes'],
    [{ kit: '0' }, 'robot', '--kit: expected a number from 1 to 9999, got "0"'],
    [{ sensorId: 'a b' }, 'porch', 'sensor-id: expected 1 to 64 letters, digits or _ - . :, got "a b"'],
    [{ role: 'king' }, 'robot', 'role: expected kit, kits, controller, sensor, got "king"'],
  ])('says what is wrong with %j %s before it asks for a password', async (given, name, expected) => {
    const terminal = typing('');
    await expect(addCredential(name, { file, ...given }, terminal)).rejects.toThrow(expected);
    expect(stderr.read()).toBeNull();
  });

  it('wants a line on standard input', async () => {
    await expect(addCredential('kit2', { file }, piped(''))).rejects.toThrow(
      'password: expected one line on standard input, or --generate',
    );
    await expect(addCredential('kit2', { file }, piped('x'.repeat(100_000)))).rejects.toThrow(
      'at most 64 bytes',
    );
  });
});

it('lamplighter credentials list tells names and what they may do, and no hash', async () => {
  await listCredentials(file, piped(''));
  expect(printed.splice(0)).toEqual([
    `${file}: no credentials yet; lamplighter credentials add kit2 makes some`,
  ]);
  await addCredential('kit2', { file, generate: true }, piped(''));
  await addCredential('weather', { file, role: 'sensor', generate: true }, piped(''));
  printed.length = 0;
  await listCredentials(file, piped(''));
  expect(printed).toEqual([
    'kit2     kit 2, may use iot/2 and what is below it',
    'weather  sensor, may report readings over HTTP',
  ]);
});

it('lamplighter credentials remove names who there is when there is no such user', async () => {
  await expect(removeCredential('kit3', file, piped(''))).rejects.toThrow('no user "kit3": there are none');
  await addCredential('kit2', { file, generate: true }, piped(''));
  await expect(removeCredential('kit3', file, piped(''))).rejects.toThrow(
    'no user "kit3": expected one of kit2',
  );
  await removeCredential('kit2', file, piped(''));
  expect(printed.at(-1)).toBe('removed kit2');
  expect(await readFile(file, 'utf8')).toBe('{}\n');
});
