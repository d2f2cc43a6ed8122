import Database from 'better-sqlite3';

export type Side = 'a' | 'b';

export interface Difference {
  readonly exchange: string;
  readonly member: string;
  readonly a: string;
  readonly b: string;
}

/** What the two sides have of each other. Of each list the first thousand; `more` counts the rest. */
export interface Reconciled {
  readonly a: number;
  readonly b: number;
  readonly both: number;
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  readonly differing: readonly Difference[];
  readonly more: number;
}

export interface Reconciliation {
  /** One record of an exchange; what is said of it, member by member. */
  add(side: Side, exchange: string, told: readonly (readonly [member: string, value: string])[]): void;
  /** Call once a side is complete. */
  flush(): void;
  compare(): Reconciled;
  close(): void;
}

const MOST = 1_000;
const BATCH = 5_000;

/** Compares in a temporary file that SQLite removes by itself, so that memory does not grow with the logs. */
export function openReconciliation(): Reconciliation {
  const db = new Database('');
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.exec(`
    CREATE TABLE seen (exchange TEXT NOT NULL, side TEXT NOT NULL, PRIMARY KEY (exchange, side)) STRICT, WITHOUT ROWID;
    CREATE TABLE told (
      exchange TEXT NOT NULL, member TEXT NOT NULL, side TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (exchange, member, side, value)
    ) STRICT, WITHOUT ROWID;
  `);
  const seen = db.prepare<[string, string]>('INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING');
  const told = db.prepare<[string, string, string, string]>(
    'INSERT INTO told VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  let pending: { side: Side; exchange: string; told: readonly (readonly [string, string])[] }[] = [];

  const flush = () => {
    db.transaction(() => {
      for (const { side, exchange, told: members } of pending) {
        seen.run(exchange, side);
        for (const [member, value] of members) told.run(exchange, member, side, value);
      }
    })();
    pending = [];
  };
  const number = (sql: string, ...bound: string[]) =>
    Number(
      db
        .prepare(sql)
        .pluck()
        .get(...bound),
    );
  const only = (side: Side, other: Side) => {
    const from =
      'FROM seen s WHERE side = ? AND NOT EXISTS (SELECT 1 FROM seen o WHERE o.exchange = s.exchange AND o.side = ?)';
    const rows = db
      .prepare<[string, string], string>(`SELECT exchange ${from} ORDER BY exchange LIMIT ${MOST}`)
      .pluck();
    return { list: rows.all(side, other), count: number(`SELECT count(*) ${from}`, side, other) };
  };
  return {
    add(side, exchange, members) {
      pending.push({ side, exchange, told: members });
      if (pending.length >= BATCH) flush();
    },
    flush,
    compare() {
      flush();
      const [onlyA, onlyB] = [only('a', 'b'), only('b', 'a')];
      // A member that one side does not tell of is no difference: a call log knows less than a ledger.
      const grouped =
        "SELECT exchange, member, group_concat(value, ', ') FILTER (WHERE side = 'a') AS a, " +
        "group_concat(value, ', ') FILTER (WHERE side = 'b') AS b FROM told GROUP BY exchange, member";
      const differ = `FROM (${grouped}) WHERE a IS NOT NULL AND b IS NOT NULL AND a <> b`;
      const differing = db
        .prepare<[], Difference>(`SELECT exchange, member, a, b ${differ} ORDER BY exchange, member LIMIT ${MOST}`)
        .all();
      const differences = number(`SELECT count(*) ${differ}`);
      const a = number("SELECT count(*) FROM seen WHERE side = 'a'");
      const b = number("SELECT count(*) FROM seen WHERE side = 'b'");
      const rest = (count: number) => Math.max(0, count - MOST);
      return {
        ...{ a, b, both: a - onlyA.count, onlyA: onlyA.list, onlyB: onlyB.list, differing },
        more: rest(onlyA.count) + rest(onlyB.count) + rest(differences),
      };
    },
    close: () => void db.close(),
  };
}
