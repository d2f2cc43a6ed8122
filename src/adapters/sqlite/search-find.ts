import type { Database, Statement } from 'better-sqlite3';
import type { Place } from '../../ledger/audit/log-search.ts';

/** A look-up, with terms as the index knows them. */
export interface Lookup {
  readonly terms: readonly Buffer[];
  readonly scopes: readonly (readonly Buffer[])[] | null;
  /** Places: first inclusive, end exclusive. */
  readonly first: Place;
  readonly end: Place;
  readonly size: number;
  readonly limit: number;
}

interface TermRow {
  readonly id: number;
  readonly uses: number;
}

const HAS = (place: string) =>
  `EXISTS (SELECT 1 FROM postings q WHERE q.term = ? AND q.place = ${place} AND q.place + q.late < ?)`;

/** Reads the index. */
export class SearchFinder {
  readonly #db: Database;
  readonly #term: Statement<[Buffer], TermRow>;
  readonly #prepared = new Map<string, Statement<number[], number>>();

  constructor(db: Database) {
    this.#db = db;
    this.#term = db.prepare('SELECT id, uses FROM terms WHERE hash = ?');
  }

  /**
   * Newest first. The rarest term leads, so that a search costs what its rarest term has, however common the others are;
   * a scope of one alternative is as good as more terms.
   */
  find({ terms, scopes, first, end, size, limit }: Lookup): readonly Place[] {
    const [only, ...others] = scopes ?? [];
    const single = scopes !== null && others.length === 0;
    const all = single ? [...terms, ...(only ?? [])] : terms;
    if (scopes !== null && only === undefined) return [];
    const rows = this.#rowsOf(all);
    if (rows === null) return [];
    const alternatives =
      scopes === null || single
        ? null
        : scopes.flatMap((scope) => {
            const known = this.#rowsOf(scope);
            return known === null ? [] : [known.map((row) => row.id)];
          });
    if (alternatives?.length === 0) return [];

    const [lead, ...rest] = rows.toSorted((a, b) => a.uses - b.uses).map((row) => row.id);
    const place = lead === undefined ? 'e.place' : 'p.place';
    const from =
      lead === undefined ? 'exchanges e WHERE ' : 'postings p WHERE p.term = ? AND p.place + p.late < ? AND ';
    const either =
      alternatives === null
        ? ''
        : ` AND (${alternatives.map((ids) => `(${ids.map(() => HAS(place)).join(' AND ') || '1'})`).join(' OR ')})`;
    const sql =
      `SELECT ${place} FROM ${from}${place} >= ? AND ${place} < ?` +
      `${rest.map(() => ` AND ${HAS(place)}`).join('')}${either} ORDER BY ${place} DESC LIMIT ?`;
    const bound = (ids: readonly number[]) => ids.flatMap((id) => [id, size]);
    return this.#prepare(sql).all(
      ...(lead === undefined ? [] : [lead, size]),
      first,
      Math.min(end, size),
      ...bound(rest),
      ...bound(alternatives?.flat() ?? []),
      limit,
    );
  }

  /** Null where one of them was never met: then nothing has them all. */
  #rowsOf(terms: readonly Buffer[]): readonly TermRow[] | null {
    const rows: TermRow[] = [];
    for (const term of terms) {
      const row = this.#term.get(term);
      if (row === undefined) return null;
      if (!rows.some((r) => r.id === row.id)) rows.push(row);
    }
    return rows;
  }

  /** Shapes are few: as many as there are combinations of how many terms and scopes. */
  #prepare(sql: string): Statement<number[], number> {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size > 500) this.#prepared.clear();
    const made = this.#db.prepare<number[], number>(sql).pluck();
    this.#prepared.set(sql, made);
    return made;
  }
}
