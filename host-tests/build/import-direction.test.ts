import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../build/root';

/**
 * Who may import whom. The simulator may import neither side of the firmware: its parts are written from
 * datasheets, so that one error cannot pass on both sides.
 */
const allowed: Record<string, { folders: string[]; packages: boolean }> = {
  shared: { folders: [], packages: false },
  flashing: { folders: ['shared'], packages: false },
  device: { folders: ['shared'], packages: false },
  simulator: { folders: [], packages: true },
  gateway: { folders: ['shared'], packages: true },
  network: { folders: ['shared'], packages: true },
  dashboard: { folders: ['shared', 'flashing'], packages: true },
  build: { folders: ['rollup.config.mjs'], packages: true },
  cli: { folders: ['shared', 'flashing', 'simulator', 'gateway', 'network', 'build'], packages: true },
};

/** What only the files that put a program together may touch; everything else is handed what it uses. */
const reserved: Record<string, { pattern: RegExp; roots: string[] }> = {
  'the environment': {
    // In quotes it is a question to a board.
    pattern: /(?<!'\[?)\bprocess\.env\b/,
    roots: [
      'cli/end-of-process.ts',
      'cli/gateway/commands.ts',
      'cli/gateway/gateway.ts',
      'cli/network/this-computer.ts',
    ],
  },
  'the wall clock': {
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b/,
    roots: [
      'cli/gateway/commands.ts',
      'cli/gateway/gateway.ts',
      'cli/network/bench.ts',
      'cli/network/discover.ts',
      'cli/network/interrupt.ts',
      'cli/network/listen.ts',
      'cli/network/ports.ts',
      'cli/network/progress.ts',
      'cli/network/report.ts',
      'cli/network/scan-options.ts',
      'cli/network/send.ts',
      'cli/start.ts',
      'cli/view/terminal-view.ts',
      'cli/wifi/config.ts',
      'cli/wifi/info.ts',
      'cli/wifi/monitor.ts',
      'dashboard/main.tsx',
      'simulator/clock.ts',
    ],
  },
  randomness: {
    pattern: /\bMath\.random\b|\brandom(?:Bytes|Int|UUID)\b|\bgetRandomValues\b/,
    roots: [
      'cli/credentials.ts',
      'cli/flash-ui/index.ts',
      'cli/network/report.ts',
      'cli/network/send.ts',
      'dashboard/main.tsx',
      'gateway/gateway.ts',
    ],
  },
  sockets: {
    pattern:
      /^import (?!type |\{ (?:(?:isIP(?:v[46])?|BlockList),? )+\})[^;]*?'(?:node:)?(?:net|dgram|dns|http|https|tls|mqtt|ws)(?:\/promises)?'/m,
    roots: [
      'cli/board-console/tcp-transport.ts',
      'cli/doctor/broker.ts',
      'cli/flash-ui/server.ts',
      'cli/flash/kit-at-broker.ts',
      'cli/network/discover.ts',
      'cli/network/kit-signal.ts',
      'cli/network/private-address.ts',
      'cli/network/send.ts',
      'cli/observer.ts',
      'gateway/broker.ts',
      'gateway/broker/websocket.ts',
      'gateway/ingest/tcp.ts',
      'gateway/ingest/udp.ts',
      'gateway/remote-bus.ts',
      'gateway/tls-files.ts',
      'gateway/web/live-socket.ts',
      'gateway/web/web-server.ts',
      'network/bench/sockets.ts',
      'network/discover/probe.ts',
      'simulator/console-server.ts',
      'simulator/network/host-uplink.ts',
    ],
  },
};

const files = Object.keys(allowed).flatMap(sourcesIn);
const imports = files.flatMap(({ file, text }) =>
  ts.preProcessFile(text).importedFiles.map(({ fileName }) => ({ file, specifier: fileName })),
);

describe.each(Object.entries(allowed))('%s/ imports only', (folder, { folders, packages }) => {
  const own = imports.filter(({ file }) => file.startsWith(`${folder}/`));

  test(`itself${folders.map((name) => `, ${name}`).join('')}${packages ? ' and packages' : ''}`, () => {
    const wrong = own.filter(({ file, specifier }) => {
      if (!specifier.startsWith('.')) return !packages;
      const target = join(dirname(file), specifier).replaceAll('\\', '/').split('/')[0]!;
      return target !== folder && !folders.includes(target);
    });
    expect(wrong).toEqual([]);
  });
});

test('the import lines of the composition roots are found', () => {
  expect(imports).toContainEqual({ file: 'build/firmware.ts', specifier: '../rollup.config.mjs' });
  expect(
    imports.some(({ file, specifier }) => file === 'device/main.ts' && specifier.startsWith('../shared/')),
  ).toBe(true);
});

test('built-in modules of Node are named with node:', () => {
  expect(imports.filter(({ specifier }) => builtinModules.includes(specifier))).toEqual([]);
});

describe.each(Object.entries(reserved))('%s: touched by nobody but', (_name, { pattern, roots }) => {
  test(roots.join(', ') || 'nobody', () => {
    const touching = files.filter(
      ({ file, text }) => !file.startsWith('build/') && pattern.test(withoutComments(text)),
    );
    expect(touching.map(({ file }) => file).sort()).toEqual([...roots].sort());
  });
});

function sourcesIn(folder: string): { file: string; text: string }[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return entries
    .filter((path) => /\.(m?ts|tsx)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
}
