import type { JsonObject } from '../../../domain/json.ts';
import type { Report } from './report.ts';

const MOST_NAMED = 100;

/**
 * That nothing is missing from a period: each index from the first to the last is there, and each intent has its outcome.
 * The entries just outside and just inside both ends are proved in one signed tree: since times never go back, what lies
 * between the two neighbours is all there was. All entries of a batch bear one time, so that a signed tree ends exactly
 * where the period begins and another where it ends: if nothing happened, both are of equal size.
 */
export const completeness: Report = {
  open: 'nothing',
  history: 0,
  columns: ['problem', 'index', 'exchange'],
  async *run({ entries, first, end, size, until, prove }) {
    let expected = first;
    let gaps = 0;
    let open = 0;
    const kinds = new Map<string, number>();
    let last = 0;
    for await (const entry of entries()) {
      if (entry.index !== expected) {
        gaps += 1;
        yield { problem: 'gap', index: expected, exchange: null };
      }
      expected = entry.index + 1;
      last = entry.time;
      kinds.set(entry.kind, (kinds.get(entry.kind) ?? 0) + 1);
      if (entry.opens !== 'nothing' || entry.closed !== false) continue;
      open += 1;
      if (open <= MOST_NAMED) yield { problem: 'open', index: entry.index, exchange: entry.exchange };
    }
    if (expected < end) {
      gaps += 1;
      yield { problem: 'gap', index: expected, exchange: null };
    }
    const outside = [first - 1, first, end - 1, end].filter((index) => index >= 0 && index < size);
    const bounds = await prove(
      [...new Set(outside)].sort((a, b) => a - b),
      size,
    );
    const opening = first === 0 ? null : await prove([], first);
    const closing = end === 0 ? null : await prove([], end);
    const summary: JsonObject = {
      complete: gaps === 0 && open === 0,
      first: first === end ? null : first,
      last: first === end ? null : end - 1,
      entries: Object.fromEntries(kinds),
      gaps,
      open,
      nothingHappened: first === end,
      // Where nothing follows the period it may go on: then it is complete up to the last entry only.
      over: end < size && last < until,
      opening: opening === null ? null : { size: opening.size, checkpoint: opening.checkpoint },
      closing: closing === null ? null : { size: closing.size, checkpoint: closing.checkpoint },
      bounds: { ...bounds, entries: bounds.entries.map((entry) => ({ ...entry })) },
    };
    return summary;
  },
};
