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

/** Number of a term, and how often it is there. */
type TermRow = readonly [id: number, uses: number];

const HAS = (place: string) =>
  `EXISTS (SELECT 1 FROM postings q WHERE q.term = ? AND q.place = ${place} AND q.place + q.late < ?)`;

/** Reads the index. */
export class SearchFinder {
  readonly #db: Database;
  readonly #everything: Statement<[number, number, number], number>;
  /** By how many terms are looked up at once. */
  readonly #terms: Statement<[Buffer[]], TermRow>[] = [];
  readonly #prepared = new Map<string, Statement<[number[]], number>>();

  constructor(db: Database) {
    this.#db = db;
    this.#everything = db
      .prepare<[number, number, number], number>(
        'SELECT place FROM exchanges WHERE place >= ? AND place < ? ORDER BY place DESC LIMIT ?',
      )
      .pluck();
  }

  /**
   * Newest first. The rarest term leads, so that a search costs what its rarest term has, however common the others are;
   * a scope of one alternative is as good as more terms.
   */
  find({ terms, scopes, first, end, size, limit }: Lookup): readonly Place[] {
    if (scopes === null && terms.length === 0) return this.#everything.all(first, Math.min(end, size), limit);
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
            return known === null ? [] : [known.map(([id]) => id)];
          });
    if (alternatives?.length === 0) return [];

    const [lead, ...rest] = rows.toSorted(([, a], [, b]) => a - b).map(([id]) => id);
    const bounds: number[] = lead === undefined ? [] : [lead, size];
    bounds.push(first, Math.min(end, size));
    for (const id of rest) bounds.push(id, size);
    for (const ids of alternatives ?? []) for (const id of ids) bounds.push(id, size);
    bounds.push(limit);
    const shape = `${lead === undefined ? 0 : 1} ${rest.length} ${alternatives?.map((ids) => ids.length) ?? '-'}`;
    return this.#prepare(shape, () => lookupSql(lead !== undefined, rest.length, alternatives)).all(bounds);
  }

  /** Null where one of them was never met: then nothing has them all. */
  #rowsOf(terms: readonly Buffer[]): readonly TermRow[] | null {
    const wanted = terms.filter((term, i) => !terms.some((other, j) => j < i && other.equals(term)));
    if (wanted.length === 0) return [];
    // One look-up for all: each costs as much as a step of the search itself.
    const places = () => wanted.map(() => '?').join(', ');
    this.#terms[wanted.length] ??= this.#db
      .prepare<[Buffer[]], TermRow>(`SELECT id, uses FROM terms WHERE hash IN (${places()})`)
      .raw();
    const rows = this.#terms[wanted.length]?.all(wanted) ?? [];
    return rows.length === wanted.length ? rows : null;
  }

  /** Shapes are few: as many as there are combinations of how many terms and scopes. */
  #prepare(shape: string, sql: () => string): Statement<[number[]], number> {
    const known = this.#prepared.get(shape);
    if (known !== undefined) return known;
    if (this.#prepared.size > 500) this.#prepared.clear();
    const made = this.#db.prepare<[number[]], number>(sql()).pluck();
    this.#prepared.set(shape, made);
    return made;
  }
}

function lookupSql(hasLead: boolean, others: number, alternatives: readonly (readonly number[])[] | null): string {
  const place = hasLead ? 'p.place' : 'e.place';
  const from = hasLead ? 'postings p WHERE p.term = ? AND p.place + p.late < ? AND ' : 'exchanges e WHERE ';
  const either =
    alternatives === null
      ? ''
      : ` AND (${alternatives.map((ids) => `(${ids.map(() => HAS(place)).join(' AND ') || '1'})`).join(' OR ')})`;
  return (
    `SELECT ${place} FROM ${from}${place} >= ? AND ${place} < ?` +
    `${` AND ${HAS(place)}`.repeat(others)}${either} ORDER BY ${place} DESC LIMIT ?`
  );
}
