import Database from 'better-sqlite3';

/** "5SLC" */
const APPLICATION_ID = 0x35534c43;
const SCHEMA = `
  -- key: verifier key of the witness. line: its signature line. time: epoch ms, as the witness stated it.
  CREATE TABLE cosignatures (
    size INTEGER NOT NULL, key TEXT NOT NULL, time INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (size, key)
  ) STRICT, WITHOUT ROWID;
`;
/** Of sizes below the one that must stay: enough to show for weeks when something was witnessed, and no more. */
const KEPT_SIZES = 20_000;
const PRUNE_EVERY = 500;

export interface StoredCosignature {
  readonly size: number;
  readonly key: string;
  readonly time: number;
  readonly line: string;
}

/**
 * What witnesses signed, outside the tree and apart from the ledger's file: it is written off the path of questions and
 * not by the writer, and whatever of it is lost can be asked for again.
 */
export interface CosignatureStore {
  /** Durable when it returns. A later signature of one witness over the same checkpoint takes the place of the earlier. */
  put(cosignature: StoredCosignature): void;
  at(size: number): readonly StoredCosignature[];
  /** The newest of each witness. */
  newest(): readonly StoredCosignature[];
  /** Sizes with at least so many signatures, the largest first. */
  sizesWith(count: number, limit: number): readonly number[];
  /** Forgets what lies far below `size`. */
  prune(size: number): void;
  close(): void;
}

/** Opens or makes the file. @throws Error where it is something else. */
export function openCosignatures(path: string): CosignatureStore {
  const db = new Database(path, { timeout: 1_000 });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    const application = Number(db.pragma('application_id', { simple: true }));
    if (application === 0) {
      db.transaction(() => {
        db.exec(SCHEMA);
        db.pragma(`application_id = ${APPLICATION_ID}`);
        db.pragma('user_version = 1');
      }).immediate();
    } else if (application !== APPLICATION_ID || Number(db.pragma('user_version', { simple: true })) !== 1) {
      throw new Error(`${path} is not a store of cosignatures that this version knows`);
    }
    return storeOn(db);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function storeOn(db: Database.Database): CosignatureStore {
  const put = db.prepare<[number, string, number, string]>(
    'INSERT INTO cosignatures (size, key, time, line) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT DO UPDATE SET time = excluded.time, line = excluded.line WHERE excluded.time >= time',
  );
  const at = db.prepare<[number], StoredCosignature>('SELECT * FROM cosignatures WHERE size = ? ORDER BY key');
  const newest = db.prepare<[], StoredCosignature>(
    'SELECT max(size) AS size, key, time, line FROM cosignatures GROUP BY key',
  );
  const sizes = db
    .prepare<[number, number], number>(
      'SELECT size FROM cosignatures GROUP BY size HAVING count(*) >= ? ORDER BY size DESC LIMIT ?',
    )
    .pluck();
  const prune = db.prepare<[number, number]>(
    'DELETE FROM cosignatures WHERE size < ' +
      '(SELECT DISTINCT size FROM cosignatures WHERE size < ? ORDER BY size DESC LIMIT 1 OFFSET ?)',
  );
  let pruned = 0;
  return {
    put: ({ size, key, time, line }) => void put.run(size, key, time, line),
    at: (size) => at.all(size),
    newest: () => newest.all(),
    sizesWith: (count, limit) => sizes.all(count, limit).map(Number),
    prune(size) {
      if (pruned++ % PRUNE_EVERY === 0) prune.run(size, KEPT_SIZES);
    },
    close: () => db.close(),
  };
}
