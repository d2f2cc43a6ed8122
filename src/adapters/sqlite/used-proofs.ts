import Database, { type Statement } from 'better-sqlite3';
import type { Instant } from '../../domain/time.ts';
import { changedFile, type FileIdentities, identify } from './files.ts';

/** "5SLP" */
const APPLICATION_ID = 0x35534c50;
const SCHEMA = `
  CREATE TABLE used (id BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX used_until ON used (until);
  -- One row: proofs that stopped counting before this may have been forgotten.
  CREATE TABLE horizon (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL) STRICT;
`;
/** Far more than two minutes' worth of verified callers; what is beyond would fill the disk. */
const MOST = 1_000_000;
/** Forgetting goes by small portions, so that no request waits for a great one. */
const PORTION = 128;
const EVERY = 64;
/** In pages: at the usual thousand, syncs would come many times a second under load. */
const PAGES_BETWEEN_SYNCS = 4_000;

export interface ProofStoreOptions {
  /** How long a proof counts after the time at which it says it was made, in milliseconds. */
  readonly window: number;
  readonly now: Instant;
  /** Milliseconds since the machine came up. */
  readonly uptime: number;
  readonly most?: number;
}

/** Proofs of possession that were used and still count. */
export interface ProofStore {
  /**
   * Marks one as used. @returns false where it was used before, or where that cannot be ruled out.
   * @param until when it stops counting. @throws where the mark cannot be kept; the next call tries anew.
   */
  use(id: Uint8Array, until: Instant, now: Instant): Promise<boolean>;
  close(): void;
}

interface Opened {
  readonly db: Database.Database;
  readonly files: FileIdentities;
  readonly insert: Statement<[Uint8Array, number]>;
  readonly forget: Statement<[number, number]>;
  readonly raise: Statement<[number]>;
  horizon: Instant;
  rows: number;
  uses: number;
}

/**
 * Opens the store, `proofs.db`: WAL, `synchronous=NORMAL`. A mark is on its way to the disk when `use` resolves, so it
 * outlives a crash of the gateway but perhaps not a loss of power. A sync for each request would buy no more than what
 * is done instead: proofs made before the machine came up are refused, as are proofs made before the file was.
 * @throws where the file cannot be opened.
 */
export function openProofStore(path: string, options: ProofStoreOptions): ProofStore {
  const { window, most = MOST } = options;
  // Proofs give their time in whole seconds.
  const madeSince = (at: Instant) => Math.floor(at / 1_000) * 1_000 + window;
  let opened: Opened | undefined = open(path, madeSince(options.now));
  refuseBefore(opened, madeSince(options.now - options.uptime));

  const useIn = (store: Opened, id: Uint8Array, until: Instant, now: Instant): boolean => {
    if (changedFile(store.files) !== null) throw new Error(`${path} was taken away`);
    if (until < store.horizon) return false;
    if (store.uses++ % EVERY === 0) forget(store, now - window);
    if (store.rows >= most) throw new Error(`${path} holds ${most} proofs`);
    const { changes } = store.insert.run(id, until);
    store.rows += changes;
    return changes === 1;
  };

  return {
    async use(id, until, now) {
      if (opened === undefined) {
        opened = open(path, madeSince(now));
        // What was marked before the trouble may be lost.
        refuseBefore(opened, madeSince(now));
      }
      try {
        return useIn(opened, id, until, now);
      } catch (thrown) {
        if (opened.rows < most) {
          const { db } = opened;
          opened = undefined;
          db.close();
        }
        throw thrown;
      }
    },
    close() {
      opened?.db.close();
      opened = undefined;
    },
  };
}

/** @param horizon of a file that is new. */
function open(path: string, horizon: Instant): Opened {
  const db = new Database(path, { timeout: 1_000 });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_SYNCS}`);
    const application = Number(db.pragma('application_id', { simple: true }));
    if (application === 0) create(db, horizon);
    else if (application !== APPLICATION_ID || Number(db.pragma('user_version', { simple: true })) !== 1)
      throw new Error(`${path} is not a store of used proofs that this version knows`);
    const number = (sql: string) => Number(db.prepare(sql).pluck().get());
    return {
      db,
      files: identify([path, `${path}-wal`]),
      insert: db.prepare('INSERT INTO used (id, until) VALUES (?, ?) ON CONFLICT DO NOTHING'),
      forget: db.prepare('DELETE FROM used WHERE id IN (SELECT id FROM used WHERE until < ? ORDER BY until LIMIT ?)'),
      raise: db.prepare('UPDATE horizon SET until = max(until, ?)'),
      horizon: number('SELECT until FROM horizon'),
      rows: number('SELECT count(*) FROM used'),
      uses: 0,
    };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function create(db: Database.Database, horizon: Instant): void {
  db.transaction(() => {
    db.exec(SCHEMA);
    db.prepare('INSERT INTO horizon (one, until) VALUES (1, ?)').run(horizon);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma('user_version = 1');
  }).immediate();
}

function refuseBefore(store: Opened, horizon: Instant): void {
  store.raise.run(horizon);
  store.horizon = Math.max(store.horizon, horizon);
}

/** The horizon goes up with what is forgotten: should the clock step back, a forgotten proof is still refused. */
function forget(store: Opened, before: Instant): void {
  const { changes } = store.db
    .transaction(() => {
      store.raise.run(before);
      return store.forget.run(before, PORTION);
    })
    .immediate();
  store.rows -= changes;
  store.horizon = Math.max(store.horizon, before);
}
