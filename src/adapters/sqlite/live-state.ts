import type { Database } from 'better-sqlite3';
import type { Instant } from '../../domain/time.ts';
import type { Reservation, StateChange } from '../../ledger/entry.ts';
import { applyErasing, type ErasingStatements } from './erasing.ts';
import { applyRulebook, type RulebookStatements } from './rulebook-writing.ts';

/** What the writer says to its database about budgets, undertakings and pauses. */
export function liveStateStatements(db: Database) {
  return {
    /** Changes one row if the use is granted, none if the budget is spent. */
    reserve: db.prepare<[string, number | null, number, number]>(
      'INSERT INTO budgets (key, used, expires) SELECT ?, 1, ? WHERE ? >= 1 ' +
        'ON CONFLICT (key) DO UPDATE SET used = used + 1 WHERE used + 1 <= ?',
    ),
    release: db.prepare<[string]>('UPDATE budgets SET used = used - 1 WHERE key = ?'),
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

/**
 * Reserves what the legs need, inside the transaction of their intent: either all budgets of a leg or none.
 * @returns datasets of the legs whose budget is spent.
 */
export function reserve(statements: LiveStateStatements, reservations: readonly Reservation[]): readonly string[] {
  const spent: string[] = [];
  for (const dataset of new Set(reservations.map((r) => r.dataset))) {
    const granted: string[] = [];
    for (const { key, limit, expires } of reservations.filter((r) => r.dataset === dataset)) {
      if (statements.reserve.run(key, expires, limit, limit).changes === 1) {
        granted.push(key);
        continue;
      }
      spent.push(dataset);
      for (const taken of granted) statements.release.run(taken);
      break;
    }
  }
  return spent;
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
