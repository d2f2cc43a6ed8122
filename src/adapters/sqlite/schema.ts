import Sqlite, { type Database } from 'better-sqlite3';
import { RULEBOOK_TABLES } from './rulebook-tables.ts';

/** Marks the file as a ledger of ours: "5SLG". */
export const LEDGER_APPLICATION_ID = 0x35534c47;
/** "5SLK" */
export const KEYS_APPLICATION_ID = 0x35534c4b;

const APPEND_ONLY = ['entries', 'nodes', 'checkpoints'] as const;

/** Texts of the tables that the tree answers for, as the file keeps them: whoever reads them in bulk relies on their form. */
export const LOG_TABLES = {
  // bytes: the canonical JSON that was hashed; kind, exchange and time repeat what it says, for searching. The details it
  // commits to stand sealed in the same row: one insertion an entry, and one page more or less for all of it.
  entries: `CREATE TABLE entries (
    idx INTEGER PRIMARY KEY, kind TEXT NOT NULL, exchange TEXT NOT NULL, time INTEGER NOT NULL, bytes BLOB NOT NULL,
    accountability_slot INTEGER NOT NULL, accountability BLOB, subject_slot INTEGER, subject BLOB
  ) STRICT`,

  // Full subtrees of level 1 and above; level 0 is the hash of entries.bytes. A row holds those that a batch made full, one
  // after the other. first: the place of the first of them, see node-place.ts.
  nodes: 'CREATE TABLE nodes (first INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT',

  // next_slot: the first key slot that no entry under this checkpoint uses.
  checkpoints:
    'CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL, next_slot INTEGER NOT NULL) STRICT',
} as const;

/** Each element brings the schema from its position to the next `user_version`. Never change one that was released. */
const LEDGER_MIGRATIONS: readonly string[] = [
  `
  ${LOG_TABLES.entries};
  CREATE UNIQUE INDEX entries_once ON entries (exchange, kind) WHERE kind IN ('asked', 'outcome');
  CREATE INDEX entries_other ON entries (exchange) WHERE kind NOT IN ('asked', 'outcome');
  ${LOG_TABLES.nodes};
  ${LOG_TABLES.checkpoints};

  -- What the asker may see again. Outside the tree: rebuilt from it if lost. outcome NULL: open.
  CREATE TABLE exchanges (
    exchange TEXT PRIMARY KEY, asker TEXT, key TEXT, request TEXT, outcome TEXT, legs TEXT NOT NULL,
    asked INTEGER, closed INTEGER, accountability_slot INTEGER NOT NULL, subject_slot INTEGER, node TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX exchanges_key ON exchanges (asker, key) WHERE key IS NOT NULL;
  CREATE INDEX exchanges_open ON exchanges (exchange) WHERE closed IS NULL;

  ${APPEND_ONLY.map(
    (table) => `
  CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;`,
  ).join('')}
  `,
  `
  -- Uses of budgets. expires: epoch ms after which the counter counts for nothing; NULL: never.
  CREATE TABLE budgets (key TEXT PRIMARY KEY, used INTEGER NOT NULL, expires INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX budgets_expired ON budgets (expires) WHERE expires IS NOT NULL;

  -- The latest acceptance of each undertaking by each person, and the datasets that their holders have paused.
  CREATE TABLE undertakings (
    person TEXT NOT NULL, undertaking TEXT NOT NULL, version INTEGER NOT NULL, accepted INTEGER NOT NULL,
    PRIMARY KEY (person, undertaking)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE pauses (dataset TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Proposed erasures. exchanges: JSON ids. Nothing here tells of a person but the officers concerned.
  CREATE TABLE erasures (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, parts TEXT NOT NULL, ground TEXT NOT NULL, exchanges TEXT NOT NULL,
    proposer TEXT NOT NULL, partner TEXT NOT NULL, proposed INTEGER NOT NULL, approver TEXT
  ) STRICT, WITHOUT ROWID;

  -- key: keyed name of the exchange, case or agreement.
  CREATE TABLE holds (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, person TEXT NOT NULL,
    partner TEXT NOT NULL, since INTEGER NOT NULL, lifter TEXT, lifterPartner TEXT, lifting INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX holds_blocking ON holds (key) WHERE state <> 'lifted';

  -- Data keys that erasure entries say are destroyed. done 0: not yet; a crash in between is made good from here. The
  -- others stay, so that an older copy of keys.db does not bring them back.
  CREATE TABLE destructions (slot INTEGER PRIMARY KEY, done INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE INDEX destructions_pending ON destructions (slot) WHERE done = 0;
  `,
  RULEBOOK_TABLES,
];

/** One row a key: no released version wrote it. */
const UNRELEASED_KEYS_LAYOUT = 1;
const KEYS_LAYOUT = 2;

const KEYS_SCHEMA = `
  -- KEYS_PER_PAGE data keys a row. Rows stay when all their keys are destroyed: a number is never given again.
  CREATE TABLE pages (page INTEGER PRIMARY KEY, destroyed BLOB NOT NULL, wrapped BLOB NOT NULL) STRICT;
  CREATE TRIGGER pages_no_delete BEFORE DELETE ON pages BEGIN SELECT RAISE(ABORT, 'pages of keys are never removed'); END;

  -- Which key-encryption key wrapped all of them.
  CREATE TABLE wrapped_by (one INTEGER PRIMARY KEY CHECK (one = 1), kek TEXT NOT NULL) STRICT;
`;

/** @throws Error where the file is another one, or of another layout. */
export function migrateLedger(db: Database): void {
  checkNodes(db);
  migrate(db, LEDGER_APPLICATION_ID, LEDGER_MIGRATIONS);
  checkObjects(db);
}

/** @throws Error where the file is another one, or of another layout. */
export function migrateKeys(db: Database): void {
  if (pragmaNumber(db, 'user_version') !== 0 || pragmaNumber(db, 'application_id') !== 0) {
    checkKeysSchema(db);
    return;
  }
  db.transaction(() => {
    db.exec(KEYS_SCHEMA);
    db.pragma(`application_id = ${KEYS_APPLICATION_ID}`);
    db.pragma(`user_version = ${KEYS_LAYOUT}`);
  }).immediate();
}

/** @throws Error where the file is no ledger, one that a later version wrote, or one whose tables are read by ways of others. */
export function checkLedgerSchema(db: Database): void {
  checkNodes(db);
  checkSchema(db, LEDGER_APPLICATION_ID, LEDGER_MIGRATIONS.length);
  checkObjects(db);
}

/** @throws Error where the file is no file of keys, or of another layout. */
export function checkKeysSchema(db: Database): void {
  const version = pragmaNumber(db, 'user_version');
  if (pragmaNumber(db, 'application_id') === KEYS_APPLICATION_ID && version === UNRELEASED_KEYS_LAYOUT) {
    throw new Error(
      `${db.name} holds one row a key, a layout that was never released and is not read any more: begin a new ledger`,
    );
  }
  checkSchema(db, KEYS_APPLICATION_ID, KEYS_LAYOUT);
}

/** No released version wrote nodes otherwise than many in a row, in whatever `user_version`. */
function checkNodes(db: Database): void {
  if (pragmaNumber(db, 'application_id') !== LEDGER_APPLICATION_ID) return;
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('nodes')").pluck().all();
  if (columns.length === 0 || columns.includes('first')) return;
  throw new Error(
    `${db.name} holds one node a row, a layout that was never released and is not read any more: ` +
      'begin a new ledger with five-safes init',
  );
}

/** What our migrations make, as SQLite keeps it. */
let ours: ReadonlySet<string> | undefined;

/**
 * Whoever has the file can put an index into it that holds other values than its table, and SQLite reads what it deems
 * cheaper; a view or a trigger of somebody else's reads or writes what nobody asked for. Indexes and triggers of ours may be
 * missing, and tables that nothing here reads may be there. Only the texts count: that is what SQLite goes by.
 */
function checkObjects(db: Database): void {
  ours ??= objectsOfOurs();
  const found = new Set(objectsIn(db));
  const missing = [...ours].find((sql) => isTable(sql) && !found.has(sql));
  const foreign = missing ?? [...found].find((sql) => ours?.has(sql) !== true && !isTable(sql));
  if (foreign === undefined) return;
  const [what = ''] = foreign.split('(');
  throw new Error(
    `${db.name} is not read: ${missing === undefined ? 'it has' : 'it lacks, or has in another form,'} what ` +
      `"${what.trim().slice(0, 80)}" makes, so that other values could be read than are verified`,
  );
}

function objectsOfOurs(): ReadonlySet<string> {
  const db = new Sqlite(':memory:');
  for (const sql of LEDGER_MIGRATIONS) db.exec(sql);
  const made = new Set(objectsIn(db));
  db.close();
  return made;
}

function objectsIn(db: Database): readonly string[] {
  return db.prepare<[], string>('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL').pluck().all();
}

function isTable(sql: string): boolean {
  return sql.startsWith('CREATE TABLE ');
}

function migrate(db: Database, application: number, migrations: readonly string[]): void {
  const from = pragmaNumber(db, 'user_version');
  if (from > 0 || pragmaNumber(db, 'application_id') !== 0) checkSchema(db, application, migrations.length, from);
  if (from === migrations.length) return;
  db.transaction(() => {
    for (const sql of migrations.slice(from)) db.exec(sql);
    db.pragma(`application_id = ${application}`);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

function checkSchema(db: Database, application: number, newest: number, oldest = newest): void {
  const version = pragmaNumber(db, 'user_version');
  if (pragmaNumber(db, 'application_id') !== application) throw new Error(`${db.name} is not a file of the ledger`);
  if (version > newest) throw new Error(`${db.name} has schema ${version}; this version knows up to ${newest}`);
  if (version < oldest)
    throw new Error(`${db.name} has schema ${version}: start the gateway once to bring it to ${newest}`);
}

function pragmaNumber(db: Database, name: string): number {
  return Number(db.pragma(name, { simple: true }));
}
