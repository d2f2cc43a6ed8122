import { z } from 'zod';
import type { EntryLine, LedgerReader } from '../adapters/sqlite/reader.ts';
import { type ExchangeId, parseExchangeId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { isoTime } from '../domain/time.ts';
import { type Exported, exported } from '../ledger/export/exported.ts';
import type { OpenedEntry } from '../ledger/opened.ts';

/** What to export: each bound may be absent. */
export interface ExportFilter {
  /** An exchange belongs to the moment at which its first entry was written. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
  readonly exchange?: ExchangeId;
}

/** An exchange, or why it cannot be told. `at`: index of its first entry. */
export type ExportStep =
  | { readonly at: number; readonly exchange: Exported }
  | { readonly at: number; readonly problem: string };

const STRETCH = 512;

/**
 * Exchanges in the order of their first entries, one at a time, whatever the size of the log. This opens details: the
 * caller has made its `reading` entry durable before.
 * @param size entries below it count: the log as it was when the reading was recorded.
 */
export function* exportedExchanges(
  reader: LedgerReader,
  kek: Uint8Array,
  size: number,
  filter: ExportFilter,
): Generator<ExportStep> {
  for (const line of firstEntries(reader, size, filter)) {
    try {
      const [asked = null, outcome = null] = ['asked', 'outcome'].map((kind) =>
        line.entries.find((entry) => entry.kind === kind),
      );
      yield {
        at: line.at,
        exchange: exported(line.exchange, opened(reader, kek, asked), opened(reader, kek, outcome)),
      };
    } catch (error) {
      const why = error instanceof z.ZodError ? 'its details are of a form this version does not know' : String(error);
      yield { at: line.at, problem: `exchange ${line.exchange}, entry ${line.at}: ${why}` };
    }
  }
}

interface Found {
  readonly at: number;
  readonly exchange: ExchangeId;
  readonly entries: readonly EntryLine[];
}

function* firstEntries(reader: LedgerReader, size: number, { from, to, exchange }: ExportFilter): Generator<Found> {
  if (exchange !== undefined) {
    const found = foundOf(reader, exchange, size);
    const time = found?.entries[0]?.time ?? 0;
    if (found !== undefined && time >= (from ?? time) && (to === undefined || time < to)) yield found;
    return;
  }
  for (let next = from === undefined ? 0 : firstAt(reader, from, size); next < size; ) {
    const stretch = reader.list(next, Math.min(STRETCH, size - next));
    const last = stretch.at(-1);
    if (last === undefined) return;
    for (const { index, kind, exchange: id, time } of stretch) {
      if (to !== undefined && time >= to) return;
      if (kind !== 'asked' && kind !== 'outcome') continue;
      const parsed = parseExchangeId(id);
      const found = parsed === undefined ? undefined : foundOf(reader, parsed, size);
      // The outcome of an intent was told with it, unless the intent lies before the time asked for: then it is not.
      if (found !== undefined && found.at === index) yield found;
    }
    next = last.index + 1;
  }
}

function foundOf(reader: LedgerReader, exchange: ExchangeId, size: number): Found | undefined {
  const entries = reader
    .entriesOf(exchange)
    .filter(({ index, kind }) => index < size && (kind === 'asked' || kind === 'outcome'));
  const [first] = entries;
  return first === undefined ? undefined : { at: first.index, exchange, entries };
}

/** Index of the first entry not before `time`: the writer never goes back in time, so halving finds it. */
function firstAt(reader: LedgerReader, time: Instant, size: number): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((reader.entry(middle)?.time ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function opened(reader: LedgerReader, kek: Uint8Array, line: EntryLine | null): OpenedEntry | null {
  if (line === null) return null;
  const details = reader.openDetails(line.index, kek);
  if (details === null) throw new Error('its details are missing');
  return { index: line.index, time: isoTime(line.time), ...details };
}
