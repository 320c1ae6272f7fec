import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { lockSoon } from '../file-lock';
import { makeFolder } from '../make-folder';
import { type Credential, nameProblem, roles, sensorsProblem } from './credential';

const bytes = (length: number) =>
  v.pipe(
    v.string(),
    // In a message of its own, which does not quote the value.
    v.base64('expected base64'),
    v.check((text) => Buffer.from(text, 'base64').length === length, `expected ${length} bytes`),
  );

const entry = v.pipe(
  v.strictObject({
    role: v.picklist(roles),
    kit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9999))),
    sensors: v.exactOptional(
      v.pipe(
        v.array(v.string()),
        v.rawCheck(({ dataset, addIssue }) => {
          const problem = dataset.typed ? sensorsProblem(dataset.value) : undefined;
          if (problem !== undefined) addIssue({ message: problem });
        }),
      ),
    ),
    salt: bytes(16),
    hash: bytes(32),
  }),
  v.check(
    ({ role, kit }) => (role === 'kit') === (kit !== undefined),
    'expected "kit" with the role kit, and only there',
  ),
  v.check(
    ({ role, sensors }) => role === 'sensor' || sensors === undefined,
    'expected "sensors" with the role sensor only',
  ),
);

/** By name. No file is no credentials; throws one sentence when it cannot be read or is damaged. */
export async function readCredentials(file: string): Promise<Map<string, Credential>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw new Error(`${file}: cannot be read: ${error.message}`);
  });
  const problem = (what: string) =>
    new Error(
      `${file}: ${what}; \`lamplighter credentials\` writes this file, a backup of it or an empty {} will do`,
    );
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text, which holds hashes.
    throw problem('is not JSON');
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw problem('expected an object with a name for each user');
  const credentials = new Map<string, Credential>();
  for (const [name, value] of Object.entries(content)) {
    const wrongName = nameProblem(name);
    if (wrongName !== undefined) throw problem(wrongName);
    const result = v.safeParse(entry, value);
    if (!result.success)
      throw problem(`${JSON.stringify(name)} is not an entry: ${whereOf(result.issues[0])}`);
    const { salt, hash, ...identity } = result.output;
    credentials.set(name, { identity: { name, ...identity }, salt, hash });
  }
  return credentials;
}

/** The key and what is expected there, without the value. */
function whereOf({ path, expected, message }: v.BaseIssue<unknown>): string {
  const key = path?.map((part) => String(part.key)).join('.');
  return [key, expected === null ? message : `expected ${expected}`].filter(Boolean).join(': ');
}

/** A change takes some milliseconds, and a class of kits may be added at once. */
const changeMsMax = 10_000;

/** What reads the file and writes it again, while nobody else does. Throws one sentence when it is not let in. */
export async function changing<Result>(file: string, change: () => Promise<Result>): Promise<Result> {
  const unlock = await lockSoon(file, changeMsMax).catch((error: Error) => {
    throw new Error(`${file}: cannot be written: ${error.message}`);
  });
  try {
    return await change();
  } finally {
    unlock();
  }
}

/** Replaces the file at once and whole, readable by its owner only; to be called by one at a time. */
export async function writeCredentials(
  file: string,
  credentials: ReadonlyMap<string, Credential>,
): Promise<void> {
  const entries = [...credentials].map(([name, { identity, salt, hash }]) => {
    const { name: _name, ...what } = identity;
    return [name, { ...what, salt, hash }];
  });
  const text = `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
  const draft = `${file}.new`;
  try {
    makeFolder(dirname(file));
    // Of one who was killed in the middle of this.
    await rm(draft, { force: true });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new Error(`${file}: cannot be written: ${(error as Error).message}`);
  }
}

/** Whether somebody else than its owner may read the file; never on Windows, which has other means. */
export async function isReadableByOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const { mode } = await stat(file).catch(() => ({ mode: 0 }));
  return (mode & 0o077) !== 0;
}
