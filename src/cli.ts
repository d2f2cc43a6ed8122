#!/usr/bin/env node
import { once } from 'node:events';
import { enableCompileCache } from 'node:module';
import { COMPILED } from './wiring/compiled.ts';

enableCompileCache(COMPILED);
const { dispatch } = await import('./cli/dispatch.ts');

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3));

process.exitCode = await dispatch(process.argv.slice(2), {
  env: process.env,
  directory: process.cwd(),
  terminal: process.stdout.isTTY === true,
  out: (text) => process.stdout.write(text),
  taken: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  err: (text) => process.stderr.write(text),
  ...(process.stderr.isTTY === true ? { progress: (text: string) => process.stderr.write(text) } : {}),
});
