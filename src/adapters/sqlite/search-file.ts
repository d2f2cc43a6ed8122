import type { Database } from 'better-sqlite3';
import { packNumbers, unpackNumbers } from './search-numbers.ts';

/** One term of one exchange, to be indexed. */
export interface Posting {
  readonly hash: Buffer;
  readonly place: number;
  readonly late: number;
  readonly part: 'accountability' | 'subject';
}

/** An exchange whose keys were destroyed. */
export interface Erased {
  readonly place: number;
  /** `subject`: only what was searched for. */
  readonly part: 'all' | 'subject';
}

export interface IndexState {
  readonly position: number;
  readonly skipped: number;
  readonly log: Buffer;
  readonly key: Buffer;
}

/** Terms that are met again and again need not be looked up each time. */
const REMEMBERED = 20_000;

interface ForwardRow {
  readonly terms: Buffer;
  readonly subject: Buffer;
}

/** Writes to the index. One at a time has the file. */
export class SearchFile {
  readonly db: Database;
  readonly #statements: ReturnType<typeof statements>;
  readonly #ids = new Map<string, number>();

  constructor(db: Database) {
    this.db = db;
    this.#statements = statements(db);
  }

  /** Null where nothing was indexed yet. */
  state(): IndexState | null {
    return this.#statements.state.get() ?? null;
  }

  /** Empties the index. */
  begin(log: Buffer, key: Buffer): void {
    this.db
      .transaction(() => {
        this.db.exec('DELETE FROM postings; DELETE FROM terms; DELETE FROM exchanges; DELETE FROM state;');
        this.#statements.begin.run(log, key);
      })
      .immediate();
    this.#ids.clear();
  }

  /**
   * Adds postings, takes out what was erased, and moves the position on, in one transaction: a crash leaves all or nothing.
   */
  add(postings: readonly Posting[], erased: readonly Erased[], position: number, skipped: number): void {
    try {
      this.db
        .transaction(() => {
          this.#add(postings, position, skipped);
          for (const { place, part } of erased) this.#forget(place, part);
        })
        .immediate();
    } catch (thrown) {
      this.#ids.clear();
      throw thrown;
    }
    if (erased.length > 0) this.#leaveNothing();
  }

  #add(postings: readonly Posting[], position: number, skipped: number): void {
    const { insert, forward, addForward, use } = this.#statements;
    const numbered = postings
      .map((posting) => ({ ...posting, term: this.#idOf(posting.hash) }))
      .sort((a, b) => a.term - b.term || a.place - b.place);
    const uses = new Map<number, number>();
    const added = new Map<number, { terms: number[]; subject: number[] }>();
    for (const { term, place, late, part } of numbered) {
      if (insert.run(term, place, late).changes === 0) continue;
      uses.set(term, (uses.get(term) ?? 0) + 1);
      const lists = added.get(place) ?? { terms: [], subject: [] };
      added.set(place, lists);
      lists[part === 'subject' ? 'subject' : 'terms'].push(term);
    }
    for (const [term, count] of uses) use.run(count, term);
    for (const [place, lists] of [...added].sort(([a], [b]) => a - b)) {
      const known = forward.get(place);
      const joined = (before: Buffer | undefined, more: readonly number[]) =>
        Buffer.concat([before ?? Buffer.alloc(0), packNumbers(more)]);
      addForward.run(place, joined(known?.terms, lists.terms), joined(known?.subject, lists.subject));
    }
    this.#statements.move.run(position, skipped);
  }

  /**
   * Takes exchanges out of the index: what shows that a plate was ever asked for goes with the last exchange that asked.
   * @param part `subject`: only what was searched for.
   */
  forget(places: readonly number[], part: 'all' | 'subject'): void {
    this.db
      .transaction(() => {
        for (const place of places) this.#forget(place, part);
      })
      .immediate();
    this.#leaveNothing();
  }

  #leaveNothing(): void {
    this.#ids.clear();
    // Until then the earlier pages stand in the write-ahead log.
    this.db.pragma('wal_checkpoint(TRUNCATE)');
  }

  #forget(place: number, part: 'all' | 'subject'): void {
    const { forward, remove, use, removeUnused, addForward, removeForward } = this.#statements;
    const known = forward.get(place);
    if (known === undefined) return;
    const gone = [...unpackNumbers(known.subject), ...(part === 'all' ? unpackNumbers(known.terms) : [])];
    for (const term of gone) {
      if (remove.run(term, place).changes === 0) continue;
      use.run(-1, term);
      removeUnused.run(term);
    }
    if (part === 'all') removeForward.run(place);
    else addForward.run(place, known.terms, Buffer.alloc(0));
  }

  #idOf(hash: Buffer): number {
    const name = hash.toString('latin1');
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const { find, create } = this.#statements;
    const id = find.get(hash)?.id ?? Number(create.run(hash).lastInsertRowid);
    if (this.#ids.size >= REMEMBERED) this.#ids.clear();
    this.#ids.set(name, id);
    return id;
  }
}

function statements(db: Database) {
  return {
    state: db.prepare<[], IndexState>('SELECT position, skipped, log, key FROM state'),
    begin: db.prepare<[Buffer, Buffer]>('INSERT INTO state (one, position, skipped, log, key) VALUES (1, 0, 0, ?, ?)'),
    move: db.prepare<[number, number]>('UPDATE state SET position = ?, skipped = ?'),
    find: db.prepare<[Buffer], { id: number }>('SELECT id FROM terms WHERE hash = ?'),
    create: db.prepare<[Buffer]>('INSERT INTO terms (hash, uses) VALUES (?, 0)'),
    use: db.prepare<[number, number]>('UPDATE terms SET uses = uses + ? WHERE id = ?'),
    removeUnused: db.prepare<[number]>('DELETE FROM terms WHERE id = ? AND uses <= 0'),
    insert: db.prepare<[number, number, number]>(
      'INSERT INTO postings (term, place, late) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    remove: db.prepare<[number, number]>('DELETE FROM postings WHERE term = ? AND place = ?'),
    forward: db.prepare<[number], ForwardRow>('SELECT terms, subject FROM exchanges WHERE place = ?'),
    addForward: db.prepare<[number, Buffer, Buffer]>(
      'INSERT INTO exchanges (place, terms, subject) VALUES (?, ?, ?) ' +
        'ON CONFLICT (place) DO UPDATE SET terms = excluded.terms, subject = excluded.subject',
    ),
    removeForward: db.prepare<[number]>('DELETE FROM exchanges WHERE place = ?'),
  };
}
