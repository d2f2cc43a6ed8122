import { generateKeyPairSync } from 'node:crypto';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodesOver } from '../../src/adapters/sqlite/node-place.ts';
import { databaseSource } from '../../src/adapters/sqlite/source.ts';
import { signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { cosign, cosigner, parseWitnessKey, type WitnessPolicy, witnessKey } from '../../src/ledger/cosignature.ts';
import { logKeys } from '../../src/ledger/log-keys.ts';
import { EMPTY_EDGE, edgeRoot, grow, leafHash } from '../../src/ledger/merkle.ts';
import { noteSigner, splitNote } from '../../src/ledger/note.ts';
import type { Claimed } from '../../src/ledger/outside-claim.ts';
import { type Receipt, receiptFor } from '../../src/ledger/receipt.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { acceptLedger, rangesHere } from '../../src/ledger/verify-quick.ts';
import { asked, DIGEST, newId, outcome, ownEntry, type Place, place } from '../adapters/sqlite/builders.ts';

/**
 * Each column of the store that the tree, a checkpoint or a commitment answers for. Space in the file that belongs to no
 * row (slack, freed pages) is outside: nothing is read from it.
 */
const ANSWERED_FOR: Readonly<Record<string, readonly string[]>> = {
  entries: ['idx', 'kind', 'exchange', 'time', 'bytes', 'accountability', 'subject'],
  nodes: ['first', 'hashes'],
  checkpoints: ['size', 'note'],
};

/** What the verifier does not answer for, and why that does no harm. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'checkpoints.next_slot': 'where the writer goes on taking keys: the slots themselves refuse a second use',
  'entries.accountability_slot': 'a wrong number opens nothing: sealed bytes are bound to key, exchange and part',
  'entries.subject_slot': 'as accountability_slot',
  'exchanges.*':
    'what an asker may see again; its receipt is checked by the asker, its rest is told in the sealed details',
  'budgets.*': 'counters: each use is told in the sealed details of its intent',
  'undertakings.*': 'the latest state of what the entries of kind undertaking say',
  'pauses.*': 'the latest state of what the entries of kind pause and resume say',
  'erasures.*': 'proposals; what was carried out is an entry of kind erasure',
  'holds.*': 'the latest state of what the entries of kind legal-hold say',
  'rulebook_versions.*':
    'text under a digest that is computed again whenever it is read, and that entries of kind rulebook name',
  'rulebook_files.*': 'as rulebook_versions',
  'rulebook_proposals.*':
    'the latest state of what the entries of kind rulebook say; approvals are signed, and what is active is compared with the log at each start',
  'destructions.*': 'work left over by a crash; what is to be destroyed is told by an entry of kind erasure',
};

let at: Place;
let image: Buffer;
/** Of the last entry, and of the one before the last batch. */
let receipts: readonly Receipt[];
/** The checkpoint over all entries, as a witness cosigned it, and whose word that is. */
let witnessedNote: string;
let policy: WitnessPolicy;

/** A copy in memory, the triggers dropped, as an intruder would. */
function copy(): Database.Database {
  const db = new Database(image);
  for (const name of db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all()) {
    db.exec(`DROP TRIGGER "${name}"`);
  }
  db.pragma('foreign_keys = OFF');
  db.exec('DROP INDEX entries_once');
  return db;
}

/** Entry by entry, in blocks, and in blocks of ranges so small that they have to be joined: always the same is found. */
async function verified(db: Database.Database, claimed?: Claimed) {
  const { blocks, ...source } = databaseSource(db, null);
  const closely = await verifyLedger(source, at.verifier, claimed);
  expect(await verifyLedger(databaseSource(db, null), at.verifier, claimed)).toEqual(closely);
  const keys = logKeys(at.verifier, '');
  if (blocks !== undefined && keys !== undefined) {
    const accepted = await acceptLedger({ ...source, blocks }, at.verifier, claimed, rangesHere(blocks, keys, 2));
    expect(accepted).toEqual(closely.verified ? expect.objectContaining({ root: closely.root }) : null);
  }
  return closely;
}

beforeAll(async () => {
  at = place();
  const ledger = await at.open();
  const [one, two] = [newId(), newId()];
  await Promise.all([ledger.append(asked(one)), ledger.append(asked(two))]);
  const first = await ledger.append(outcome(one));
  await ledger.append(ownEntry());
  const second = await ledger.append(outcome(two));
  await ledger.close();
  receipts = [receiptFor(second, DIGEST), receiptFor(first, DIGEST)];
  const { signer, verifier } = newWitness('witness.example');
  const { text } = splitNote(second.checkpoint) ?? { text: '' };
  witnessedNote = second.checkpoint + cosign(text, Date.now(), signer);
  policy = { quorum: 1, witnesses: [verifier] };
  const db = new Database(at.file);
  db.pragma('journal_mode = DELETE');
  image = db.serialize();
  db.close();
});

let db: Database.Database;
beforeAll(() => {
  db = copy();
});
afterAll(() => {
  db.close();
});

test('the copy holds as it is', async () => {
  expect(await verified(db, { receipt: receipts[0] })).toMatchObject({ verified: true, entries: 5, open: 0 });
});

test('each column of the store is answered for, or named with the reason why not', () => {
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  const unnamed = tables.flatMap((table) => {
    const columns = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
    return columns
      .filter((column) => ANSWERED_FOR[table]?.includes(column) !== true)
      .map((column) => `${table}.${column}`)
      .filter((name) => EXCEPTIONS[name] === undefined && EXCEPTIONS[`${table}.*`] === undefined);
  });
  expect(unnamed).toEqual([]);
});

/** A change to one value, and back. Texts and blobs byte by byte; of a number each of its low bits. */
function changesOf(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return [value + 1, value - 1, value + 2 ** 20, -value - 1];
  const bytes = Buffer.from(Buffer.isBuffer(value) ? value : String(value));
  return Array.from(bytes, (byte, i) => {
    const altered = Buffer.from(bytes);
    altered[i] = byte ^ (1 << (i % 7));
    return Buffer.isBuffer(value) ? altered : altered.toString('latin1');
  });
}

describe('each value of each column, changed in turn, is found', () => {
  const columns = Object.entries(ANSWERED_FOR).flatMap(([table, names]) => names.map((name) => [table, name] as const));
  test.each(columns)('%s.%s', async (table, column) => {
    const key = table === 'nodes' ? 'first' : table === 'checkpoints' ? 'size' : 'idx';
    const rows = db.prepare<[], { key: number; value: unknown }>(
      `SELECT ${key} AS key, ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL ORDER BY 1`,
    );
    let changes = 0;
    for (const { key: row, value } of rows.all()) {
      for (const altered of changesOf(value)) {
        db.exec('SAVEPOINT one');
        const set = db.prepare<[unknown, number]>(`UPDATE OR REPLACE ${table} SET ${column} = ? WHERE ${key} = ?`);
        expect(set.run(altered, row).changes).toBe(1);
        const { verified: holds, firstBad } = await verified(db);
        expect({ holds, named: firstBad !== null }, `${table}.${column} of ${row}`).toEqual({
          holds: false,
          named: true,
        });
        db.exec('ROLLBACK TO one; RELEASE one');
        changes += 1;
      }
    }
    expect(changes).toBeGreaterThan(0);
  });
});

const ALL_FROM = (index: number) =>
  `DELETE FROM entries WHERE idx >= ${index};` +
  `DELETE FROM checkpoints WHERE size > ${index};` +
  `DELETE FROM nodes WHERE first >= ${nodesOver(index)};`;

describe('ranges, order and whole', () => {
  test.each([
    ['one entry deleted', 'DELETE FROM entries WHERE idx = 2', { index: 2, code: 'entry/index' }],
    ['two in a row', 'DELETE FROM entries WHERE idx IN (2, 3)', { index: 2, code: 'entry/index' }],
    [
      'two in a row, those after them moved up',
      'DELETE FROM entries WHERE idx IN (2, 3); UPDATE entries SET idx = 2 WHERE idx = 4',
      { index: 2, code: 'checkpoint/root' },
    ],
    [
      'two entries exchanged with their details',
      'UPDATE entries SET idx = -1 WHERE idx = 0; UPDATE entries SET idx = 0 WHERE idx = 1; UPDATE entries SET idx = 1 WHERE idx = -1',
      { index: 1, code: 'node/altered' },
    ],
    [
      'details of two entries exchanged',
      'UPDATE entries AS e SET accountability = o.accountability, subject = o.subject FROM entries AS o ' +
        'WHERE (e.idx = 0 AND o.idx = 2) OR (e.idx = 2 AND o.idx = 0)',
      { index: 0, code: 'details/altered' },
    ],
  ] as const)('%s', async (_, sql, firstBad) => {
    const changed = copy();
    changed.exec(sql);
    expect(await verified(changed)).toMatchObject({ verified: false, firstBad });
    changed.close();
  });

  test.each([
    ['beyond the tree', 'INSERT INTO nodes VALUES (1000, zeroblob(32))'],
    ['an empty row right after it', `INSERT INTO nodes VALUES (${nodesOver(5)}, x'')`],
    ['before it', 'INSERT INTO nodes VALUES (-1, zeroblob(32))'],
    ['in the last row', 'UPDATE nodes SET hashes = zeroblob(320) WHERE first = (SELECT max(first) FROM nodes)'],
  ])('hashes that belong to no node, %s', async (_, sql) => {
    const changed = copy();
    changed.exec(sql);
    const { verified: holds, firstBad } = await verified(changed);
    expect({ holds, code: firstBad?.code }).toEqual({ holds: false, code: 'node/altered' });
    changed.close();
  });

  test('a tail cut off that left its nodes behind', async () => {
    const changed = copy();
    changed.exec('DELETE FROM entries WHERE idx >= 3; DELETE FROM checkpoints WHERE size > 3');
    expect(await verified(changed)).toMatchObject({ verified: false, firstBad: { index: 3, code: 'node/altered' } });
    changed.close();
  });

  test.each([
    ['the last entry', 4],
    ['the last two', 3],
  ])('the tail cut off at a checkpoint, %s: found by a receipt from beyond it, or by a witness', async (_, from) => {
    const changed = copy();
    changed.exec(ALL_FROM(from));
    expect(await verified(changed)).toMatchObject({ verified: true, entries: from });
    expect(await verified(changed, { receipt: receipts[0] })).toMatchObject({
      verified: false,
      firstBad: { index: from, code: 'receipt/size' },
    });
    expect(await verified(changed, { kept: witnessedNote, witnesses: policy })).toMatchObject({
      verified: false,
      firstBad: { index: from, code: 'receipt/size' },
    });
    changed.close();
  });

  test('checkpoints signed anew with another key', async () => {
    const changed = copy();
    const signer = noteSigner(at.keys.origin, place().keys.signingKey);
    sealAnew(changed, signer);
    expect(await verified(changed)).toMatchObject({
      verified: false,
      firstBad: { index: 1, code: 'checkpoint/unsigned' },
    });
    changed.close();
  });

  test('the whole written anew by whoever holds the key: found by a receipt, or by a witness', async () => {
    const changed = copy();
    const text = changed.prepare<[], Buffer>('SELECT bytes FROM entries WHERE idx = 3').pluck().get();
    const exchange = newId();
    const bytes = Buffer.from(String(text).replace(/"exchange":"[^"]+"/, `"exchange":"${exchange}"`));
    changed.prepare('UPDATE entries SET exchange = ?, bytes = ? WHERE idx = 3').run(exchange, bytes);
    sealAnew(changed, noteSigner(at.keys.origin, at.keys.signingKey));
    expect(await verified(changed)).toMatchObject({ verified: true, entries: 5 });
    expect(await verified(changed, { receipt: receipts[1] })).toMatchObject({ verified: true });
    expect(await verified(changed, { receipt: receipts[0] })).toMatchObject({
      verified: false,
      firstBad: { index: 4, code: 'receipt/root' },
    });
    const kept = { kept: witnessedNote, witnesses: policy };
    expect(await verified(db, kept)).toMatchObject({ verified: true, entries: 5 });
    expect(await verified(changed, kept)).toMatchObject({
      verified: false,
      firstBad: { index: 4, code: 'receipt/root' },
    });
    changed.close();
  });

  test('a checkpoint that no witness signed, or not the one named, or another log, is none to go by', async () => {
    const [unsigned = ''] = receipts.map(({ checkpoint }) => checkpoint);
    const codeOf = async (claim: Claimed) => (await verified(db, claim)).firstBad?.code;
    expect(await codeOf({ kept: unsigned })).toBeUndefined();
    expect(await codeOf({ kept: unsigned, witnesses: policy })).toBe('receipt/unwitnessed');
    const stranger = { quorum: 1, witnesses: [newWitness('stranger.example').verifier] };
    expect(await codeOf({ kept: witnessedNote, witnesses: stranger })).toBe('receipt/unwitnessed');
    expect(await codeOf({ kept: witnessedNote.replace(/^.*$/m, 'another.example/log') })).toBe('receipt/checkpoint');
    // Put as a receipt, a checkpoint is none, whatever it says of itself.
    expect(await codeOf({ receipt: { kept: unsigned } })).toBe('receipt/malformed');
    expect(await codeOf({ receipt: { kept: unsigned, witnesses: { quorum: 1 } } })).toBe('receipt/malformed');
    const empty = signCheckpoint(0, edgeRoot(EMPTY_EDGE), noteSigner(at.keys.origin, at.keys.signingKey));
    expect(await codeOf({ kept: empty })).toBe('receipt/checkpoint');
  });
});

/** A witness's key, and what it is known by. */
function newWitness(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const verifier = parseWitnessKey(witnessKey(name, publicKey));
  if (verifier === undefined) throw new Error('not a key');
  return { signer: cosigner(name, privateKey), verifier };
}

/** Nodes and checkpoints made anew over the entries as they are. */
function sealAnew(changed: Database.Database, signer: Parameters<typeof signCheckpoint>[2]): void {
  const leaves = changed
    .prepare<[], { bytes: Buffer }>('SELECT bytes FROM entries ORDER BY idx')
    .all()
    .map(({ bytes }) => leafHash(bytes));
  const nodes = Buffer.concat(grow(EMPTY_EDGE, leaves).nodes.map(({ hash }) => hash));
  changed.exec('DELETE FROM nodes');
  changed.prepare('INSERT INTO nodes (first, hashes) VALUES (0, ?)').run(nodes);
  for (const size of changed.prepare<[], number>('SELECT size FROM checkpoints').pluck().all()) {
    const root = edgeRoot(grow(EMPTY_EDGE, leaves.slice(0, size)).edge);
    changed.prepare('UPDATE checkpoints SET note = ? WHERE size = ?').run(signCheckpoint(size, root, signer), size);
  }
}
