import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import Database from 'better-sqlite3';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ledgerPaths } from '../../src/adapters/sqlite/files.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { LOG_TABLES } from '../../src/adapters/sqlite/schema.ts';
import { databaseSource } from '../../src/adapters/sqlite/source.ts';
import { standingReader } from '../../src/adapters/sqlite/standing.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { acceptLedger } from '../../src/ledger/verify-quick.ts';
import { intruder, ownEntry, type Place, place } from '../adapters/sqlite/builders.ts';

/** What somebody can put into a ledger's schema, so that what is read is not what its tables hold. */

let at: Place;
let image: Buffer;

async function filled(): Promise<Place> {
  const made = place();
  const ledger = await made.open();
  for (let i = 0; i < 3; i++) await Promise.all(Array.from({ length: 4 }, () => ledger.append(ownEntry())));
  await ledger.close();
  return made;
}

beforeAll(async () => {
  at = await filled();
  const db = new Database(at.file);
  db.pragma('journal_mode = DELETE');
  image = db.serialize();
  db.close();
});

/** The copy changed by a schema that is not the one it is then left with. */
function opened(bytes: Buffer): Database.Database {
  const db = new Database(bytes);
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  onTestFinished(() => {
    db.close();
  });
  return db;
}

function again(db: Database.Database): Database.Database {
  return opened(db.serialize());
}

/** Entry by entry, and in blocks. */
async function verified(db: Database.Database) {
  const { blocks, ...source } = databaseSource(db, null);
  const closely = await verifyLedger(source, at.verifier);
  const quickly = blocks === undefined ? null : await acceptLedger({ ...source, blocks }, at.verifier, undefined);
  return { closely, quickly };
}

const dropTriggers = (db: Database.Database) => {
  for (const name of db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all())
    db.exec(`DROP TRIGGER ${name}`);
};

const COLUMNS = 'idx, kind, exchange, time, bytes, accountability_slot, accountability, subject_slot, subject';

test.each([
  [
    'entries',
    COLUMNS,
    'idx >= 0',
    "UPDATE entries SET accountability = x'00' WHERE idx = 5",
    'details/altered',
    "INSERT INTO sqlite_stat1 VALUES ('entries', 'planted', '1000000 1 1 1')",
  ],
  [
    'checkpoints',
    'size, note',
    'size > 0 AND size <= 9',
    "UPDATE checkpoints SET note = 'x' WHERE size = 4",
    'checkpoint/unsigned',
  ],
  [
    'nodes',
    'first, hashes',
    'first >= 3 AND first < 100',
    'UPDATE nodes SET hashes = zeroblob(length(hashes)) WHERE first = 0',
    'node/altered',
  ],
])(
  'an index of %s that holds what the table held before is not what is verified',
  async (table, columns, among, sql, code, lure = '') => {
    const indexed = opened(image);
    dropTriggers(indexed);
    // Samples without totals: SQLite then takes the index for cheaper than the table.
    indexed.exec(`CREATE INDEX planted ON ${table} (${columns}); ANALYZE; DELETE FROM sqlite_stat1; ${lure}`);
    const row = indexed
      .prepare<[], { rootpage: number; sql: string }>("SELECT * FROM sqlite_master WHERE name = 'planted'")
      .get();
    indexed.exec("DELETE FROM sqlite_master WHERE name = 'planted'");
    const changed = again(indexed);
    changed.exec(sql);
    changed
      .prepare("INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('index', 'planted', ?, ?, ?)")
      .run(table, row?.rootpage, row?.sql);
    const db = again(changed);
    const reads = `SELECT ${columns} FROM ${table} WHERE ${among}`;
    const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${reads}`).all();
    // Else the attack is none.
    expect(plan.map(({ detail }) => detail).join()).toContain('COVERING INDEX planted');
    const { closely, quickly } = await verified(db);
    expect(closely).toMatchObject({ verified: false, firstBad: { code } });
    expect(quickly).toBeNull();
  },
);

test('bytes of an entry that are stored as text are none', async () => {
  const loose = opened(image);
  dropTriggers(loose);
  loose
    .prepare("UPDATE sqlite_master SET sql = ? WHERE name = 'entries'")
    .run(LOG_TABLES.entries.replace(/ STRICT$/, ''));
  const changed = again(loose);
  changed.exec('UPDATE entries SET bytes = CAST(bytes AS TEXT) WHERE idx = 5');
  changed.prepare("UPDATE sqlite_master SET sql = ? WHERE name = 'entries'").run(LOG_TABLES.entries);
  const { closely, quickly } = await verified(again(changed));
  expect(closely).toMatchObject({ verified: false, firstBad: { index: 5 } });
  expect(quickly).toBeNull();
});

const REFUSED = /ledger\.db is not read: it (has|lacks)/;

test.each([
  ['an index', `CREATE INDEX planted ON entries (${COLUMNS})`],
  [
    'an index in the place of ours',
    'DROP INDEX entries_other; CREATE INDEX entries_other ON entries (exchange, bytes)',
  ],
  ['a trigger', 'CREATE TRIGGER planted AFTER INSERT ON entries BEGIN DELETE FROM holds; END'],
  ['a view', 'CREATE VIEW planted AS SELECT 1'],
  ['a table of ours in another form', 'ALTER TABLE nodes ADD COLUMN extra TEXT'],
  [
    'a view in the place of a table of ours',
    'ALTER TABLE entries RENAME TO hidden; CREATE VIEW entries AS SELECT * FROM hidden',
  ],
])('%s that is not of ours keeps readers and the writer away', async (_, sql) => {
  const here = await filled();
  const db = intruder(here);
  db.exec(sql);
  db.close();
  expect(() => openReader(here.directory)).toThrow(REFUSED);
  await expect(here.open()).rejects.toThrow(REFUSED);
});

test('who is kept away keeps no file open, so that the writer can take it up again when it was mended', async ({
  skip,
}) => {
  skip(!existsSync('/proc/self/fd'), 'no list of open files here');
  const here = await filled();
  const db = intruder(here);
  db.exec('CREATE VIEW planted AS SELECT 1');
  db.close();
  const held = () =>
    readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`).startsWith(here.directory));
  expect(() => standingReader(ledgerPaths(here.directory), here.keys.kek, here.verifier)).toThrow(REFUSED);
  expect(() => openReader(here.directory)).toThrow(REFUSED);
  expect(held()).toEqual([]);
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It was the one of the list itself.
    return '';
  }
}

test('what a tool keeps beside the tables, and what was measured of them, keeps nobody away', async () => {
  const here = await filled();
  const db = intruder(here);
  db.exec('CREATE TABLE _replication (seq INTEGER PRIMARY KEY); ANALYZE');
  db.close();
  openReader(here.directory).close();
  await (await here.open()).close();
});
