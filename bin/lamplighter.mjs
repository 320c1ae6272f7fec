#!/usr/bin/env node
// The command is TypeScript; tsx runs it as it stands, so a clone needs no build step of its own.
import { register } from 'tsx/esm/api';

register();
await import('../cli/lamplighter.ts');
