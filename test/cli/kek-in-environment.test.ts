import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { bundleShape } from '../../src/ledger/bundle.ts';
import { draftsOf, idOf, inThisProcess } from './command.ts';

const root = mkdtempSync(join(tmpdir(), 'five-safes-kek-'));
afterAll(() => rmSync(root, { recursive: true }));
const env = { FIVE_SAFES_KEK: Buffer.alloc(32, 3).toString('base64') };

const command = (given: Readonly<Record<string, string>>, ...args: string[]) => inThisProcess(args, root, given);

test('a key-encryption key that is only in the environment: never written, and whatever opens details takes it', async () => {
  for (const keysMade of [true, false]) {
    const { code, out, err } = await command(env, 'init', '--json');
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ keysMade });
  }
  const keys = join(root, 'state/keys');
  expect(existsSync(join(keys, 'key-encryption-key'))).toBe(false);
  expect(readFileSync(join(keys, 'verifier-key'), 'utf8')).toContain('gateway.example/five-safes');

  const ledger = await openLedger({ directory: join(root, 'state'), ...loadKeys(keys, env), node: 'test' });
  for (const draft of draftsOf(1)) await ledger.append(draft);
  await ledger.close();
  const why = ['--state', 'state', '--reason', 'complaint 31', '--json'];
  const shown = await command(env, 'log', 'show', idOf(1), '--details', ...why);
  expect([shown.code, shown.err]).toEqual([0, '']);
  expect(shown.out).toContain('engine 1 found');
  const found = await command(env, 'log', 'find', '--by', 'vin=WVWZZZ1KZ8W386001', '--use', 'lawfulness', ...why);
  expect([found.code, JSON.parse(found.out).reading]).toEqual([0, 3]);
  const proof = await command(env, 'log', 'proof', idOf(1), '--details', ...why);
  expect([proof.code, bundleShape.parse(JSON.parse(proof.out)).entries.length]).toEqual([0, 2]);
  expect((await command(env, 'log', 'proof', idOf(1), '--state', 'state')).code).toBe(0);

  const without = await command({}, 'log', 'show', idOf(1), '--details', ...why);
  expect([without.code, without.out]).toEqual([3, '']);
  expect(without.err).toContain('key-encryption-key cannot be read');
});
