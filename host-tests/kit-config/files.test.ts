import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  kitSettings,
  loadClassroom,
  writeKitFiles,
  writeKitFilesIfReady,
  writeKits,
} from '../../cli/kit-config';
import { ensureFirmware } from '../../build/firmware';
import { readEnvFile } from '../../cli/kit-config/env-file';
import { checkClassroom } from '../../cli/kit-config/load';

const root = resolve(import.meta.dirname, '../..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-kits-'));
  // As in the repository; without it the file is read as CommonJS, which has a test of its own.
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true }));

function save(text: string, name = 'kit.config.ts'): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** A classroom of which every text is a line of `.env`. */
const allSecret = `export default {
  networks: [{ ssid: { secret: 'SSID' }, password: { secret: 'WIFI_PASSWORD' } }],
  broker: { host: { secret: 'HOST' }, user: { secret: 'USER' }, password: { secret: 'MQTT_PASSWORD' } },
  console: { secret: 'CONSOLE_PASSWORD' },
  kits: [{ kit: 2 }, { kit: 3 }],
}`;

async function messageOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

describe('the repository as it is cloned', () => {
  it('has a kit.config.ts that virtual boards can run without a .env', async () => {
    const classroom = await loadClassroom(join(root, 'kit.config.ts'));
    const kit = kitSettings(classroom, 2, { secrets: 'placeholder' });
    expect(kit).toMatchObject({ kit: 2, board: 'nodemcu', networks: [{ password: 'not-a-real-secret' }] });
  });

  it('has a .env.example with every line that kit.config.ts takes, and no value in it', async () => {
    const { file, config } = await loadClassroom(join(root, 'kit.config.ts'));
    const wanted = [...JSON.stringify(config).matchAll(/"secret":"(\w+)"/g)].map((match) => match[1]);
    const offered = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)];
    expect(offered.map((match) => match[1])).toEqual(wanted);
    expect(offered.map((match) => match[2])).toEqual(wanted.map(() => ''));
    expect(file).toBe(join(root, 'kit.config.ts'));
  });

  it('keeps .env and dist out of git', () => {
    expect(readFileSync(join(root, '.gitignore'), 'utf8').split('\n')).toEqual(
      expect.arrayContaining(['.env', 'dist/']),
    );
  });
});

/** [what is wrong, the file, the sentence] */
const unreadable: [string, string, string][] = [
  [
    'a missing comma',
    'export default {\n  kits: []\n  networks: [] }',
    'line 3, column 2: syntax error: expected "}"',
  ],
  [
    'a missing bracket',
    'export default { kits: [',
    'line 1, column 24: syntax error: a bracket, comma or quote is missing or too many',
  ],
  [
    'a password without its closing quote',
    "export default {\n  password: 'hunter22\n}",
    'line 2, column 21: syntax error: a bracket, comma or quote is missing or too many',
  ],
  [
    'a password without its colon',
    "export default { password 'hunter22' }",
    'line 1, column 26: syntax error: expected "}"',
  ],
  [
    'a password without quotes',
    'export default {\n  password: hunter22 }',
    'a name is used that is not defined; text wants quotes',
  ],
  [
    'a password used as a function',
    "export default {\n  password: 'hunter22'() }",
    'TypeError: … is not a function',
  ],
  ['an import of nothing', "import './nothing';", 'imports what is not there: Cannot find module '],
  [
    'no default export',
    'export const classroom = {};',
    'exports no classroom; expected export default defineClassroom({ … })',
  ],
];

describe('a kit.config.ts that cannot be read is answered with one sentence that quotes no password', () => {
  it.each(unreadable)('%s', async (_, text, expected) => {
    const message = await messageOf(loadClassroom(save(text)));
    expect(message.startsWith(`kit.config.ts: ${expected}`), message).toBe(true);
    expect(message).not.toContain('\n');
    expect(message).not.toContain('hunter22');
  });

  it('with the line, when tsx runs the command', () => {
    const file = save('export default {\n  console: hunter22 }');
    const script = `
      import { loadClassroom } from ${JSON.stringify(pathToFileURL(join(root, 'cli/kit-config/load.ts')).href)};
      loadClassroom(${JSON.stringify(file)}).catch((error) => console.log(error.message));`;
    save(script, 'script.mts');
    const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
    expect(execFileSync(process.execPath, [tsx, join(folder, 'script.mts')], { encoding: 'utf8' })).toBe(
      'kit.config.ts: line 2: a name is used that is not defined; text wants quotes\n',
    );
  });

  it('a file that is not there', async () => {
    expect(await messageOf(loadClassroom(join(folder, 'other.ts')))).toBe(
      `other.ts: there is no such file in ${folder}; name another with --config`,
    );
  });
});

describe('a kit.config.ts elsewhere', () => {
  it('is read under its own name', async () => {
    const file = save(
      "export default { networks: [{ ssid: 'a' }], broker: { host: 'b c' }, kits: [{ kit: 1 }] }",
      'lab.ts',
    );
    expect(await messageOf(loadClassroom(file))).toMatch(/^lab\.ts: broker\.host: expected /);
  });

  it('is read where no package.json says that it is a module', async () => {
    rmSync(join(folder, 'package.json'));
    expect((await loadClassroom(save(allSecret))).config.kits).toHaveLength(2);
  });

  it('is read anew when it was edited', async () => {
    await loadClassroom(save(allSecret));
    const edited = await loadClassroom(save(allSecret.replace('{ kit: 3 }', '{ kit: 7 }')));
    expect(edited.config.kits).toEqual([{ kit: 2 }, { kit: 7 }]);
  });
});

const env = {
  SSID: '2학년 교실',
  WIFI_PASSWORD: 'pass#word',
  HOST: 'broker.school.kr',
  USER: 'kits',
  MQTT_PASSWORD: 'm',
  CONSOLE_PASSWORD: 'console-password',
};

function saveEnv(lines: Record<string, string>): void {
  save(
    Object.entries(lines)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(''),
    '.env',
  );
}

describe('writing kit.json files', () => {
  it('writes one for each kit, with the secrets of .env, for its owner alone', async () => {
    saveEnv(env);
    const classroom = await loadClassroom(save(allSecret));
    const written = writeKits(classroom, join(folder, 'dist/kits'));
    expect(written.map(({ file }) => file)).toEqual(
      [2, 3].map((kit) => join(folder, `dist/kits/${kit}.json`)),
    );
    for (const { file, settings, bytes } of written) {
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(settings);
      expect(statSync(file).size).toBe(bytes);
      if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    expect(written[0]?.settings).toMatchObject({
      networks: [{ ssid: Buffer.from(env.SSID).toString('latin1'), password: 'pass#word' }],
      broker: { host: 'broker.school.kr', port: 1883, user: 'kits', password: 'm' },
      console: 'console-password',
    });
  });

  it('makes a file private that others could read, and removes the file of a kit that left', async () => {
    saveEnv(env);
    mkdirSync(join(folder, 'kits'));
    for (const name of ['2.json', '9.json', 'notes.txt'])
      writeFileSync(join(folder, 'kits', name), '', { mode: 0o644 });
    writeKits(await loadClassroom(save(allSecret)), join(folder, 'kits'));
    expect(readdirSync(join(folder, 'kits')).sort()).toEqual(['2.json', '3.json', 'notes.txt']);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'kits/2.json')).mode & 0o777).toBe(0o600);
  });

  it('says which secret is wanted where when there is no .env, and touches nothing', async () => {
    const classroom = await loadClassroom(save(allSecret.replaceAll(/ssid: {.*?}/g, "ssid: 'a'")));
    const message = await messageOf(() => writeKits(classroom, join(folder, 'kits')));
    expect(message.split('\n')[0]).toBe(
      'kit.config.ts: networks[0].password: takes WIFI_PASSWORD from .env, which is not there; copy .env.example to .env and fill it in',
    );
    expect(readdirSync(folder)).not.toContain('kits');
  });

  /** [what .env has, what is said] */
  const wrong: [Partial<typeof env>, string][] = [
    [
      { WIFI_PASSWORD: undefined },
      'networks[0].password: takes WIFI_PASSWORD from .env, which has no such line; add WIFI_PASSWORD=… as in .env.example',
    ],
    [
      { WIFI_PASSWORD: '' },
      'networks[0].password: takes WIFI_PASSWORD from .env, where it is empty; write the value after WIFI_PASSWORD=',
    ],
    [
      { WIFI_PASSWORD: 'hunter2' },
      'networks[0].password: expected 8 to 63 bytes, got the 7 bytes of WIFI_PASSWORD in .env',
    ],
    [{ SSID: 'x'.repeat(33) }, 'networks[0].ssid: expected 1 to 32 bytes, got the 33 bytes of SSID in .env'],
    [
      { HOST: 'mqtt://pi' },
      'broker.host: expected a host name or an IPv4 address without spaces, scheme or port, got the 9 bytes of HOST in .env',
    ],
    [
      { MQTT_PASSWORD: 'x'.repeat(65) },
      'broker.password: expected 1 to 64 bytes, got the 65 bytes of MQTT_PASSWORD in .env',
    ],
    [
      { CONSOLE_PASSWORD: 'short' },
      'console: expected 8 to 20 bytes, got the 5 bytes of CONSOLE_PASSWORD in .env',
    ],
  ];
  it.each(wrong)('refuses a .env with %o once for all kits', async (change, expected) => {
    saveEnv(JSON.parse(JSON.stringify({ ...env, ...change })));
    const classroom = await loadClassroom(save(allSecret));
    expect(await messageOf(() => writeKits(classroom, join(folder, 'kits')))).toBe(
      `kit.config.ts: ${expected}`,
    );
  });
});

describe('the kits command', () => {
  it('prints what it wrote, and no secret', async () => {
    saveEnv(env);
    const printed: string[] = [];
    await writeKitFiles({
      config: save(allSecret),
      folder: join(folder, 'kits'),
      print: (line) => printed.push(line),
    });
    const bytes = statSync(join(folder, 'kits/2.json')).size;
    expect(printed).toEqual([
      `${relative('.', join(folder, 'kits/2.json'))}: kit 2, NodeMCU (any board), ${bytes} bytes`,
      `${relative('.', join(folder, 'kits/3.json'))}: kit 3, NodeMCU (any board), ${bytes} bytes`,
    ]);
  });

  it('does for a build only the checking when there is no .env', async () => {
    const printed: string[] = [];
    const options = {
      config: save(allSecret),
      folder: join(folder, 'kits'),
      print: (line: string) => printed.push(line),
    };
    await writeKitFilesIfReady(options);
    expect(printed).toEqual([expect.stringMatching(/^kit\.config\.ts: 2 kits, checked; .* not written, /)]);
    expect(readdirSync(folder)).not.toContain('kits');
    saveEnv(env);
    await writeKitFilesIfReady(options);
    expect(readdirSync(join(folder, 'kits'))).toEqual(['2.json', '3.json']);
  });

  it('writes the files in a build without .env when nothing in them is secret', async () => {
    const open = "export default { networks: [{ ssid: 'a' }], broker: { host: 'pi' }, kits: [{ kit: 5 }] }";
    await writeKitFilesIfReady({ config: save(open), folder: join(folder, 'kits'), print: () => {} });
    expect(readdirSync(join(folder, 'kits'))).toEqual(['5.json']);
  });
});

describe('no secret is ever printed', () => {
  it('whatever it is and wherever it is wrong', async () => {
    const classroom = await loadClassroom(save(allSecret));
    // Long and unlike any word of a message, so that finding it can only mean that it was printed.
    const value = fc
      .tuple(fc.uuid(), fc.string({ unit: 'binary-ascii', maxLength: 60 }))
      .map(([id, rest]) => id + rest.replace(/[\r\n]/g, ' '));
    let refused = 0;
    fc.assert(
      fc.property(
        fc.record({
          SSID: value,
          WIFI_PASSWORD: value,
          HOST: value,
          USER: value,
          MQTT_PASSWORD: value,
          CONSOLE_PASSWORD: value,
        }),
        (secrets) => {
          saveEnv(secrets);
          let said = '';
          try {
            said = JSON.stringify(
              writeKits(classroom, join(folder, 'kits')).map(({ file, bytes }) => [file, bytes]),
            );
          } catch (error) {
            said = String((error as Error).stack) + JSON.stringify(error);
            refused++;
          }
          for (const secret of Object.values(secrets)) expect(said).not.toContain(secret.slice(0, 36));
        },
      ),
    );
    expect(refused).toBeGreaterThan(10);
  });

  it('when it stands in kit.config.ts itself', () => {
    // With its 36 characters the first kind fits every rule, the second is longer than any allows.
    const text = fc
      .tuple(fc.uuid(), fc.constantFrom('', 'x'.repeat(60), '\x07'))
      .map((parts) => parts.join(''));
    const password = fc.oneof(
      text,
      text.map((word) => [word]),
      text.map((word) => ({ password: word })),
    );
    const places: ((value: unknown) => object)[] = [
      (value) => ({ networks: [{ ssid: 'a', password: value }] }),
      (value) => ({ networks: [{ ssid: 'a', pasword: value }] }),
      (value) => ({ networks: [{ ssid: 'a', password: { secret: value } }] }),
      (value) => ({ broker: { host: 'b', user: 'c', password: value } }),
      (value) => ({ broker: { host: 'b', password: value } }),
      (value) => ({ broker: value }),
      (value) => ({ report: { by: 'http', user: 'c', password: value } }),
      (value) => ({ report: value }),
      (value) => ({ console: value }),
      (value) => ({ lamp: { password: value } }),
      (value) => ({ kits: [{ kit: 2, console: value }] }),
    ];
    const good = { networks: [{ ssid: 'a' }], broker: { host: 'b' }, kits: [{ kit: 2 }] };
    let refused = 0;
    fc.assert(
      fc.property(password, fc.constantFrom(...places), (value, place) => {
        const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(JSON.stringify(value))![0];
        try {
          checkClassroom('/x/kit.config.ts', { ...good, ...place(value) });
        } catch (error) {
          expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain(uuid);
          refused++;
        }
      }),
    );
    expect(refused).toBeGreaterThan(10);
  });

  it('nor anything else of kit.config.ts or .env in the bundle, which is one for all classrooms', async () => {
    await ensureFirmware();
    const bundle = readFileSync(join(root, 'dist/firmware.js'), 'utf8');
    const { config } = await loadClassroom(join(root, 'kit.config.ts'));
    const values = [...(readEnvFile(join(root, '.env'))?.values() ?? [])].filter(
      (value) => value.length >= 8,
    );
    const names = JSON.stringify(config).match(/(?<="secret":")\w+/g) ?? [];
    const hosts = [config.broker.host, ...config.kits.map((kit) => kit.broker?.host)].filter(
      (host) => typeof host === 'string',
    );
    expect(names.length * hosts.length).toBeGreaterThan(0);
    for (const text of [...names, ...hosts, ...values]) expect(bundle.includes(text)).toBe(false);
  });
});
