import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Instant } from '../../domain/time.ts';
import {
  createExchangeText,
  type DecidedExchange,
  type EntryText,
  type ReadExchange,
} from '../../ledger/exchange-text.ts';
import type { ErasedExchange } from '../../ledger/export/exported.ts';
import { isDestroyed, keyAt, localKeyEncryption, pageOf, positionOf } from '../../ledger/key-page.ts';
import { openSealed } from '../../ledger/sealing.ts';
import { type ExchangeRow, exchangeRows, KINDS } from './exchange-rows.ts';
import { ledgerPaths } from './files.ts';
import { type PageRow, unwrapRow } from './key-reader.ts';
import { openReadonly } from './reader.ts';
import { isSampled, type Sample, threshold } from './sample.ts';
import { checkKeysSchema, checkLedgerSchema } from './schema.ts';

/** Which exchanges: those whose first entry lies in the stretch. */
export interface Stretch {
  /** Inclusive. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
  /** Entries below count: the log as it was when the reading was recorded. */
  readonly size: number;
  /** At most so many exchanges, drawn evenly from the stretch; absent: all. */
  readonly sample?: Sample;
}

/** An exchange, or why it cannot be told. `at`: index of its first entry. */
export type OpenedStep =
  | { readonly at: number; readonly exchange: DecidedExchange | ErasedExchange }
  | { readonly at: number; readonly problem: string };

/** Opens what the rules decided in many exchanges; identifiers searched for stay sealed. */
export interface ExchangeReader {
  /** How many exchanges begin in the stretch. */
  count(stretch: Stretch): number;
  /**
   * In the order of their first entries; lets others work now and then. This opens details: the caller has made its
   * `reading` entry durable before.
   */
  exchanges(stretch: Stretch): AsyncGenerator<OpenedStep>;
  close(): void;
}

/** Entries read at a time, or fewer where they are wide. */
const BATCH = 2_048;
/** Exchanges told before others get their turn. */
const TURN = 128;

/** @param directory of a ledger. @param kek 32 bytes. @throws Error where there is none. */
export function openExchangeReader(directory: string, kek: Uint8Array): ExchangeReader {
  const paths = ledgerPaths(directory);
  const db = openReadonly(paths.ledger, checkLedgerSchema);
  let keys: Database;
  try {
    keys = openReadonly(paths.keys, checkKeysSchema);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
  const entries = exchangeRows(db);
  const names = db.prepare<[number, number], Pick<ExchangeRow, 'exchange' | 'kind' | 'idx'>>(
    `SELECT idx, kind, exchange FROM entries WHERE idx >= ? AND idx < ? AND ${KINDS} ORDER BY idx`,
  );
  const asked = db
    .prepare<[string], 1>(`SELECT 1 FROM entries WHERE exchange = ? AND kind = 'asked' AND ${KINDS}`)
    .pluck();
  const timeAt = db.prepare<[number], Instant>('SELECT time FROM entries WHERE idx = ?').pluck();

  /** Times never go back in the log. */
  const placeOf = (time: Instant | undefined, otherwise: number, size: number) => {
    if (time === undefined) return otherwise;
    let [low, high] = [0, size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((timeAt.get(middle) ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const bounds = ({ from, to, size }: Stretch) => [placeOf(from, 0, size), placeOf(to, size, size)] as const;
  /** An outcome is a first entry where no intent precedes it. */
  const isFirst = ({ kind, exchange }: Pick<ExchangeRow, 'kind' | 'exchange'>) =>
    kind === 'asked' || asked.get(exchange) === undefined;

  function* firsts(stretch: Stretch): Generator<string> {
    const [begin, end] = bounds(stretch);
    for (let next = begin; next < end; next += BATCH) {
      for (const row of names.all(next, Math.min(end, next + BATCH))) if (isFirst(row)) yield row.exchange;
    }
  }

  return {
    count: (stretch) => {
      let count = 0;
      for (const _ of firsts(stretch)) count += 1;
      return count;
    },
    async *exchanges(stretch) {
      const [begin, end] = bounds(stretch);
      const { sample, size } = stretch;
      const read = createExchangeText();
      const limit = sample === undefined ? null : threshold(sample, firsts(stretch));
      for (let next = begin; next < end; ) {
        const { rows, next: after } = entries.between(next, Math.min(end, next + BATCH));
        next = after;
        const outcomes = new Map(rows.filter((r) => r.kind === 'outcome').map((r) => [r.exchange, r]));
        const intents = new Set(rows.filter((r) => r.kind === 'asked').map((r) => r.exchange));
        const open = opener(keys, kek);
        let told = 0;
        for (const row of rows) {
          // Most intents stand close before their outcomes, and are known without a look-up.
          if (row.kind === 'outcome' && (intents.has(row.exchange) || !isFirst(row))) continue;
          if (sample !== undefined && !isSampled(sample.seed, row.exchange, limit)) continue;
          const outcome =
            row.kind === 'outcome' ? row : (outcomes.get(row.exchange) ?? entries.outcomeOf(row.exchange, size));
          yield stepOf(row, outcome ?? null, open, read);
          if (++told % TURN === 0) await setImmediate();
        }
        await setImmediate();
      }
    },
    close() {
      db.close();
      keys.close();
    },
  };
}

function stepOf(
  first: ExchangeRow,
  outcome: ExchangeRow | null,
  open: (row: ExchangeRow) => EntryText,
  read: ReadExchange,
): OpenedStep {
  const { idx: at, exchange } = first;
  try {
    const asked = first.kind === 'asked' ? open(first) : null;
    return { at, exchange: read(exchange, asked, outcome === null ? null : open(outcome)) };
  } catch (error) {
    const why = error instanceof z.ZodError ? 'its details are of a form this version does not know' : String(error);
    return { at, problem: `exchange ${exchange}, entry ${at}: ${why}` };
  }
}

/** Opens the rows of one batch: each page of keys is read and unwrapped once for it, and forgotten with it. */
function opener(keys: Database, kek: Uint8Array): (row: ExchangeRow) => EntryText {
  const encryption = localKeyEncryption(kek);
  const page = keys.prepare<[number], PageRow>('SELECT page, destroyed, wrapped FROM pages WHERE page = ?');
  const read = new Map<number, { readonly destroyed: Buffer; readonly keys: Buffer } | null>();
  const keyOf = (slot: number) => {
    const number = pageOf(slot);
    let known = read.get(number);
    if (known === undefined) {
      const row = page.get(number);
      known = row === undefined ? null : { destroyed: row.destroyed, keys: unwrapRow(encryption, row) };
      read.set(number, known);
    }
    if (known === null || isDestroyed(known.destroyed, positionOf(slot))) return undefined;
    return keyAt(known.keys, positionOf(slot));
  };
  const textOf = ({ kind, exchange, idx, slot, sealed }: ExchangeRow) => {
    const key = keyOf(slot);
    if (sealed === null || key === undefined) return null;
    const text = openSealed(key, { kind, exchange, part: 'accountability' }, sealed);
    if (text === undefined) throw new Error(`entry ${idx}: its accountability details do not open; verify the ledger`);
    return text;
  };
  return (row) => ({ index: row.idx, time: row.time, text: textOf(row) });
}
