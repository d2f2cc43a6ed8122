import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chaos } from '../../scripts/chaos/trial.ts';

/** `npm run chaos` is the same with as many kills as wanted. */
const KILLS = 20;
const SEED = Number(process.env['EFFECTS_SEED'] ?? Date.now() % 1_000_000);
const NOTHING_AMISS = { unlogged: 0, undeclaredCalls: 0, openIntents: 0, brokenProofs: 0 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaos-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(`the order of effects, seen from outside (EFFECTS_SEED=${SEED})`, () => {
  test('killed in each gap: no call without an intent, no answer without an outcome, each open intent closed', {
    timeout: 240_000,
  }, async () => {
    const lines: string[] = [];
    const found = await chaos(join(folder, 'kills'), { kills: KILLS, seed: SEED, say: (line) => lines.push(line) });
    expect(found, lines.join('\n')).toMatchObject({ chaos: 'ok', kills: KILLS, ...NOTHING_AMISS });
    // The trial means something only if questions were under way when the gateway died, and many were answered.
    expect(found.answers).toBeGreaterThanOrEqual(KILLS * 20);
    expect(Math.min(...Object.values(found.gaps))).toBeGreaterThan(0);
  });

  test('an exchange with its order broken is found out', { timeout: 120_000 }, async () => {
    const program = new URL('./broken-gateway.ts', import.meta.url).pathname;
    const found = await chaos(join(folder, 'broken'), { kills: 2, seed: SEED, program, say: () => undefined });
    expect(found.chaos).toBe('failed');
    expect(found.unlogged).toBeGreaterThan(0);
    expect(found.undeclaredCalls).toBeGreaterThan(0);
  });
});
