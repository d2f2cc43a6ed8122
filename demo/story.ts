import { BOAT_ROWS } from './boats.ts';
import { boatRecords } from './parties/boat-records.ts';
import { dealerRecords } from './parties/records.ts';
import { DEALER_ROWS, type Partnership, TIDEWATER_ROWS } from './partnership.ts';
import type { Ask, Deed, Step } from './step.ts';

const MARA = { project: 'op-gearbox', purpose: 'SuspectedCrimeInvestigation', case: 'KP-2026-AB' } as const;
const BOTH = ['dealer-sales', 'tidewater-sales'] as const;

/**
 * The main job, told: what an investigator asks and gets, and one refusal by each of the five safes.
 * @param harbourHasPromised the undertaking was accepted in an earlier run on the same state.
 */
export function mainStory(seeds: Partnership['seeds'], harbourHasPromised = false): readonly Step[] {
  const sold = dealerRecords(seeds.dealer, DEALER_ROWS);
  // One whose notes say something that may not leave.
  const car = pick(
    sold.filter((record) => record.notes?.includes('@')),
    3,
  );
  const other = pick(dealerRecords(seeds.tidewater, TIDEWATER_ROWS), 5);
  const boat = pick(boatRecords(seeds.marina, BOAT_ROWS), 41);
  const nowhere = pick(dealerRecords(seeds.dealer + 1_000_003, 3), 2);
  const records = (by: Record<string, string>, datasets: readonly string[] = ['dealer-sales']) => ({
    datasets,
    by,
    output: 'records' as const,
  });
  const hit = (by: Record<string, string>, datasets: readonly string[] = BOTH) => ({
    datasets,
    by,
    output: 'hit' as const,
  });
  const slipway: Ask = {
    project: 'op-slipway',
    purpose: 'SuspectedCrimeInvestigation',
    case: 'HP/26/00042',
    justification: 'Car in a container, papers missing',
    ask: records({ vin: other.vehicle.vin }, ['tidewater-sales']),
  };
  const promise: Step = {
    name: 'explained',
    told: 'Joris Maes of Harbour Police is refused, asks what would have to be different, and does it: his force joined later, and its officers accept an undertaking of confidentiality first.',
    asker: 'joris.maes',
    body: slipway,
    expected: { status: 403, outcome: 'refused', refusedBy: 'people' },
    after: [
      { told: 'what would have to be different?', who: 'joris.maes', path: '/v1/explain', body: slipway },
      {
        told: 'accepts the undertaking in its version 1',
        who: 'joris.maes',
        path: '/v1/me/undertakings/confidentiality',
        body: { version: 1 },
      },
    ],
  };
  return [
    {
      name: 'hit',
      told: 'Mara Lindqvist, investigator of Kestrel Valley Police, first asks the least: does either dealer know this VIN?',
      asker: 'mara.lindqvist',
      body: {
        ...MARA,
        justification: 'Van found stripped on the quay',
        ask: hit({ vin: car.vehicle.vin.toLowerCase() }),
      },
      expected: { status: 200, outcome: 'released' },
    },
    {
      name: 'records',
      told: 'A stolen engine turns up in no register. Who last owned the car it came from? The dealer answers: the buyer by name, the year of birth only, the telephone masked, the price withheld, the mileage as a band, and the notes without what they say of people.',
      asker: 'mara.lindqvist',
      body: {
        ...MARA,
        justification: 'Engine without a car, number legible',
        ask: records({ 'engine-number': car.vehicle.engineNo }),
      },
      expected: { status: 200, outcome: 'released' },
    },
    {
      name: 'proxy',
      told: "The same question from a program that already speaks the dealer's own interface: it asks the gateway instead of the dealer, and gets the dealer's own form back, with only what may leave.",
      asker: 'mara.lindqvist',
      viaProxy: `/proxy/dealer-sales/sales?engine=${encodeURIComponent(car.vehicle.engineNo)}`,
      body: {
        ...MARA,
        justification: 'Engine without a car, number legible',
        ask: records({ 'engine-number': car.vehicle.engineNo }),
      },
      expected: { status: 200 },
    },
    ...(harbourHasPromised ? [] : [promise]),
    {
      name: 'another-force',
      told: 'The same question again, now allowed: Joris asks Tidewater Cars under his own project; a smaller dealer gives less.',
      asker: 'joris.maes',
      body: slipway,
      expected: { status: 200, outcome: 'released' },
    },
    {
      name: 'boat',
      told: 'A launch without papers on a trailer; its hull number is legible. A marina knows it: the owner by name, the year of birth only, the postcode by its first part. Its records are a SQLite file.',
      asker: 'mara.lindqvist',
      body: {
        ...MARA,
        justification: 'Launch on a trailer, papers missing',
        ask: records({ 'hull-number': boat.hull.replaceAll('-', ' ') }, ['marina-sales']),
      },
      expected: { status: 200, outcome: 'released' },
    },
    {
      name: 'none',
      told: 'A VIN that no dealer sold. What does not exist, what a dealer keeps back and what lies outside the agreement look the same.',
      asker: 'mara.lindqvist',
      body: { ...MARA, justification: 'Plate seen near a depot', ask: hit({ vin: nowhere.vehicle.vin }) },
      expected: { status: 200, outcome: 'none' },
    },
    {
      name: 'refused-people',
      told: 'Nils Okafor is suspended. His token is good, but the registry says so, and no dealer hears of his question.',
      asker: 'nils.okafor',
      body: {
        project: 'op-slipway',
        purpose: 'SuspectedCrimeInvestigation',
        case: 'HP/26/00042',
        justification: 'Checking a car',
        ask: records({ vin: car.vehicle.vin }),
      },
      expected: { status: 403, outcome: 'refused', refusedBy: 'people' },
    },
    {
      name: 'refused-projects',
      told: 'Mara forgets the case reference: without a case there is no agreed purpose.',
      asker: 'mara.lindqvist',
      body: {
        project: MARA.project,
        purpose: MARA.purpose,
        justification: 'Engine without a car',
        ask: records({ vin: car.vehicle.vin }),
      },
      expected: { status: 403, outcome: 'refused', refusedBy: 'projects' },
    },
    {
      name: 'refused-settings',
      told: 'Tomas Brandt signed in ten hours ago; the agreement wants a sign-in of the last eight.',
      asker: 'tomas.brandt',
      body: { ...MARA, justification: 'Engine without a car', ask: records({ vin: car.vehicle.vin }) },
      expected: { status: 403, outcome: 'refused', refusedBy: 'settings' },
    },
    {
      name: 'refused-data',
      told: 'Mara searches the car dealer by hull number, which its records do not have.',
      asker: 'mara.lindqvist',
      body: {
        ...MARA,
        justification: 'Boat on a trailer',
        ask: hit({ 'hull-number': 'ABC12345D404' }, ['dealer-sales']),
      },
      expected: { status: 403, outcome: 'refused', refusedBy: 'data' },
    },
    {
      name: 'refused-outputs',
      told: 'By registration the agreement releases a hit, never records: plates can be read off any street.',
      asker: 'mara.lindqvist',
      body: {
        ...MARA,
        justification: 'Plate seen near a depot',
        ask: records({ registration: car.vehicle.registration }),
      },
      expected: { status: 403, outcome: 'refused', refusedBy: 'outputs' },
    },
    {
      name: 'bearer-refused',
      told: "Somebody has got hold of Mara's token, but not of the key that it is bound to, and sends it alone.",
      asker: 'mara.lindqvist',
      asBearer: true,
      body: { ...MARA, justification: 'Engine without a car', ask: records({ vin: car.vehicle.vin }) },
      expected: { status: 401, reason: 'dpop/missing' },
    },
    {
      name: 'budget-spent',
      told: 'The agreement allows each person fifty questions a day to a dataset. Joris goes on asking until it is spent; not one more reaches the dealer.',
      asker: 'joris.maes',
      body: { ...slipway, justification: 'Going through a list', ask: records({ vin: car.vehicle.vin }) },
      expected: { status: 403, outcome: 'refused', refusedBy: 'outputs' },
      untilRefused: 51,
    },
    {
      name: 'paused',
      told: "Hanna Sorel, data steward of Northgate Motors, pauses her records: nobody's question reaches them until she resumes.",
      asker: 'mara.lindqvist',
      before: [pauseOf('pause', 'stops every question to dealer-sales')],
      body: { ...MARA, justification: 'Van found stripped', ask: hit({ vin: car.vehicle.vin }, ['dealer-sales']) },
      expected: { status: 403, outcome: 'refused', refusedBy: 'data' },
      after: [pauseOf('resume', 'lets questions through again')],
    },
    {
      name: 'partial',
      told: 'The service of the Northgate branches is down. The other dealer still answers, and the answer says what is missing.',
      asker: 'mara.lindqvist',
      body: { ...MARA, justification: 'Car found burnt out', ask: records({ vin: other.vehicle.vin }, BOTH) },
      expected: { status: 200, outcome: 'partial' },
      holderDown: true,
    },
  ];
}

function pauseOf(deed: 'pause' | 'resume', told: string): Deed {
  return { told, who: 'hanna.sorel', path: `/v1/datasets/dealer-sales/${deed}`, body: { reason: 'Stocktaking' } };
}

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`the demonstration has no record ${index}`);
  return found;
}
