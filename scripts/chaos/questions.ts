import { dealerRecords } from '../../demo/parties/records.ts';
import { DEALER_ROWS } from '../../demo/partnership.ts';

/** Fits the form of a VIN and stands on nobody's books. */
const UNKNOWN = 'ZZZZZZ00000000000';

/** The n-th question of a trial: hits, misses, records and refusals, to one holder over HTTP or to two. */
export function questions(seed: number): (n: number) => unknown {
  const sold = dealerRecords(seed, DEALER_ROWS);
  return (n) => ({
    project: 'op-gearbox',
    purpose: 'SuspectedCrimeInvestigation',
    case: n % 9 === 8 ? 'XX' : 'KP-2026-AB',
    justification: `question ${n}`,
    ask: {
      datasets: n % 2 === 0 ? ['dealer-sales'] : ['dealer-sales', 'tidewater-sales'],
      by: { vin: n % 5 === 4 ? UNKNOWN : (sold[n % DEALER_ROWS]?.vehicle.vin ?? UNKNOWN) },
      output: n % 3 === 0 ? 'hit' : 'records',
    },
  });
}
