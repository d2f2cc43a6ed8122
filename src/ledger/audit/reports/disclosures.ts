import { isoTime } from '../../../domain/time.ts';
import { agreementOf } from '../terms.ts';
import type { Report } from './report.ts';

/**
 * Accounting of disclosures: what went from which holder to which partner, for what. One row for each leg that was answered
 * with something; an answer `none` discloses that there is nothing, and is counted in the summary.
 */
export const disclosures: Report = {
  open: 'exchanges',
  history: 0,
  columns: ['time', 'recipient', 'holder', 'dataset', 'project', 'purpose', 'rows', 'exchange'],
  async *run({ entries, covers }) {
    const totals = new Map<
      string,
      { recipient: string; holder: string; disclosures: number; rows: number; none: number }
    >();
    let erased = 0;
    for await (const entry of entries()) {
      if (entry.opens !== 'exchange') continue;
      const { opened } = entry;
      if (opened === null) erased += 1;
      const covered = opened === null ? null : covers(opened);
      if (opened === null || covered === null) continue;
      const recipient = opened.who.partner ?? 'unregistered';
      for (const leg of covered.legs) {
        if (leg.state !== 'released' && leg.state !== 'none') continue;
        const key = `${recipient}\n${leg.holder}`;
        const total = totals.get(key) ?? { recipient, holder: leg.holder, disclosures: 0, rows: 0, none: 0 };
        totals.set(key, total);
        if (leg.state === 'none') {
          total.none += 1;
          continue;
        }
        total.disclosures += 1;
        total.rows += leg.rows ?? 0;
        yield {
          time: opened.outcome?.time ?? isoTime(entry.time),
          exchange: opened.exchange,
          recipient,
          holder: leg.holder,
          dataset: leg.dataset,
          agreement: agreementOf(leg.facts) ?? null,
          project: opened.project,
          purpose: opened.purpose.term,
          output: opened.output,
          rows: leg.rows,
          fields: (leg.permit?.plan ?? []).filter((p) => p.treatment !== 'withheld').map((p) => p.field),
          terms: leg.permit?.terms ?? [],
        };
      }
    }
    return { totals: [...totals.values()].map((total) => ({ ...total })), erased };
  },
};
