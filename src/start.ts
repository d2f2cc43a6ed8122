import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { COMPILED } from './wiring/compiled.ts';

// Before anything else is loaded. Where the directory cannot be written to, nothing is kept and nothing is lost.
enableCompileCache(COMPILED);
// A command line's --max-semi-space-size is for this thread, whose heap has it already, and would go before what each
// worker thread is told it may hold.
setFlagsFromString('--max-semi-space-size=0');
const { runUntilStopped } = await import('./main.ts');
await runUntilStopped();
