import { enableCompileCache } from 'node:module';
import { COMPILED } from './wiring/compiled.ts';

// Before anything else is loaded. Where the directory cannot be written to, nothing is kept and nothing is lost.
enableCompileCache(COMPILED);
const { runUntilStopped } = await import('./main.ts');
await runUntilStopped();
