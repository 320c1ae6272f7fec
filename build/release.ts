import { copyFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin, type Rollup } from 'vite';
import { licencesOf } from './licences';
import { root } from './root';

/** One finished file in dist/. */
export interface ReleaseFile {
  /** Relative to the project. */
  file: string;
  bytes: number;
}

/**
 * What a packed release runs in place of the sources, each a file of dist/: the command, with a file for each
 * part that it loads when it is needed; the thread of the history; and what a kit.config.ts imports.
 */
const entries = {
  lamplighter: 'cli/lamplighter.ts',
  'store-worker': 'gateway/store/worker.ts',
  'kit-config': 'cli/kit-config/classroom.ts',
};

/**
 * Packages that stay packages: native code, and programs of their own. All others go into the bundle, which starts
 * in half the time and takes 80 MB of memory where separate packages take 95; a release need not fetch them either.
 */
const external = ['espruino', 'libsql', 'serialport', 'tsx', 'bufferutil', 'utf-8-validate'];
const licencesFile = 'licences.txt';

/** Run by Node in a process of their own. */
const copied = ['cli/flash/named-port.mjs'];

/** Bundles the command. All its files lie side by side in dist/, from where they find the package's folder. */
export async function buildRelease(): Promise<ReleaseFile[]> {
  const dist = join(root, 'dist');
  await removeEarlier(dist);
  const { output } = (await build({
    configFile: false,
    root,
    logLevel: 'silent',
    plugins: [inRelease],
    ssr: { noExternal: true, external },
    build: {
      ssr: true,
      outDir: dist,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, file)])),
        output: { entryFileNames: '[name].mjs', chunkFileNames: 'lamplighter-[name].mjs' },
      },
    },
  })) as Rollup.RollupOutput;
  for (const file of copied) await copyFile(join(root, file), join(dist, file.split('/').at(-1)!));
  const chunks = output.filter((file) => file.type === 'chunk');
  await writeFile(join(dist, licencesFile), await licencesOf(chunks.flatMap(({ moduleIds }) => moduleIds)));
  return chunks.map(({ fileName, code }) => ({ file: `dist/${fileName}`, bytes: Buffer.byteLength(code) }));
}

/** A part that is no longer there would be packed for ever. */
async function removeEarlier(dist: string): Promise<void> {
  const files = await readdir(dist).catch(() => []);
  await Promise.all(files.filter((file) => file.endsWith('.mjs')).map((file) => rm(join(dist, file))));
}

/** What only a checkout does, with the names that others import of it: nothing of it is called in a release. */
const leftOut: Record<string, string> = {
  'build/dashboard.ts': 'buildDashboard',
  'build/firmware.ts': 'buildFirmware, ensureFirmware',
  'cli/build.ts': 'build',
};

/** A release has neither sources nor compiler, and what it would make of them is in it. */
const inRelease: Plugin = {
  name: 'in-release',
  enforce: 'pre',
  load(id) {
    if (id === join(root, 'build/checkout.ts')) return 'export const checkout = false;';
    const names = Object.entries(leftOut).find(([file]) => id === join(root, file))?.[1];
    return names && `let ${names}; export { ${names} };`;
  },
};
