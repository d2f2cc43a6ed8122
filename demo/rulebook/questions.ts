import { z } from 'zod';
import { type Answered, ask, refusingSafes } from '../ask.ts';
import { dealerRecords } from '../parties/records.ts';
import { accessOf, DEALER_ROWS, type Partnership } from '../partnership.ts';
import type { Ask } from '../step.ts';

/** So many cars Joris Maes of Harbour Police asks after before anything changes. */
export const CARS = 14;

const released = z.object({
  rulebook: z.string(),
  legs: z.tuple([z.object({ fields: z.array(z.object({ field: z.string(), treatment: z.string() })) })]),
});

/** Everything that somebody asks in the story. */
export interface Questions {
  readonly joris: readonly Ask[];
  readonly mara: Ask;
  /** Asked meanwhile, again and again, by both: a hit costs none of the day's questions. */
  readonly lanes: readonly (() => Promise<Answered>)[];
  put(asker: string, body: Ask): Promise<Answered>;
}

export function questionsOf(partnership: Partnership, url: string): Questions {
  const sold = dealerRecords(partnership.seeds.dealer, DEALER_ROWS);
  const of = (index: number) => {
    const record = sold[index];
    if (record === undefined) throw new RangeError(`the demonstration has no record ${index}`);
    return record.vehicle;
  };
  const body = (force: 'harbour' | 'kestrel', by: Record<string, string>, output: 'hit' | 'records'): Ask => ({
    ...(force === 'harbour'
      ? { project: 'op-slipway', case: 'HP/26/00042', justification: 'Cars found in a container' }
      : { project: 'op-gearbox', case: 'KP-2026-AB', justification: 'Engine without a car' }),
    purpose: 'SuspectedCrimeInvestigation',
    ask: { datasets: ['dealer-sales'], by, output },
  });
  const put = (asker: string, asked: Ask) => ask(url, accessOf(partnership, asker), asked);
  const lane = (asker: string, force: 'harbour' | 'kestrel', index: number) => () =>
    put(asker, body(force, { vin: of(index).vin }, 'hit'));
  return {
    put,
    joris: Array.from({ length: CARS }, (_, i) => body('harbour', { vin: of(i * 7).vin }, 'records')),
    mara: body('kestrel', { 'engine-number': of(3).engineNo }, 'records'),
    lanes: [1, 2, 3].flatMap((i) => [lane('joris.maes', 'harbour', i), lane('mara.lindqvist', 'kestrel', i + 10)]),
  };
}

/** What an answer shows of two fields, and under which version; or who refused. */
export function shown(answered: Answered): Readonly<Record<string, string>> {
  const { answer, text, status } = answered;
  if (answer?.outcome !== 'released') {
    const safes = answer === undefined ? '' : refusingSafes(answer).join();
    return { outcome: answer?.outcome ?? `status ${status}`, refusedBy: safes };
  }
  const told = released.parse(JSON.parse(text));
  const treatment = (name: string) => told.legs[0].fields.find(({ field }) => field === name)?.treatment ?? 'absent';
  return {
    outcome: 'released',
    rulebook: told.rulebook,
    'buyer.name': treatment('buyer.name'),
    'sale.mileage': treatment('sale.mileage'),
  };
}
