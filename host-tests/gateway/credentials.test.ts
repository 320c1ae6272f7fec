import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { Credentials, NotNow } from '../../gateway/credentials';
import { lockFile } from '../../gateway/file-lock';
import { Attempts } from '../../gateway/credentials/attempts';
import { identityFor, nameProblem, passwordProblem } from '../../gateway/credentials/credential';
import { Remembered } from '../../gateway/credentials/remembered';
import { ScryptQueue } from '../../gateway/credentials/scrypt-queue';

/** Random enough for a test. */
let next = 1;
const random = (bytes: number): Buffer => Buffer.alloc(bytes, next++);

let folder: string;
let file: string;
let nowMs = 0;
const log: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  file = join(folder, 'data', 'credentials.json');
  nowMs = 0;
  log.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const load = (): Promise<Credentials> =>
  Credentials.load(file, { now: () => nowMs, random, log: (sentence) => log.push(sentence) });

describe('credentials', () => {
  it('are none without a file, and are known again by who reads the file later', async () => {
    const first = await load();
    expect(first.isEmpty).toBe(true);
    expect(await first.add('kit2', 'a good password')).toEqual({
      identity: { name: 'kit2', role: 'kit', kit: 2 },
      replaced: false,
    });
    const second = await load();
    expect(second.isEmpty).toBe(false);
    expect(second.list()).toEqual([{ name: 'kit2', role: 'kit', kit: 2 }]);
    expect(await second.verify('kit2', 'a good password')).toEqual({ name: 'kit2', role: 'kit', kit: 2 });
    expect(await second.verify('kit2', 'a bad password')).toBeUndefined();
    expect(await second.verify('kit3', 'a good password')).toBeUndefined();
    expect(await second.verify('constructor', 'a good password')).toBeUndefined();
  });

  it('lie in a file that only its owner reads, without passwords and without leftovers', async () => {
    const credentials = await load();
    await credentials.add('kits', 'a good password');
    await credentials.add('kit2', 'a good password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'data'))).toEqual(['credentials.json', 'credentials.json-lock']);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('good');
    const { kits, kit2 } = JSON.parse(text) as Record<string, { salt: string; hash: string }>;
    expect(kits!.salt).not.toBe(kit2!.salt);
    expect(kits!.hash).not.toBe(kit2!.hash);
  });

  it('are hashed with scrypt, N 16384, r 8, p 1', async () => {
    await load();
    // Made with Python's hashlib.scrypt(b'a good password', salt=bytes(16), n=16384, r=8, p=1, dklen=32).
    const hash = (
      await new ScryptQueue().hash('a good password', Buffer.alloc(16).toString('base64'))
    ).toString('hex');
    expect(hash).toBe(knownHash);
  });

  it('change by a new password or role; what is not named stays', async () => {
    const credentials = await load();
    await credentials.add('robot', 'a good password', { role: 'kit', kit: 7 });
    const changed = await credentials.add('robot', 'another password');
    expect(changed).toEqual({ identity: { name: 'robot', role: 'kit', kit: 7 }, replaced: true });
    expect(await credentials.verify('robot', 'a good password')).toBeUndefined();
    expect(await credentials.verify('robot', 'another password')).toMatchObject({ kit: 7 });
    await credentials.add('robot', 'another password', { role: 'controller' });
    expect(credentials.identity('robot')).toEqual({ name: 'robot', role: 'controller' });
  });

  it('tell which kits have one', async () => {
    const credentials = await load();
    await credentials.add('kit2', 'a good password');
    await credentials.add('porch', 'a good password', { role: 'sensor' });
    expect([credentials.hasKit(2), credentials.hasKit(3)]).toEqual([true, false]);
    await credentials.add('kits', 'a good password');
    expect(credentials.hasKit(3)).toBe(true);
  });

  it('of a sensor may be for some sensors only, which another password does not change', async () => {
    const credentials = await load();
    await credentials.add('porch', 'a good password', { sensors: ['porch', 'kit_7'] });
    const bound = credentials.identity('porch')!;
    expect((await load()).list()).toEqual([{ name: 'porch', role: 'sensor', sensors: ['porch', 'kit_7'] }]);
    await credentials.add('porch', 'another password');
    expect(credentials.identity('porch')).toEqual(bound);
    await credentials.add('porch', 'another password', { sensors: ['porch'] });
    expect(credentials.isCurrent(bound)).toBe(false);
    expect((await load()).list()).toEqual([{ name: 'porch', role: 'sensor', sensors: ['porch'] }]);
  });

  it('that are removed are wrong from then on, though they were remembered', async () => {
    const credentials = await load();
    await credentials.add('kit2', 'a good password');
    expect(await credentials.verify('kit2', 'a good password')).toBeDefined();
    expect(await credentials.remove('kit2')).toBe(true);
    expect(await credentials.remove('kit2')).toBe(false);
    expect(await credentials.verify('kit2', 'a good password')).toBeUndefined();
  });

  it('are the same however an accent is typed', async () => {
    const credentials = await load();
    await credentials.add('조명2', 'pässwörter', { role: 'controller' });
    expect(await credentials.verify('조명2'.normalize('NFD'), 'pässwörter'.normalize('NFD'))).toBeDefined();
  });

  it('that another program changes are taken over, and told; the others stay what they are', async () => {
    const credentials = await load();
    let told = 0;
    credentials.onChange(() => told++);
    await credentials.add('kit2', 'a good password');
    await credentials.add('kit3', 'a good password');
    const [two, three] = [credentials.identity('kit2')!, credentials.identity('kit3')!];
    expect(told).toBe(2);
    const other = await load();
    await other.add('kit3', 'another password');
    await credentials.reload();
    expect(told).toBe(3);
    expect([credentials.isCurrent(two), credentials.isCurrent(three)]).toEqual([true, false]);
    await credentials.reload();
    expect(told).toBe(3);
    expect(await credentials.verify('kit3', 'another password')).toBeDefined();
    await rm(file);
    await credentials.reload();
    expect([told, credentials.isEmpty]).toEqual([4, true]);
  });

  it('are watched: what another program writes counts within seconds, and no more after stop', async () => {
    const credentials = await load();
    credentials.watch();
    credentials.watch();
    const changed = new Promise<void>((resolve) => credentials.onChange(resolve));
    await (await load()).add('kit2', 'a good password');
    await changed;
    expect(credentials.list()).toHaveLength(1);
    credentials.stop();
    credentials.stop();
  });

  it('of two writers both stay', async () => {
    const [one, other] = [await load(), await load()];
    await one.add('kit2', 'a good password');
    await other.add('kit3', 'a good password');
    await one.reload();
    expect(one.list().map(({ name }) => name)).toEqual(['kit2', 'kit3']);
  });

  it('of thirty writers at the same moment all stay, whoever is removed meanwhile', async () => {
    await (await load()).add('kits', 'a good password');
    const kits = Array.from({ length: 30 }, (_, index) => `kit${index + 1}`);
    const add = async (kit: string) => (await load()).add(kit, 'a good password');
    await Promise.all([...kits.map(add), (await load()).remove('kits')]);
    const names = (await load()).list().map(({ name }) => name);
    expect(names.sort()).toEqual(kits.sort());
  });

  it('are whole after a writer was killed in the middle, and the next one leaves nothing of that', async () => {
    await (await load()).add('kit2', 'a good password');
    await writeFile(`${file}.new`, '{"kit3":{"role":"ki');
    expect((await load()).list()).toHaveLength(1);
    await (await load()).add('kit4', 'a good password');
    expect((await load()).list().map(({ name }) => name)).toEqual(['kit2', 'kit4']);
    expect(await readdir(join(folder, 'data'))).toEqual(['credentials.json', 'credentials.json-lock']);
  });

  it('that another one is changing are waited for, and nothing of that change is lost', async () => {
    const credentials = await load();
    await credentials.add('kit2', 'a good password');
    const unlock = lockFile(file);
    const removed = credentials.remove('kit2');
    const entries = await readFile(file, 'utf8');
    await writeFile(
      file,
      entries.replace('{', '{"kit3":' + JSON.stringify(Object.values(JSON.parse(entries))[0]) + ','),
    );
    unlock();
    expect(await removed).toBe(true);
    expect((await load()).list().map(({ name }) => name)).toEqual(['kit3']);
  });

  it('of a file that others can read are taken, and that is said', async () => {
    await (await load()).add('kit2', 'a good password');
    await chmod(file, 0o644);
    await load();
    expect(log).toEqual([`${file} can be read by other users of this computer: chmod 600 ${file}`]);
  });

  test.each([
    ['{', /is not JSON/],
    ['[]', /expected an object/],
    ['{"kit 2":{}}', /name: expected 1 to 64 bytes of letters/],
    ['{"kit2":{"role":"king"}}', /"kit2" is not an entry: role: expected/],
    ['{"a":{"role":"sensor","sensors":["a b"]}}', /"a" is not an entry: sensors: expected 1 to 64 letters/],
    ['{"kit2":{"role":"kit","salt":"secret","hash":"secret"}}', /"kit2" is not an entry: salt/],
  ])('of the damaged file %s are refused with one sentence that quotes no hash', async (text, expected) => {
    const credentials = await load();
    await credentials.add('kit3', 'a good password');
    await writeFile(file, text);
    await expect(load()).rejects.toThrow(expected);
    await expect(load()).rejects.not.toThrow(/secret/);
    await expect(credentials.reload()).rejects.toThrow(file);
    expect(credentials.list()).toHaveLength(1);
  });

  it('that cannot be written say so, and nothing has changed', async () => {
    const credentials = await load();
    await credentials.add('kit2', 'a good password');
    const data = join(folder, 'data');
    await rm(data, { recursive: true });
    await credentials.reload();
    await writeFile(data, 'a file where the folder should be');
    await expect(load()).rejects.toThrow(`${file}: cannot be read`);
    await expect(credentials.add('kit2', 'a good password')).rejects.toThrow(file);
    expect(credentials.isEmpty).toBe(true);
  });
});

/** scrypt takes tens of milliseconds: these tests count it, and look at no clock. */
describe('checking passwords', () => {
  async function withKit2(): Promise<Credentials> {
    const credentials = await load();
    await credentials.add('kit2', 'a good password');
    return credentials;
  }

  it('a thousand boards with one password cost one hash, and later none', async () => {
    const credentials = await withKit2();
    const hashed = credentials.counters.hashed;
    const boards = Array.from({ length: 1000 }, () =>
      credentials.verify('kit2', 'a good password', '10.0.0.1'),
    );
    expect((await Promise.all(boards)).every((identity) => identity?.kit === 2)).toBe(true);
    expect(credentials.counters.hashed - hashed).toBe(1);
    await credentials.verify('kit2', 'a good password');
    expect(credentials.counters.hashed - hashed).toBe(1);
    expect(credentials.counters).toMatchObject({ right: 1000, remembered: 1, wrong: 0 });
  });

  it('a board that sends its wrong password again and again costs one hash a minute', async () => {
    const credentials = await withKit2();
    const hashed = credentials.counters.hashed;
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await credentials.verify('kit2', 'wrong', '10.0.0.1')).toBeUndefined();
      nowMs += 10_000;
    }
    expect(credentials.counters.hashed - hashed).toBe(1);
    nowMs += 60_000;
    await credentials.verify('kit2', 'wrong', '10.0.0.1');
    expect(credentials.counters.hashed - hashed).toBe(2);
  });

  it('what was wrong is checked anew when the file has changed', async () => {
    const credentials = await withKit2();
    expect(await credentials.verify('kit3', 'the next password')).toBeUndefined();
    await credentials.add('kit3', 'the next password');
    expect(await credentials.verify('kit3', 'the next password')).toBeDefined();
  });

  it('a thousand guesses sent at once are ten, and then the address waits; what it knows already is let in', async () => {
    const credentials = await withKit2();
    await credentials.verify('kit2', 'a good password', '10.0.0.1');
    const hashed = credentials.counters.hashed;
    const guesses = Array.from({ length: 1000 }, (_, index) =>
      credentials.verify('kit2', `guess ${index}`, '10.0.0.1').catch((error: Error) => error),
    );
    const answers = await Promise.all(guesses);
    const limited = answers.filter((answer) => answer instanceof NotNow);
    expect(limited[0]).toMatchObject({
      message: 'too many wrong passwords from 10.0.0.1: try again in a minute',
    });
    // Those that were being hashed when the tenth was wrong come on top.
    expect(credentials.counters.hashed - hashed).toBeLessThanOrEqual(13);
    expect(limited.length).toBeGreaterThan(980);
    expect(await credentials.verify('kit2', 'a good password', '10.0.0.1')).toBeDefined();
    expect(await credentials.verify('kit2', 'not this one', '10.0.0.2')).toBeUndefined();
    nowMs += 10_000;
    expect(await credentials.verify('kit2', 'one more', '10.0.0.1')).toBeUndefined();
  });

  it('a machine with as many addresses as it likes in IPv6 is one that guesses', async () => {
    const credentials = await withKit2();
    for (let guess = 0; guess < 10; guess++)
      await credentials.verify('kit2', `guess ${guess}`, `2001:db8:1:2::${guess}`);
    await expect(credentials.verify('kit2', 'one more', '2001:db8:1:2:a:b:c:d')).rejects.toThrow(NotNow);
    expect(await credentials.verify('kit2', 'one more', '2001:db8:1:3::1')).toBeUndefined();
  });

  it('a name that nobody has takes a hash as well', async () => {
    const credentials = await withKit2();
    const hashed = credentials.counters.hashed;
    await credentials.verify('nobody', 'a good password');
    expect(credentials.counters.hashed - hashed).toBe(1);
  });

  it('more than can wait are told to come again', async () => {
    const queue = new ScryptQueue({ parallel: 1, waiting: 2 });
    const all = [1, 2, 3, 4].map((one) => queue.hash(`${one}`, '').catch((error: Error) => error));
    const [, , , last] = await Promise.all(all);
    expect(last).toBeInstanceOf(NotNow);
    expect(queue.counters).toEqual({ hashed: 3, refused: 1 });
  });

  it('never more than so many run at once', async () => {
    const queue = new ScryptQueue({ parallel: 2, waiting: 100 });
    let started = 0;
    let most = 0;
    const check = () => void (most = Math.max(most, ++started - queue.counters.hashed));
    await Promise.all([1, 2, 3, 4, 5].map((one) => queue.hash(`${one}`, '', check)));
    expect(most).toBe(2);
  });
});

describe('what is remembered', () => {
  const credential = { identity: { name: 'kit2', role: 'kit', kit: 2 } as const, salt: '', hash: '' };

  it('is kept under another name in each process, and tells name and password apart', () => {
    const [one, other] = [new Remembered(random(32), () => 0), new Remembered(random(32), () => 0)];
    expect(one.keyOf('a', 'bc')).toBe(one.keyOf('a', 'bc'));
    expect(one.keyOf('a', 'bc')).not.toBe(one.keyOf('ab', 'c'));
    expect(one.keyOf('a', 'bc')).not.toBe(other.keyOf('a', 'bc'));
    expect(one.keyOf('a', 'bc')).not.toContain('bc');
  });

  it('is bounded: the one that was not used for longest goes, and wrong ones never take the room of right ones', () => {
    const remembered = new Remembered(random(32), () => 0);
    for (let index = 0; index < 4096; index++) remembered.remember(`right ${index}`, credential);
    remembered.lookUp('right 0');
    remembered.remember('one more', credential);
    for (let index = 0; index < 1000; index++) remembered.remember(`wrong ${index}`, undefined);
    expect(remembered.lookUp('right 0')).toBe(credential);
    expect(remembered.lookUp('right 1')).toBeUndefined();
    expect(remembered.lookUp('wrong 999')).toBe('wrong');
    expect(remembered.lookUp('wrong 0')).toBeUndefined();
    expect(remembered.size).toBe(4096 + 512);
  });

  it('is forgotten a week after it was used last', () => {
    let now = 0;
    const remembered = new Remembered(random(32), () => now);
    const day = 24 * 3600 * 1000;
    remembered.remember('a', credential);
    now = 6 * day;
    expect(remembered.lookUp('a')).toBe(credential);
    now += 6 * day;
    expect(remembered.lookUp('a')).toBe(credential);
    now += 7 * day;
    expect(remembered.lookUp('a')).toBeUndefined();
  });
});

test('wrong passwords of an address are forgiven one by one, and addresses are bounded', () => {
  let now = 0;
  const attempts = new Attempts(() => now);
  for (let count = 0; count < 10; count++) {
    expect(attempts.isBlocked('a')).toBe(false);
    attempts.wrong('a');
  }
  expect(attempts.isBlocked('a')).toBe(true);
  now += 9_999;
  expect(attempts.isBlocked('a')).toBe(true);
  now += 1;
  expect(attempts.isBlocked('a')).toBe(false);
  attempts.wrong('a');
  expect(attempts.isBlocked('a')).toBe(true);
  for (let count = 0; count < 2000; count++) attempts.wrong(`other ${count}`);
  expect(attempts.isBlocked('a')).toBe(false);
});

describe('who a name is for', () => {
  test.each([
    ['kit2', {}, { name: 'kit2', role: 'kit', kit: 2 }],
    ['kit_2', {}, { name: 'kit_2', role: 'kit', kit: 2 }],
    ['kits', {}, { name: 'kits', role: 'kits' }],
    ['kits', { role: 'controller' }, { name: 'kits', role: 'controller' }],
    ['robot', { kit: 5 }, { name: 'robot', role: 'kit', kit: 5 }],
    ['kit2', { kit: 5 }, { name: 'kit2', role: 'kit', kit: 5 }],
    ['teacher', { role: 'controller' }, { name: 'teacher', role: 'controller' }],
    ['porch', { role: 'sensor' }, { name: 'porch', role: 'sensor' }],
    ['porch', { sensors: ['a', 'b'] }, { name: 'porch', role: 'sensor', sensors: ['a', 'b'] }],
  ])('%s %j', (name, given, expected) => expect(identityFor(name, given)).toEqual(expected));

  test.each([
    ['teacher', {}, /role: "teacher" does not say what it is for: expected --role kit, --role kits/],
    ['kit02', {}, /does not say what it is for/],
    ['teacher', { role: 'king' }, 'role: expected kit, kits, controller, sensor, got "king"'],
    ['teacher', { role: 'kit' }, /needs the number of its kit/],
    ['kit2', { kit: 10_000 }, 'kit: expected a number from 1 to 9999, got 10000'],
    ['porch', { sensors: ['a b'] }, 'sensor-id: expected 1 to 64 letters, digits or _ - . :, got "a b"'],
    ['porch', { sensors: [] }, 'sensor-id: expected 1 to 64 sensors, got 0'],
    ['kits', { role: 'kits', sensors: ['a'] }, 'sensor-id: only the role sensor is bound to some, not kits'],
    ['teacher', { role: 'controller', kit: 2 }, 'kit: only the role kit has a number, not controller'],
  ])('%s %j is refused', (name, given, expected) => expect(() => identityFor(name, given)).toThrow(expected));

  test.each(['kit2', 'a', '1', 'ada.lovelace@example', '교실', 'x'.repeat(64)])('%s is a name', (name) =>
    expect(nameProblem(name)).toBeUndefined(),
  );

  test.each([
    '',
    '-a',
    'a b',
    '__proto__',
    'constructor',
    'a\n',
    'x'.repeat(65),
    '한'.repeat(22),
    'a"b',
    'a/b',
  ])('%j is none', (name) => expect(nameProblem(name)).toMatch(/^name: expected/));

  test.each(['12345678', 'pass word', '비밀번호입니다요', 'x'.repeat(64)])('%s is a password', (password) =>
    expect(passwordProblem(password)).toBeUndefined(),
  );

  test.each(['', '1234567', 'x'.repeat(65), 'tab\tinside'])('%j is none, and is not repeated', (password) => {
    expect(passwordProblem(password)).toMatch(/^password: expected/);
    if (password) expect(passwordProblem(password)).not.toContain(password);
  });
});

/** See the test that uses it. */
const knownHash = '5e1ee7a108389c184fac45004ecba5de6ada44359cf093c7366767259c24a3d6';
