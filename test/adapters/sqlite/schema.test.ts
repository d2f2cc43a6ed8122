import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { migrateLedger } from '../../../src/adapters/sqlite/schema.ts';
import { intruder, ownEntry, place } from './builders.ts';

/** As ledgers had it before the first release. */
const NODES_SINGLY = `
  DROP TABLE nodes;
  CREATE TABLE nodes (place INTEGER PRIMARY KEY, level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL) STRICT`;

test.each([1, 4])('a ledger of a layout never released is refused in words, at schema %i', async (version) => {
  const at = place();
  const ledger = await at.open();
  await ledger.append(ownEntry());
  await ledger.close();
  const db = intruder(at);
  db.exec(NODES_SINGLY);
  db.pragma(`user_version = ${version}`);
  db.close();
  const refusal = /ledger\.db .* never released .* begin a new ledger with five-safes init/;
  expect(() => openReader(at.directory)).toThrow(refusal);
  await expect(at.open()).rejects.toThrow(refusal);
});

test('a file is brought to the schema once, and stays as it is', () => {
  const db = new Database(':memory:');
  migrateLedger(db);
  const made = db.serialize();
  migrateLedger(db);
  expect(db.serialize().equals(made)).toBe(true);
  db.close();
});
