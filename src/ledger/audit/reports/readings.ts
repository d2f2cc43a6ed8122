import { isoTime } from '../../../domain/time.ts';
import type { Report } from './report.ts';

/** Reads of the log: who read what of it, for which permitted use and why. The identifier of a search is not told again. */
export const readings: Report = {
  open: 'readings',
  history: 0,
  columns: ['time', 'index', 'who', 'use', 'reason', 'query'],
  async *run({ entries, showsReading }) {
    let shown = 0;
    let total = 0;
    for await (const entry of entries()) {
      if (entry.kind !== 'reading') continue;
      total += 1;
      const details = entry.opens === 'reading' ? entry.details : null;
      if (details === null || !showsReading(details)) continue;
      shown += 1;
      const { who = null, use = null, reason = null, query = null, source = null } = details;
      const person = typeof who === 'object' && who !== null && 'person' in who ? (who['person'] ?? null) : who;
      yield { time: isoTime(entry.time), index: entry.index, who: person, use, reason, query, source };
    }
    return { shown, total };
  },
};
