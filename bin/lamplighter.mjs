#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A checkout runs its sources as they stand, so that nothing is ever stale and a clone needs no build step of its
// own; a packed release has none, and runs its bundle.
if (existsSync(new URL('../cli/lamplighter.ts', import.meta.url))) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../cli/lamplighter.ts');
} else {
  // The checker would look for the bundle's types, and it is not always there.
  await import(new URL('../dist/lamplighter.mjs', import.meta.url).href);
}
