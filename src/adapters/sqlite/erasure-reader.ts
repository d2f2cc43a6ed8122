import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { Fault } from '../../domain/faults.ts';
import { type ExchangeId, parseExchangeId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/time.ts';
import type { StoredErasure, StoredHold } from '../../ledger/erasure.ts';
import { type ErasureRow, erasureFromRow, type HoldRow, holdFromRow } from './erasure-rows.ts';
import { type LedgerReader, openReader } from './reader.ts';
import { withLedger } from './with-ledger.ts';

/** What deciding on an erasure needs to know of an exchange. It is shown to nobody. */
export interface ErasableExchange {
  readonly exchange: ExchangeId;
  readonly time: Instant;
  readonly index: number;
  /** The person registered for who asked, if any, and that person's partner. */
  readonly person: string | null;
  readonly partner: string | null;
  readonly issuer: string;
  readonly subject: string;
  readonly project: string;
  /** Under which it was judged, as the facts recorded say; null where they say none. */
  readonly agreement: string | null;
  readonly case: string | null;
  readonly holders: readonly string[];
}

/** Part of the exchanges in the log, oldest first. */
export interface FoundExchanges {
  readonly found: readonly ErasableExchange[];
  /** Index of the entry to go on from. */
  readonly next: number;
  /** Nothing fits from there on, for now. */
  readonly ended: boolean;
}

/** What can be looked for. Members that are there must all fit. */
export interface ExchangeQuery {
  /** Begun before this. */
  readonly before?: Instant;
  readonly identifier?: { readonly scheme: string; readonly value: string };
}

export interface ErasureReader {
  /** Without those that are not in the log, or whose details are erased already. */
  exchanges(ids: readonly ExchangeId[]): readonly ErasableExchange[];
  /**
   * Goes through entries from `from` on, at most `most` of them, giving way to other work in between.
   */
  findExchanges(query: ExchangeQuery, from: number, most: number): Promise<FoundExchanges>;
  /** Of these entries, ascending, those that fit. @param indices as an index of the log gives them. */
  exchangesAt(indices: readonly number[], query: ExchangeQuery): readonly ErasableExchange[];
  /** The newest five hundred. */
  erasures(): readonly StoredErasure[];
  /** Any one, however many came after it. */
  erasure(id: string): StoredErasure | null;
  holds(): readonly StoredHold[];
  /**
   * Whether the log went on steadily up to `now`: no silence longer than `silence` ended less than `since` ago. A clock
   * that was set forward looks like such a silence, however often the gateway was started since. Both in milliseconds.
   */
  steady(now: Instant, silence: number, since: number): boolean;
}

const KINDS: readonly string[] = ['asked', 'outcome', 'explain', 'evaluation'];
/** Entries opened between two looks at other work. */
const AT_A_TIME = 64;

const facts = z.object({ 'agreement.id': z.string().nullish().catch(null) });
const told = z.object({
  who: z.object({
    issuer: z.string(),
    subject: z.string(),
    person: z.string().nullable(),
    partner: z.string().nullable(),
  }),
  project: z.string(),
  case: z.string().nullable(),
  legs: z.array(z.object({ holder: z.string() })),
  // An exchange's: those of each leg. An evaluation's: those that all share, and beside them those of each one.
  facts: z.union([z.array(facts), facts.transform((shared) => [shared])]).default([]),
  evaluations: z.array(z.object({ judged: z.object({ facts }).nullish() })).default([]),
});
const searched = z.object({ by: z.object({ scheme: z.string(), value: z.string() }) });

/**
 * Reads what erasure needs. Files are opened for each question and closed again, so that an outage of the ledger never
 * waits for this reader. @param kek 32 bytes. Each throws Fault('ledger/unavailable') where the files cannot be read.
 */
export function erasureReader(directory: string, kek: () => Uint8Array): ErasureReader {
  const reading = <T>(use: (reader: LedgerReader) => T): T =>
    orFault(() => {
      const reader = openReader(directory);
      try {
        return use(reader);
      } finally {
        reader.close();
      }
    });
  return {
    exchanges: (ids) =>
      reading((reader) =>
        ids.flatMap((id) => {
          const line = reader.entriesOf(id).find((entry) => KINDS.includes(entry.kind));
          return (line === undefined ? null : erasable(reader, line, kek())) ?? [];
        }),
      ),
    async findExchanges(query, from, most) {
      const found: ErasableExchange[] = [];
      let next = from;
      let ended = false;
      while (!ended && next < from + most) {
        reading((reader) => {
          const lines = reader.list(next, Math.min(AT_A_TIME, from + most - next));
          ended = lines.length === 0;
          for (const line of lines) {
            if (query.before !== undefined && line.time >= query.before) {
              ended = true;
              return;
            }
            next = line.index + 1;
            if (!KINDS.includes(line.kind)) continue;
            const one = erasable(reader, line, kek());
            if (one !== null && fits(reader, line.index, query, kek())) found.push(one);
          }
        });
        await setImmediate();
      }
      return { found, next, ended };
    },
    exchangesAt: (indices, query) =>
      reading((reader) =>
        indices.flatMap((index) => {
          const line = reader.entry(index);
          if (line === null || !KINDS.includes(line.kind)) return [];
          if (query.before !== undefined && line.time >= query.before) return [];
          const one = erasable(reader, line, kek());
          return one !== null && fits(reader, index, query, kek()) ? [one] : [];
        }),
      ),
    erasures: () =>
      orFault(() =>
        withLedger(directory, (db) =>
          db.prepare<[], ErasureRow>('SELECT * FROM erasures ORDER BY id DESC LIMIT 500').all().map(erasureFromRow),
        ),
      ),
    erasure: (id) =>
      orFault(() =>
        withLedger(directory, (db) => {
          const row = db.prepare<[string], ErasureRow>('SELECT * FROM erasures WHERE id = ?').get(id);
          return row === undefined ? null : erasureFromRow(row);
        }),
      ),
    holds: () =>
      orFault(() =>
        withLedger(directory, (db) =>
          db.prepare<[], HoldRow>('SELECT * FROM holds ORDER BY id DESC').all().map(holdFromRow),
        ),
      ),
    steady: (now, silence, since) =>
      reading((reader) => {
        const at = (index: number) => reader.entry(index)?.time;
        // Times never fall, so the first entry of the last while is found by halving.
        const { size } = reader.source();
        let [low, high] = [0, size];
        while (low < high) {
          const middle = Math.floor((low + high) / 2);
          if ((at(middle) ?? now) < now - since) low = middle + 1;
          else high = middle;
        }
        const before = low === 0 ? undefined : at(low - 1);
        const first = low < size ? (at(low) ?? now) : now;
        return before === undefined || Math.min(first, now) - before <= silence;
      }),
  };
}

function orFault<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw new Fault('ledger/unavailable', 'the ledger cannot be read', { cause: thrown });
  }
}

/** An `outcome` that follows an intent says nothing that its intent does not: null, as where the key was destroyed. */
function erasable(
  reader: LedgerReader,
  line: { readonly index: number; readonly exchange: string; readonly time: Instant },
  kek: Uint8Array,
): ErasableExchange | null {
  const exchange = parseExchangeId(line.exchange);
  const details = told.safeParse(reader.openDetails(line.index, kek)?.accountability);
  if (exchange === undefined || !details.success) return null;
  const { who, project, legs, facts: shared, evaluations } = details.data;
  const holders = [...new Set(legs.map((leg) => leg.holder))];
  const known = [...shared, ...evaluations.flatMap(({ judged }) => judged?.facts ?? [])];
  const agreement = known.flatMap((one) => one['agreement.id'] ?? [])[0] ?? null;
  return { exchange, time: line.time, index: line.index, ...who, project, agreement, case: details.data.case, holders };
}

function fits(reader: LedgerReader, index: number, { identifier }: ExchangeQuery, kek: Uint8Array): boolean {
  if (identifier === undefined) return true;
  const subject = searched.safeParse(reader.openDetails(index, kek)?.subject);
  return subject.success && subject.data.by.scheme === identifier.scheme && subject.data.by.value === identifier.value;
}
