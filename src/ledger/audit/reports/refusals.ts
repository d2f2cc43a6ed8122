import { SAFES } from '../../../domain/safe.ts';
import { agreementOf } from '../terms.ts';
import type { Report } from './report.ts';

/**
 * Refusals by Safe and reason. Each finding that refuses is counted, not only the first of a leg: the five are judged
 * apart. One row for each Safe, reason and rule; the most frequent first.
 */
export const refusals: Report = {
  open: 'exchanges',
  history: 0,
  columns: ['safe', 'code', 'rule', 'count', 'persons'],
  async *run({ entries, covers }) {
    const rows = new Map<
      string,
      { safe: string; code: string; rule: string | null; count: number; persons: Set<string> }
    >();
    let exchanges = 0;
    let refused = 0;
    let erased = 0;
    for await (const entry of entries()) {
      if (entry.opens !== 'exchange') continue;
      const { opened } = entry;
      if (opened === null) erased += 1;
      const covered = opened === null ? null : covers(opened);
      if (opened === null || covered === null) continue;
      exchanges += 1;
      let any = false;
      for (const leg of covered.legs) {
        for (const safe of SAFES) {
          const { verdict, code, rule } = leg.findings[safe];
          if (verdict !== 'refuse') continue;
          any = true;
          const named = rule === null ? null : `${agreementOf(leg.facts) ?? '-'}/${rule}`;
          const key = JSON.stringify([safe, code, named]);
          const row = rows.get(key) ?? { safe, code, rule: named, count: 0, persons: new Set() };
          rows.set(key, row);
          row.count += 1;
          if (opened.who.person !== null) row.persons.add(opened.who.person);
        }
      }
      if (any) refused += 1;
    }
    for (const row of [...rows.values()].sort((a, b) => b.count - a.count)) yield { ...row, persons: row.persons.size };
    return { exchanges, refused, erased };
  },
};
