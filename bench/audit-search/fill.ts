import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Posting, SearchFile } from '../../src/adapters/sqlite/search-file.ts';
import { SearchFinder } from '../../src/adapters/sqlite/search-find.ts';
import { openSearchFile, searchPath } from '../../src/adapters/sqlite/search-schema.ts';
import { rememberingTermHash } from '../../src/ledger/audit/term-hash.ts';
import { ATTRIBUTES, type Attribute } from '../../src/ledger/audit/terms.ts';
import { generated, type Question } from './questions.ts';

const BATCH = 1_000;
const LIMIT = 50;
const isAttribute = (text: string): text is Attribute => ATTRIBUTES.some((known) => known === text);
const termsOf = (all: Question['all']) =>
  Object.entries(all).flatMap(([attribute, value]) => (isAttribute(attribute) ? [{ attribute, value }] : []));

/** The product's own index; places are even, as each exchange has two entries. */
export function fill(directory: string, exchanges: number, say: (line: string) => void) {
  const db = openSearchFile(searchPath(directory));
  const file = new SearchFile(db);
  file.begin(Buffer.alloc(32), Buffer.alloc(16));
  const hash = rememberingTermHash(Buffer.alloc(32, 1));
  const start = performance.now();
  let lastTenthFrom = start;
  for (let n = 0; n < exchanges; n += BATCH) {
    if (n === exchanges - exchanges / 10) lastTenthFrom = performance.now();
    const postings: Posting[] = [];
    for (let i = n; i < n + BATCH; i++) {
      for (const term of termsOf(generated(i))) {
        const part = term.attribute === 'identifier' ? 'subject' : 'accountability';
        const late = term.attribute === 'result' ? 1 : 0;
        postings.push({ hash: hash(term), place: i * 2, late, part });
      }
    }
    file.add(postings, [], (n + BATCH) * 2, 0);
  }
  const end = performance.now();
  const perSecond = Math.round((exchanges / (end - start)) * 1_000);
  const lastTenth = Math.round((exchanges / 10 / (end - lastTenthFrom)) * 1_000);
  say(`index: ${perSecond} exchanges a second, the last tenth ${lastTenth} a second`);
  const finder = new SearchFinder(db);
  const size = exchanges * 2;
  return {
    perSecond,
    lastTenth,
    find: ({ all, first = 0, end: stop = size }: Question) =>
      finder.find({ terms: termsOf(all).map(hash), scopes: null, first, end: stop, size, limit: LIMIT }),
  };
}

/** What one would write without a need for secrecy: a table, a column and an index for each attribute. */
export function rawTable(directory: string, exchanges: number, say: (line: string) => void) {
  const db = new Database(join(directory, 'raw.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.pragma('cache_size = -32000');
  const names = Object.keys(generated(0));
  const column = (name: string) => `"${name}"`;
  db.exec(
    `CREATE TABLE exchanges (place INTEGER PRIMARY KEY, ${names.map((n) => `${column(n)} TEXT NOT NULL`).join(', ')}) STRICT`,
  );
  for (const name of names) db.exec(`CREATE INDEX "by_${name}" ON exchanges (${column(name)})`);
  const insert = db.prepare(`INSERT INTO exchanges VALUES (?, ${names.map(() => '?').join(', ')})`);
  const start = performance.now();
  for (let n = 0; n < exchanges; n += BATCH) {
    db.transaction(() => {
      for (let i = n; i < n + BATCH; i++) insert.run(i * 2, ...Object.values(generated(i)));
    })();
  }
  db.exec('ANALYZE');
  say(`raw: ${Math.round((exchanges / (performance.now() - start)) * 1_000)} exchanges a second`);
  const prepared = new Map<string, Database.Statement<(string | number)[], number>>();
  return {
    find({ all, first = 0, end = exchanges * 2 }: Question): readonly number[] {
      const given = Object.entries(all);
      const where = given.map(([name]) => ` AND ${column(name)} = ?`).join('');
      const sql = `SELECT place FROM exchanges WHERE place >= ? AND place < ?${where} ORDER BY place DESC LIMIT ${LIMIT}`;
      const statement = prepared.get(sql) ?? db.prepare<(string | number)[], number>(sql).pluck();
      prepared.set(sql, statement);
      return statement.all(first, end, ...given.map(([, value]) => value));
    },
  };
}
