import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Known } from '../../ledger/witnessing.ts';
import { changedFile, identify } from './files.ts';

/** "5SLW" */
const APPLICATION_ID = 0x35534c57;
const SCHEMA = `
  -- One row a log: the last checkpoint that was cosigned. note: with the log's signatures and our cosignature.
  CREATE TABLE latest (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL) STRICT;
  -- Pairs of checkpoints that no honest log signs: one size, two roots. Proof for anybody, so kept for good.
  CREATE TABLE forks (
    origin TEXT NOT NULL, size INTEGER NOT NULL, cosigned TEXT NOT NULL, other TEXT NOT NULL, seen INTEGER NOT NULL,
    PRIMARY KEY (origin, size, other)
  ) STRICT;
`;
/** Only the log's own key can make a fork, but it can make any number of them. */
const MOST_FORKS = 100;
const BUSY_MS = 1_000;

export interface CosignedCheckpoint extends Known {
  /** Signed by the log and cosigned by this witness. */
  readonly note: string;
}

/** What a witness must never forget. */
export interface WitnessStore {
  /** The last checkpoint of a log that was cosigned; null where none was. */
  latest(origin: string): CosignedCheckpoint | null;
  /**
   * Puts `next` in the place of `known`, durably, if `known` is still the latest: compare and swap in one transaction, so
   * that of two requests at once only one goes on. A cosignature may be given away only after this was true.
   * @throws what SQLite throws, and where the file was taken away: then nothing may be answered.
   */
  advance(origin: string, known: Known | null, next: CosignedCheckpoint): boolean;
  /** Keeps two checkpoints that contradict each other. @param seen epoch ms. @returns whether they were news. */
  keepFork(origin: string, size: number, cosigned: string, other: string, seen: number): boolean;
  forks(): readonly { readonly origin: string; readonly size: number }[];
  close(): void;
}

/** @throws Error where the file exists: a witness that begins anew forgets what it has cosigned. */
export function createWitnessStore(path: string): void {
  if (existsSync(path)) throw new Error(`${path} exists: what a witness remembers is not overwritten`);
  const db = new Database(path);
  try {
    durable(db);
    db.transaction(() => {
      db.exec(SCHEMA);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma('user_version = 1');
    }).immediate();
  } finally {
    db.close();
  }
}

/** @throws Error where the file is missing or is no memory of a witness: it is never made here. */
export function openWitnessStore(path: string): WitnessStore {
  if (!existsSync(path))
    throw new Error(`${path} is missing: without it this witness does not know what it has cosigned`);
  const db = new Database(path, { timeout: BUSY_MS, fileMustExist: true });
  try {
    const application = Number(db.pragma('application_id', { simple: true }));
    const version = Number(db.pragma('user_version', { simple: true }));
    if (application !== APPLICATION_ID || version !== 1) throw new Error(`${path} is no memory of a witness`);
    durable(db);
    return storeOn(db, path);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function storeOn(db: Database.Database, path: string): WitnessStore {
  const latest = db.prepare<[string], CosignedCheckpoint>('SELECT size, root, note FROM latest WHERE origin = ?');
  const begin = db.prepare<[string, number, Uint8Array, string]>(
    'INSERT INTO latest (origin, size, root, note) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const swap = db.prepare<[number, Uint8Array, string, string, number, Uint8Array]>(
    'UPDATE latest SET size = ?, root = ?, note = ? WHERE origin = ? AND size = ? AND root = ?',
  );
  const fork = db.prepare<[string, number, string, string, number, number]>(
    'INSERT INTO forks (origin, size, cosigned, other, seen) SELECT ?, ?, ?, ?, ? ' +
      'WHERE (SELECT count(*) FROM forks) < ? ON CONFLICT DO NOTHING',
  );
  const forks = db.prepare<[], { origin: string; size: number }>(
    'SELECT DISTINCT origin, size FROM forks ORDER BY 1, 2',
  );
  const files = identify([path]);
  // SQLite writes on into a file that was unlinked or replaced, and what it wrote is lost: never answer for that.
  const present = () => {
    if (changedFile(files) !== null) throw new Error(`${path} was moved, removed or replaced while open`);
  };

  return {
    latest(origin) {
      present();
      return latest.get(origin) ?? null;
    },
    advance(origin, known, { size, root, note }) {
      const changes =
        known === null
          ? begin.run(origin, size, Buffer.from(root), note).changes
          : swap.run(size, Buffer.from(root), note, origin, known.size, Buffer.from(known.root)).changes;
      present();
      return changes === 1;
    },
    keepFork: (origin, size, cosigned, other, seen) =>
      fork.run(origin, size, cosigned, other, seen, MOST_FORKS).changes === 1,
    forks: () => forks.all(),
    close: () => db.close(),
  };
}

/** Each commit is on the disk when it returns, and there is one file to be looked after. */
function durable(db: Database.Database): void {
  db.pragma('journal_mode = DELETE');
  db.pragma('synchronous = EXTRA');
}
