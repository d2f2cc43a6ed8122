import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** "5SIX" */
const APPLICATION_ID = 0x35534958;
const VERSION = 3;
const BUSY_MS = 5_000;

/**
 * The keyed index beside the ledger. It holds no term in clear and nothing that the ledger and its keys could not give
 * again. Terms get numbers as they come, so that the postings of new ones go to the end of the tree, and those of a term
 * that is met again stand together, ascending: no insert goes to a random page but the look-up of the term itself.
 */
const SCHEMA = `
  CREATE TABLE terms (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, uses INTEGER NOT NULL) STRICT;

  -- place: index of the first entry of the exchange. late: how many entries after it the term came to be true.
  CREATE TABLE postings (
    term INTEGER NOT NULL, place INTEGER NOT NULL, late INTEGER NOT NULL, PRIMARY KEY (term, place)
  ) STRICT, WITHOUT ROWID;

  -- For forgetting: numbers of the terms of each exchange, 7 bits a byte; those of its subject part apart.
  CREATE TABLE exchanges (place INTEGER PRIMARY KEY, terms BLOB NOT NULL, subject BLOB NOT NULL) STRICT;

  -- One row. position: entries indexed. log: digest of the first entry. key: shows with which key the terms were made.
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL, skipped INTEGER NOT NULL,
    log BLOB NOT NULL, key BLOB NOT NULL
  ) STRICT;
`;

export function searchPath(directory: string): string {
  return join(directory, 'search.db');
}

/**
 * Opens the index, or begins it anew where there is none, or where it is one of another version. It can be made again, so
 * it is synced with each fold of its log only: after a loss of power it is some entries behind at worst.
 */
export function openSearchFile(path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS });
  try {
    const application = Number(db.pragma('application_id', { simple: true }));
    if (application !== 0 && application !== APPLICATION_ID) throw new Error(`${path} is not an index of the log`);
    const version = Number(db.pragma('user_version', { simple: true }));
    if (application === APPLICATION_ID && version !== VERSION) {
      db.close();
      removeSearchFile(path);
      return openSearchFile(path);
    }
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    // What is forgotten leaves the file.
    db.pragma('secure_delete = ON');
    db.pragma('cache_size = -32000');
    if (application === 0) {
      db.transaction(() => {
        db.exec(SCHEMA);
        db.pragma(`application_id = ${APPLICATION_ID}`);
        db.pragma(`user_version = ${VERSION}`);
      }).immediate();
    }
    return db;
  } catch (thrown) {
    if (db.open) db.close();
    throw thrown;
  }
}

/** For a rebuild. */
export function removeSearchFile(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
}
