/** `npm run soak -- [--seconds N]`: a long trial under load; one line of JSON; exit code 1 if anything was amiss. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenOptions } from './options.ts';
import { soak } from './soak/soak.ts';

const values = givenOptions({ seconds: { type: 'string', default: '60' } }, 'npm run soak -- [--seconds N]');
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400) {
  process.stderr.write('--seconds: expected a whole number from 1 to 86400\n');
  process.exit(2);
}
const state = mkdtempSync(join(tmpdir(), 'five-safes-soak-'));
try {
  const result = await soak(state, seconds);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.soak === 'ok' ? 0 : 1;
} finally {
  rmSync(state, { recursive: true, force: true });
}
