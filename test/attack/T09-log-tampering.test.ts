import { cpSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodesOver } from '../../src/adapters/sqlite/node-place.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { Answer } from '../gateway/answer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

/** What the verifier finds is tried in test/ledger and test/adapters/sqlite; here on the log of a gateway that served. */
let p: Partnership;
let answer: Answer;
let last: Answer;
beforeAll(async () => {
  p = await startPartnership();
  answer = await p.ask('mara.lindqvist', question());
  for (let i = 0; i < 3; i++) last = await p.ask('mara.lindqvist', question());
  await p.gateway.stop();
});
afterAll(() => p.stop());

/** A copy of the log, as somebody with the file in hand may change it. */
function copied(name: string): { readonly directory: string; readonly db: Database.Database } {
  const directory = join(p.root, name);
  cpSync(p.state, directory, { recursive: true });
  return { directory, db: new Database(join(directory, 'ledger.db')) };
}

async function verified(directory: string, receipt?: unknown) {
  const verifier = parseVerifierKey(p.keys.verifierKey);
  if (verifier === undefined) throw new Error('no verifier key');
  const reader = openReader(directory);
  try {
    return await verifyLedger(reader.source(), verifier, receipt === undefined ? undefined : { receipt });
  } finally {
    reader.close();
  }
}

test('untouched, the copy holds: 4 exchanges and the start', async () => {
  const { directory, db } = copied('untouched');
  db.close();
  expect(await verified(directory, JSON.parse(answer.text))).toMatchObject({ verified: true, entries: 9, open: 0 });
});

test.each([
  'UPDATE entries SET time = time + 1',
  "UPDATE entries SET accountability = x'00'",
  "UPDATE checkpoints SET note = ''",
  "UPDATE nodes SET hashes = x'00'",
  'DELETE FROM entries',
  'DELETE FROM checkpoints',
  'DELETE FROM nodes',
])('the store itself refuses: %s', (statement) => {
  const { db } = copied('refused');
  expect(() => db.exec(statement)).toThrow('append-only');
  db.close();
});

describe('whoever takes the triggers away is found out', () => {
  const changes: readonly (readonly [string, string, string])[] = [
    [
      'a byte of an entry',
      'UPDATE entries SET bytes = CAST(replace(bytes, \'"v":1\', \'"v":2\') AS BLOB) WHERE idx = 2',
      'entry/form',
    ],
    [
      'whose exchange it was',
      "UPDATE entries SET exchange = '01ARZ3NDEKTSV4RRFFQ69G5FAV' WHERE idx = 2",
      'entry/columns',
    ],
    ['when it was', 'UPDATE entries SET time = time - 1 WHERE idx = 1', 'entry/columns'],
    ['what the details say', 'UPDATE entries SET accountability = randomblob(900) WHERE idx = 3', 'details/altered'],
    [
      'details of another exchange',
      'UPDATE entries SET accountability = (SELECT accountability FROM entries WHERE idx = 4) WHERE idx = 2',
      'details/altered',
    ],
    ['details removed', 'UPDATE entries SET accountability = NULL WHERE idx = 2', 'details/missing'],
    ['an entry removed', 'DELETE FROM entries WHERE idx = 3', 'entry/index'],
    ['the last exchange cut off', 'DELETE FROM entries WHERE idx >= 7', 'entry/index'],
    [
      'the last exchange cut off with its checkpoints, its nodes left behind',
      'DELETE FROM checkpoints WHERE size > 7; DELETE FROM entries WHERE idx >= 7',
      'node/altered',
    ],
    [
      'the last exchange cut off with all that is of it',
      'DELETE FROM checkpoints WHERE size > 7; DELETE FROM entries WHERE idx >= 7; ' +
        `DELETE FROM nodes WHERE first >= ${nodesOver(7)}; ` +
        `UPDATE nodes SET hashes = substr(hashes, 1, 32 * (${nodesOver(7)} - first))`,
      'receipt/size',
    ],
    [
      'a checkpoint removed',
      'DELETE FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints)',
      'checkpoint/missing',
    ],
    ['a checkpoint forged', "UPDATE checkpoints SET note = replace(note, '— ', '—  ')", 'checkpoint/unsigned'],
    [
      'a node',
      'UPDATE nodes SET hashes = CAST(randomblob(32) || substr(hashes, 33) AS BLOB) WHERE first = 0',
      'node/altered',
    ],
  ];

  test.each(changes)('%s', async (name, change, code) => {
    const { directory, db } = copied(`changed-${name.replaceAll(' ', '-')}`);
    const triggers = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all();
    for (const trigger of triggers) db.exec(`DROP TRIGGER "${trigger}"`);
    db.pragma('foreign_keys = OFF');
    db.exec(change);
    db.close();
    // Cut off at a checkpoint, a log is whole in itself: only who holds a later receipt or checkpoint can tell.
    const receipt = code === 'receipt/size' ? JSON.parse(last.text) : undefined;
    expect(await verified(directory, receipt)).toMatchObject({ verified: false, firstBad: { code } });
  });
});
