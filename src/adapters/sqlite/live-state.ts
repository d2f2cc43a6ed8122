import type { Database } from 'better-sqlite3';
import type { Instant } from '../../domain/time.ts';
import type { Reservation, StateChange } from '../../ledger/entry.ts';
import { applyErasing, type ErasingStatements } from './erasing.ts';
import { applyRulebook, type RulebookStatements } from './rulebook-writing.ts';

/** What the writer says to its database about budgets, undertakings and pauses. */
export function liveStateStatements(db: Database) {
  return {
    used: db.prepare<[string], number>('SELECT used FROM budgets WHERE key = ?').pluck(),
    use: db.prepare<[string, number, number | null]>(
      'INSERT INTO budgets (key, used, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET used = excluded.used',
    ),
    forget: db.prepare<[number]>('DELETE FROM budgets WHERE expires IS NOT NULL AND expires < ?'),
    accept: db.prepare<[string, string, number, number]>(
      'INSERT INTO undertakings (person, undertaking, version, accepted) VALUES (?, ?, ?, ?) ' +
        'ON CONFLICT (person, undertaking) DO UPDATE SET version = excluded.version, accepted = excluded.accepted',
    ),
    pause: db.prepare<[string, number]>('INSERT INTO pauses (dataset, since) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    resume: db.prepare<[string]>('DELETE FROM pauses WHERE dataset = ?'),
  };
}
type LiveStateStatements = ReturnType<typeof liveStateStatements>;

/** The budgets that a batch uses: each is read once and written once, however many drafts need it. */
export class BatchBudgets {
  readonly #statements: LiveStateStatements;
  readonly #counters = new Map<string, { readonly stored: number; used: number; readonly expires: Instant | null }>();

  constructor(statements: LiveStateStatements) {
    this.#statements = statements;
  }

  /**
   * Reserves what the legs of a draft need: either all budgets of a leg or none.
   * @returns datasets of the legs whose budget is spent.
   */
  reserve(reservations: readonly Reservation[]): readonly string[] {
    const spent: string[] = [];
    for (const [dataset, needed] of Map.groupBy(reservations, (r) => r.dataset)) {
      const granted: { used: number }[] = [];
      for (const reservation of needed) {
        const counter = this.#counter(reservation);
        if (counter.used + 1 <= reservation.limit) {
          counter.used += 1;
          granted.push(counter);
          continue;
        }
        spent.push(dataset);
        for (const taken of granted) taken.used -= 1;
        break;
      }
    }
    return spent;
  }

  /** Call before the transaction of the intents commits: one that stands without its use would grant too many. */
  write(): void {
    for (const [key, { stored, used, expires }] of this.#counters) {
      if (used !== stored) this.#statements.use.run(key, used, expires);
    }
  }

  #counter({ key, expires }: Reservation): { used: number } {
    const known = this.#counters.get(key);
    if (known !== undefined) return known;
    const stored = this.#statements.used.get(key) ?? 0;
    const read = { stored, used: stored, expires };
    this.#counters.set(key, read);
    return read;
  }
}

/** Writes a change with the entry that tells of it. */
export function changeState(
  statements: LiveStateStatements & ErasingStatements & RulebookStatements,
  change: StateChange,
  at: Instant,
): void {
  if (change.kind === 'undertaking') statements.accept.run(change.person, change.undertaking, change.version, at);
  else if (change.kind === 'rulebook') applyRulebook(statements, change);
  else if (!('dataset' in change)) applyErasing(statements, change, at);
  else if (change.kind === 'pause') statements.pause.run(change.dataset, at);
  else statements.resume.run(change.dataset);
}

/** What persons have accepted and holders have paused, as it stands. */
export interface LiveState {
  readonly undertakings: readonly {
    readonly person: string;
    readonly undertaking: string;
    readonly version: number;
    readonly accepted: Instant;
  }[];
  readonly paused: readonly string[];
}

export function readLiveState(db: Database): LiveState {
  return {
    undertakings: db
      .prepare<[], LiveState['undertakings'][number]>('SELECT person, undertaking, version, accepted FROM undertakings')
      .all(),
    paused: db
      .prepare<[], { dataset: string }>('SELECT dataset FROM pauses')
      .all()
      .map((row) => row.dataset),
  };
}
