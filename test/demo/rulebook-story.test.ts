import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { agreedChange } from '../../demo/rulebook/changes.ts';
import { underLoad } from '../../demo/rulebook/load.ts';
import { runDemo } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'demo-rulebook-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a change of the rules is told from its draft to its rollback, each step as expected, and the log verifies', {
  timeout: 60_000,
}, async () => {
  const { code, summary, lines } = await runDemo(['--story', 'rulebook', '--exit', '--state', join(folder, 'told')]);
  const said = lines.join('\n');
  expect(said).not.toContain('NOT AS EXPECTED');
  expect(summary).toMatchObject({ demo: 'ok', verified: true, refusedBy: { people: 1, outputs: 0 } });
  expect(code).toBe(0);
  expect(summary['asExpected']).toBe(summary['steps']);
  expect(summary['stepNames']).toEqual([
    ...['asked', 'lint', 'drafted', 'tried', 'replayed', 'own-approval-refused', 'approved', 'activated', 'explained'],
    ...['rolled-back', 'restored', 'verify'],
  ]);
  expect(said).toMatch(/lint +vehicle-tracing\.csv:\d+:\d+ who\/unknown/);
  expect(said).toContain('14 answers would have lost buyer.name (dealer-sales)');
  expect(said.match(/questions meanwhile, 0 failed/g)).toHaveLength(2);
});

test('the story does not begin where an earlier one ended', async () => {
  mkdirSync(join(folder, 'used', 'state'), { recursive: true });
  const args = ['--story', 'rulebook', '--exit', '--state', join(folder, 'used')];
  await expect(runDemo(args)).rejects.toThrow('starts afresh');
});

test('a page that no longer says what is to be changed is told, not passed over', () => {
  expect(() => agreedChange({ 'vehicle-tracing.csv': 'data, D7' })).toThrow('expected');
});

test('a question that fails meanwhile is counted', async () => {
  let asked = 0;
  const answer = { exchange: 'e', outcome: 'released', legs: [], receipt: { index: 0, entry: '', digest: '' } };
  const ask = async () => ({ status: ++asked === 7 ? 503 : 200, answer, text: '{"rulebook":"v"}' });
  const { failed, asked: all, versions } = await underLoad([ask], async () => 'done');
  expect(failed).toBe(1);
  expect(versions.get('v')).toBe(all);
  await expect(underLoad([() => Promise.reject(new Error('gone'))], async () => 'done')).rejects.toThrow('gone');
});
