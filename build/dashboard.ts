import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { InlineConfig, Plugin, Rolldown } from 'vite';
import { dashboardIsFresh, dashboardOutput } from './freshness';
import { fontModule } from './font';
import { root } from './root';

export { dashboardIsFresh };

/** One finished file of dist/dashboard. */
export interface DashboardFile {
  /** Relative to the project, such as `dist/dashboard/index.html`. */
  file: string;
  bytes: number;
  /** What a browser loads of it, when the server compresses. */
  gzipBytes: number;
  /** Loaded with every page; the others when they are needed. */
  first: boolean;
}

/**
 * Builds dist/dashboard with Vite, largest file first. Files that a browser may have loaded half of are written before
 * index.html that names them; what an earlier build has left goes last.
 */
export async function buildDashboard(): Promise<DashboardFile[]> {
  const { build } = await import('vite');
  const built = (await build(dashboardConfig())) as Rolldown.RolldownOutput;
  const folder = join(root, dashboardOutput);
  const names = built.output.map(({ fileName }) => fileName);
  const inOrder = [...built.output].sort((a, b) => rank(a.fileName) - rank(b.fileName));

  for (const part of inOrder) await writeWhole(join(folder, part.fileName), contentOf(part));
  for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(name.parentPath, name.name);
    if (name.isFile() && !names.includes(slashed(relative(folder, file)))) await rm(file);
  }
  const html = String(contentOf(built.output.find(({ fileName }) => fileName === 'index.html')!));
  return built.output
    .map((part) => ({
      file: slashed(join(dashboardOutput, part.fileName)),
      bytes: Buffer.byteLength(contentOf(part)),
      gzipBytes: gzipSync(contentOf(part)).length,
      first: part.fileName === 'index.html' || html.includes(part.fileName),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** Builds only when a source is newer than what is in dist/; undefined when nothing had to be done. */
export async function ensureDashboard(): Promise<DashboardFile[] | undefined> {
  return (await dashboardIsFresh()) ? undefined : buildDashboard();
}

/** What was built, as lines: what every page loads, then what is loaded when needed. */
export function dashboardReport(files: readonly DashboardFile[]): string[] {
  const line = ({ file, bytes, gzipBytes }: DashboardFile) =>
    `  ${file}  ${bytes} bytes, ${gzipBytes} compressed`;
  const first = files.filter((file) => file.first);
  const sum = (part: readonly DashboardFile[]) => part.reduce((bytes, { gzipBytes }) => bytes + gzipBytes, 0);
  const later = files.filter((file) => !file.first);
  return [
    `dashboard: ${sum(first)} bytes compressed with every page, ${sum(later)} more when needed`,
    ...first.map(line),
    ...later.map(line),
  ];
}

/** Nothing is inlined: the dashboard's Content-Security-Policy allows neither `data:` nor scripts in the page. */
export function dashboardConfig(): InlineConfig {
  return {
    configFile: false,
    root: join(root, 'dashboard'),
    base: '/',
    logLevel: 'warn',
    build: {
      outDir: join(root, dashboardOutput),
      write: false,
      target: ['chrome111', 'firefox114', 'safari16.4'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [kitFont(), publicFiles()],
  };
}

const fontFile = join(root, 'device/font.txt');

/** `kit-font.txt` is the font of the kit's screen: the dashboard draws the same pixels. */
function kitFont(): Plugin {
  return {
    name: 'kit-font',
    enforce: 'pre',
    // By another name than that of the file, which Vite would take for a picture to be copied.
    resolveId: (name) => (name === 'kit-font.txt' ? '\0kit-font.js' : undefined),
    load: async (name) =>
      name === '\0kit-font.js' ? fontModule(await readFile(fontFile, 'utf8'), fontFile) : undefined,
  };
}

/** Vite copies the folder public/ only when it writes itself. */
function publicFiles(): Plugin {
  return {
    name: 'public-files',
    async generateBundle() {
      const folder = join(root, 'dashboard/public');
      for (const name of await readdir(folder)) {
        this.emitFile({ type: 'asset', fileName: name, source: await readFile(join(folder, name)) });
      }
    },
  };
}

type Part = Rolldown.OutputChunk | Rolldown.OutputAsset;

function contentOf(part: Part): string | Uint8Array {
  return part.type === 'chunk' ? part.code : part.source;
}

function rank(name: string): number {
  return name === 'index.html' ? 1 : 0;
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
