import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { edit, fiveSafes, initialised, inThisProcess, temporary } from './command.ts';

function contentsOf(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    files
      .filter((f) => statSync(join(directory, f)).isFile())
      .map((f) => [f, readFileSync(join(directory, f), 'utf8')]),
  );
}

test('lays out a configuration that runs, and makes keys', async () => {
  const root = temporary();
  const { code, out, err } = await fiveSafes(['init', '--config', 'gw/conf'], root);
  expect(code).toBe(0);
  const keys = loadKeys(join(root, 'gw/state/keys'));
  expect(JSON.parse(out)).toEqual({
    config: join(root, 'gw/conf'),
    configMade: true,
    state: join(root, 'gw/state'),
    keys: join(root, 'gw/state/keys'),
    keysMade: true,
    verifierKey: keys.verifierKey,
  });
  for (const text of [keys.verifierKey, 'Back up gw/state/keys', 'five-safes check --config gw/conf', 'npm start'])
    expect(err).toContain(text);
  expect(err).not.toContain('PRIVATE KEY');
  expect(statSync(join(root, 'gw/state/keys/signing-key.pem')).mode & 0o777).toBe(0o600);
  expect((await inThisProcess(['check', '--config', 'gw/conf'], root)).code).toBe(0);
  expect(readdirSync(join(root, 'gw'))).toEqual(['conf', 'state']);
});

test('run again it changes nothing and says so', async () => {
  const { root, key } = await initialised();
  edit(join(root, 'config/partners.yaml'), 'Tidewater Cars }', 'Tidewater Motors }');
  const before = contentsOf(root);
  const { code, out, err } = await inThisProcess(['init', '--json'], root);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ configMade: false, keysMade: false, verifierKey: key });
  expect(err).toBe('');
  expect((await inThisProcess(['init'], root)).err).toContain('exist already; they were left alone');
  expect(contentsOf(root)).toEqual(before);
});

test('takes an empty directory for none, and an own configuration as it is', async () => {
  const root = temporary();
  mkdirSync(join(root, 'config'));
  expect(JSON.parse((await inThisProcess(['init'], root)).out)).toMatchObject({ configMade: true });

  const other = temporary();
  mkdirSync(join(other, 'config'));
  writeFileSync(join(other, 'config/gateway.yaml'), 'origin: x\n');
  const { code, out, err } = await inThisProcess(['init'], other);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('gateway.yaml: origin:');
  expect(readdirSync(other)).toEqual(['config']);
});

test('puts keys where FIVE_SAFES_STATE says', async () => {
  const root = temporary();
  const state = join(root, 'elsewhere');
  const { code } = await inThisProcess(['init'], root, { FIVE_SAFES_STATE: state });
  expect(code).toBe(0);
  expect(loadKeys(join(state, 'keys')).origin).toBe('gateway.example/five-safes');
});

test('refuses keys of a log with another name, and keys that are damaged', async () => {
  const { root, state } = await initialised();
  edit(join(root, 'config/gateway.yaml'), 'origin: gateway.example/five-safes', 'origin: other.example/log');
  const renamed = await inThisProcess(['init'], root);
  expect([renamed.code, renamed.out]).toEqual([1, '']);
  expect(renamed.err).toContain('ledger.origin: expected "gateway.example/five-safes"');
  writeFileSync(join(state, 'keys/key-encryption-key'), 'short\n');
  const damaged = await inThisProcess(['init'], root);
  expect([damaged.code, damaged.out]).toEqual([3, '']);
  expect(damaged.err).toContain('key-encryption-key: expected 32 bytes');
});
