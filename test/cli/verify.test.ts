import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { VERIFY_WORDS } from '../../src/cli/verify-words.ts';
import { VERIFY_CODES } from '../../src/ledger/verify.ts';
import { draftsOf, fiveSafes, initialised, inThisProcess, temporary, writeLedger } from './command.ts';

let root: string;
let state: string;
let key: string;
let other: string;
beforeAll(async () => {
  ({ root, state, key } = await initialised());
  await writeLedger(
    state,
    [1, 2, 3].flatMap((number) => draftsOf(number)),
  );
  other = (await initialised()).key;
});

/** A copy of the ledger on which somebody ran SQL past the triggers. */
function tampered(sql: string): string {
  const copy = temporary();
  for (const file of ['ledger.db', 'keys.db']) cpSync(join(state, file), join(copy, file));
  const db = new Database(join(copy, 'ledger.db'));
  const triggers = db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
  return copy;
}

test('verifies a directory or its file, with the key as text or in a file', async () => {
  const expected = {
    verified: true,
    entries: 6,
    open: 0,
    erased: 0,
    size: 6,
    root: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    firstBad: null,
  };
  const asText = await fiveSafes(['verify', 'state', '--key', key], root);
  expect([asText.code, JSON.parse(asText.out)]).toEqual([0, expected]);
  expect(asText.err).toMatch(/^Verified\.\nLog: {5}gateway\.example\/five-safes\nEntries: 6 read; 0 exchanges open/);
  const inFile = await inThisProcess(['verify', 'state/ledger.db', '--key', 'state/keys/verifier-key', '--json'], root);
  expect(inFile).toEqual({ code: 0, out: asText.out, err: '' });
});

test.each([
  [
    'an altered entry',
    "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'outcome', 'reading') AS BLOB) WHERE idx = 3",
    3,
    'entry/columns',
  ],
  ['a removed entry', 'DELETE FROM entries WHERE idx = 2', 2, 'entry/index'],
  ['altered details', "UPDATE entries SET accountability = x'00' WHERE idx = 4", 4, 'details/altered'],
  ['a cut-off end', 'DELETE FROM entries WHERE idx = 5', 5, 'entry/index'],
] as const)('finds %s', async (_, sql, index, code) => {
  const copy = tampered(sql);
  const ended = await inThisProcess(['verify', copy, '--key', key], root);
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.out)).toMatchObject({ verified: false, firstBad: { index, code } });
  expect(ended.err).toContain(`NOT verified. Entry ${index}: ${VERIFY_WORDS[code]} (${code}).`);
});

test('without keys.db nobody is told how many details are erased', async () => {
  const copy = temporary();
  cpSync(join(state, 'ledger.db'), join(copy, 'ledger.db'));
  const alone = await inThisProcess(['verify', copy, '--key', key], root);
  expect(alone.code).toBe(0);
  expect(alone.err).toContain('6 read; 0 exchanges open, details');
  expect(alone.err).not.toContain('erased\n');
  cpSync(join(state, 'keys.db'), join(copy, 'keys.db'));
  const both = await inThisProcess(['verify', join(copy, 'ledger.db'), '--key', key], root);
  expect(both.err).toContain('details of 0 erased\n');
});

test('the key of another log verifies nothing', async () => {
  const { code, out } = await inThisProcess(['verify', 'state', '--key', other, '--json'], root);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ verified: false, firstBad: { index: 0, code: 'checkpoint/unsigned' } });
});

test.each([
  ['no JSON', 'not a receipt'],
  ['no receipt', '{"receipt":{"index":2}}'],
])('%s is no receipt', async (_, text) => {
  writeFileSync(join(root, 'answer.json'), text);
  const { code, out } = await inThisProcess(
    ['verify', 'state', '--key', key, '--receipt', 'answer.json', '--json'],
    root,
  );
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ verified: false, firstBad: { code: 'receipt/malformed' } });
});

test('what cannot be read is a fault', async () => {
  writeFileSync(join(root, 'other.db'), 'no database, but long enough to be looked at as one');
  for (const args of [['nowhere'], ['config'], ['other.db'], ['state', '--receipt', 'nowhere.json']]) {
    const { code, out, err } = await inThisProcess(['verify', ...args, '--key', key, '--json'], root);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^five-safes verify: ./);
    if (args[0] !== 'state') expect(err).toContain(args[0]);
  }
});

test('every finding of the verifier has words', () => {
  expect(Object.keys(VERIFY_WORDS).toSorted()).toEqual([...VERIFY_CODES].toSorted());
});
