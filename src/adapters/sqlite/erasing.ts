import type { Database } from 'better-sqlite3';
import type { Instant } from '../../domain/time.ts';
import type { StateChange } from '../../ledger/entry.ts';
import { type ErasingChange, erasureStateAt, liftedBy } from '../../ledger/erasure.ts';
import { type ErasureRow, erasureFromRow, type HoldRow, holdFromRow } from './erasure-rows.ts';
import type { KeySlots } from './key-slots.ts';

/** Keys destroyed with one sync. */
const DESTROYED_AT_ONCE = 2_000;

interface Destruction {
  readonly slot: number;
}

/** What the writer says to its database about erasures and holds. */
export function erasingStatements(db: Database) {
  const ofExchange = "FROM entries WHERE exchange = ? AND kind IN ('asked', 'outcome')";
  const ofOther = "FROM entries WHERE exchange = ? AND kind NOT IN ('asked', 'outcome')";
  const slots = (column: string) =>
    `SELECT ${column} AS slot ${ofExchange} UNION SELECT ${column} ${ofOther} UNION SELECT ${column} FROM exchanges WHERE exchange = ?`;
  return {
    erasure: db.prepare<[string], ErasureRow>('SELECT * FROM erasures WHERE id = ?'),
    proposeErasure: db.prepare<[string, string, string, string, string, string, number]>(
      'INSERT INTO erasures (id, state, parts, ground, exchanges, proposer, partner, proposed) ' +
        "VALUES (?, 'proposed', ?, ?, ?, ?, ?, ?)",
    ),
    approveErasure: db.prepare<[string | null, string]>(
      "UPDATE erasures SET state = 'done', approver = ? WHERE id = ? AND state = 'proposed'",
    ),
    hold: db.prepare<[string], HoldRow>('SELECT * FROM holds WHERE id = ?'),
    blocking: db.prepare<[string], { id: string }>("SELECT id FROM holds WHERE key = ? AND state <> 'lifted' LIMIT 1"),
    setHold: db.prepare<[string, string, string, string, string, number]>(
      "INSERT INTO holds (id, state, scope, key, person, partner, since) VALUES (?, 'set', ?, ?, ?, ?, ?)",
    ),
    moveHold: db.prepare<[string, string, string, number, string]>(
      'UPDATE holds SET state = ?, lifter = ?, lifterPartner = ?, lifting = ? WHERE id = ?',
    ),
    openExchange: db.prepare<[string], { exchange: string }>(
      'SELECT exchange FROM exchanges WHERE exchange = ? AND closed IS NULL',
    ),
    accountabilitySlots: db.prepare<[string, string, string], { slot: number | null }>(slots('accountability_slot')),
    subjectSlots: db.prepare<[string, string, string], { slot: number | null }>(slots('subject_slot')),
    destroyLater: db.prepare<[number]>('INSERT INTO destructions (slot) VALUES (?) ON CONFLICT DO NOTHING'),
    pending: db.prepare<[number], Destruction>('SELECT slot FROM destructions WHERE done = 0 ORDER BY slot LIMIT ?'),
    destroyed: db.prepare<[number, number]>('UPDATE destructions SET done = 1 WHERE slot BETWEEN ? AND ? AND done = 0'),
    everDestroyed: db.prepare<[number, number], Destruction>(
      'SELECT slot FROM destructions WHERE slot > ? AND done = 1 ORDER BY slot LIMIT ?',
    ),
    // The digest of a request tells what was searched for to whoever tries values out.
    forgetRequest: db.prepare<[string]>('UPDATE exchanges SET key = NULL, request = NULL WHERE exchange = ?'),
    forgetStanding: db.prepare<[string]>(
      "UPDATE exchanges SET asker = NULL, key = NULL, request = NULL, legs = '[]' WHERE exchange = ?",
    ),
  };
}
export type ErasingStatements = ReturnType<typeof erasingStatements>;

/**
 * Why a change about erasures or holds cannot follow what is written, asked inside the transaction that would write it:
 * between a question and its answer somebody may have set a hold or approved. Null: it can, or is about something else.
 */
export function erasingRefused(statements: ErasingStatements, change: StateChange, now: Instant): string | null {
  if (change.kind === 'erase') {
    if (change.proposal !== null) {
      const row = statements.erasure.get(change.proposal);
      if (row === undefined || erasureStateAt(erasureFromRow(row), now) !== 'proposed')
        return 'the erasure is not open to approval';
      if (row.proposer === change.approver) return 'the erasure needs a second person';
    }
    for (const { exchange, holdKeys } of change.exchanges) {
      if (statements.openExchange.get(exchange) !== undefined) return 'an exchange to be erased is still open';
      if (holdKeys.some((key) => statements.blocking.get(key) !== undefined)) return 'a legal hold blocks the erasure';
    }
  }
  if (change.kind === 'hold-lift') {
    const row = statements.hold.get(change.hold);
    if (row === undefined || 'refused' in liftedBy(holdFromRow(row), change, now))
      return 'the hold cannot be lifted so';
  }
  return null;
}

/** Writes such a change with the entry that tells of it. `erasingRefused` was asked before, in the same transaction. */
export function applyErasing(statements: ErasingStatements, change: ErasingChange, at: Instant): void {
  switch (change.kind) {
    case 'erasure-proposed': {
      const { id, parts, ground, exchanges, proposer, partner, proposed } = change.proposal;
      statements.proposeErasure.run(id, parts, ground, JSON.stringify(exchanges), proposer, partner, proposed);
      return;
    }
    case 'erase': {
      if (change.proposal !== null) statements.approveErasure.run(change.approver, change.proposal);
      for (const { exchange } of change.exchanges) {
        const found = [
          ...statements.subjectSlots.all(exchange, exchange, exchange),
          ...(change.parts === 'whole' ? statements.accountabilitySlots.all(exchange, exchange, exchange) : []),
        ];
        for (const { slot } of found) if (slot !== null) statements.destroyLater.run(slot);
        if (change.parts === 'whole') statements.forgetStanding.run(exchange);
        else statements.forgetRequest.run(exchange);
      }
      return;
    }
    case 'hold-set': {
      const { id, scope, key, person, partner } = change.hold;
      statements.setHold.run(id, scope, key, person, partner, at);
      return;
    }
    case 'hold-lift': {
      const row = statements.hold.get(change.hold);
      const next = row === undefined ? undefined : liftedBy(holdFromRow(row), change, at);
      if (next === undefined || 'refused' in next) throw new Error('a hold that cannot be lifted was not refused');
      statements.moveHold.run(next.state, change.person, change.partner, at, change.hold);
      return;
    }
  }
}

interface ErasableStore {
  readonly db: Database;
  readonly statements: ErasingStatements;
  readonly slots: Pick<KeySlots, 'destroy'>;
}

/**
 * At each opening: what was destroyed once is destroyed again, should an older copy of keys.db have taken its place, then
 * what a crash left over. Does not write where nothing came back.
 */
export function reviewErasures(store: ErasableStore): void {
  for (let after = 0; ; ) {
    const slots = store.statements.everDestroyed.all(after, DESTROYED_AT_ONCE).map((one) => one.slot);
    if (slots.length === 0) break;
    store.slots.destroy(slots);
    after = slots.at(-1) ?? after;
  }
  finishErasures(store);
}

/**
 * Destroys the keys that durable erasure entries speak of. Done again after a crash: each step can be repeated. @throws whatever SQLite throws; then the next opening goes on.
 */
export function finishErasures(store: ErasableStore): void {
  const { db, statements, slots } = store;
  let any = false;
  for (;;) {
    const pending = statements.pending.all(DESTROYED_AT_ONCE);
    const first = pending.at(0);
    const last = pending.at(-1);
    if (first === undefined || last === undefined) break;
    any = true;
    slots.destroy(pending.map((one) => one.slot));
    // A crash here: the keys are gone, the list says they are not, and they are destroyed once more.
    statements.destroyed.run(first.slot, last.slot);
  }
  // Rows as they were still stand in the write-ahead log. Busy readers keep it; the next checkpoint writes over it.
  if (any) db.pragma('wal_checkpoint(TRUNCATE)');
}
