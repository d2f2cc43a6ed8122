/** `npm run chaos -- --kills N [--seed S] [--break order]`: kills without end; one line of JSON; exit code 1 if anything was amiss. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaos } from './chaos/trial.ts';
import { givenOptions } from './options.ts';

/** An exchange whose order of effects is broken on purpose. It is composed in test code; the product has no such switch. */
const BROKEN_ORDER = join(import.meta.dirname, '..', 'test', 'effects', 'broken-gateway.ts');

const values = givenOptions(
  { kills: { type: 'string', default: '20' }, seed: { type: 'string' }, break: { type: 'string' } },
  'npm run chaos -- [--kills N] [--seed S] [--break order]',
);
const kills = Number(values.kills);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(kills) || kills < 1 || kills > 100_000)
  usage('--kills: expected a whole number from 1 to 100000');
if (!Number.isInteger(seed) || seed < 0) usage('--seed: expected a whole number');
if (values.break !== undefined && values.break !== 'order') usage('--break: expected "order"');

const state = mkdtempSync(join(tmpdir(), 'five-safes-chaos-'));
try {
  const result = await chaos(state, {
    kills,
    seed,
    ...(values.break === undefined ? {} : { program: BROKEN_ORDER }),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.chaos === 'ok' ? 0 : 1;
} finally {
  rmSync(state, { recursive: true, force: true });
}

function usage(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
