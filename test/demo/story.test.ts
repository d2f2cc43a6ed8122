import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { movedDates } from '../../demo/layout.ts';
import { verifyLog } from '../../demo/verify.ts';
import { runDemo, serveDemo } from './run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the told scenario', () => {
  test('goes as expected, each Safe refuses once or more, and the log verifies; a second start goes on from the first', {
    timeout: 120_000,
  }, async () => {
    const first = await runDemo(['--exit', '--state', folder]);
    expect(first.code).toBe(0);
    expect(first.summary).toMatchObject({ demo: 'ok', verified: true });
    expect(first.summary['asExpected']).toBe(first.summary['steps']);
    expect(first.summary['stepNames']).toHaveLength(Number(first.summary['steps']));
    for (const count of Object.values(first.summary['refusedBy'] as object)) expect(count).toBeGreaterThan(0);
    const said = first.lines.join('\n');
    for (const word of ['question', 'answer', 'log', '→', 'withheld:', 'terms:']) expect(said).toContain(word);

    const second = await runDemo(['--exit', '--state', folder, '--seed', '2']);
    expect(second.summary).toMatchObject({ demo: 'ok', verified: true });
    expect(Number(second.summary['entries'])).toBeGreaterThan(Number(first.summary['entries']));
    expect(Number(second.summary['calls'])).toBeGreaterThan(Number(first.summary['calls']));
    // What was spent stays spent, and what was promised stays promised.
    expect(Number(second.summary['calls'])).toBeLessThan(2 * Number(first.summary['calls']));
    expect(second.summary['stepNames']).not.toContain('explained');
  });

  test('left serving, an outside program can ask, and the gateway is the process it names', {
    timeout: 60_000,
  }, async () => {
    const state = join(folder, 'served');
    const { child, serving, ended } = await serveDemo(['--state', state]);
    try {
      const { gateway, ops, pid, publicKey, ledger, askers, holders, examples } = serving as {
        gateway: string;
        ops: string;
        pid: number;
        publicKey: string;
        ledger: string;
        askers: { name: string; token: string }[];
        holders: { dataset: string; callLog: string }[];
        examples: { asker: string; body: unknown; status: number; outcome: string }[];
      };
      expect((await fetch(`${ops}/readyz`)).status).toBe(200);
      expect((await fetch(`${gateway}/v1/me`)).status).toBe(401);
      expect(new Set(examples.map((e) => e.outcome))).toEqual(new Set(['released', 'none', 'refused']));
      for (const { asker } of examples) expect(askers.map((a) => a.name)).toContain(asker);
      for (const { callLog } of holders) expect(readFileSync(callLog, 'utf8')).toContain('"exchange":"01');
      process.kill(pid, 'SIGKILL');
      expect(await ended).toBe(3);
      expect(await verifyLog(ledger, publicKey)).toMatchObject({ verified: true });
    } finally {
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
    }
  });

  test('wrong options say how to use it', async () => {
    await expect(runDemo(['--story', 'nothing'])).rejects.toThrow('there is no story');
    await expect(runDemo(['--data', join(folder, 'absent')])).rejects.toThrow('there is no directory');
  });

  test('dates move with the day, whole days, and nothing else does', () => {
    const later = Date.parse('2027-11-23T12:00:00Z');
    expect(movedDates('from: 2026-11-22, at 2026-11-23T10:00Z, case KP-2026-AB', later)).toBe(
      'from: 2027-11-23, at 2027-11-24T10:00Z, case KP-2026-AB',
    );
  });
});
