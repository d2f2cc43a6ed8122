import { drawing, FIRST_NAMES, LETTERS, SURNAMES } from './records.ts';

/**
 * Made-up records of a marina that does not exist. The hull numbers have the form of 33 CFR 181.25, under manufacturer
 * codes that begin with ZZ; postcodes and people are as invented as those of the car dealers.
 */
export interface BoatRecord {
  /** As the marina writes it, with hyphens: `ZZQ-12345-D404`. */
  readonly hull: string;
  readonly make: string;
  readonly model: string;
  readonly year: number;
  readonly owner: string;
  /** `YYYY-MM-DD` */
  readonly born: string;
  readonly postcode: string;
  /** Pontoon and berth; null for a boat on land. */
  readonly mooring: string | null;
  readonly notes: string | null;
}

const MAKES = [
  { make: 'Fennimore', code: 'ZZF', models: ['Tern 22', 'Tern 26'] },
  { make: 'Skerry', code: 'ZZK', models: ['Day', 'Cabin', 'Sport'] },
  { make: 'Lowmoor', code: 'ZZL', models: ['Punt', 'Launch'] },
] as const;
const NOTES = ['Winter ashore from October.', 'Outboard replaced; old one kept by the owner.', 'Pays by the quarter.'];
/** Months of certification, January to December. */
const MONTHS = 'ABCDEFGHIJKL';

/** The same records for the same seed. @param count at most 99,999, so that each hull number stands once. */
export function boatRecords(seed: number, count: number): readonly BoatRecord[] {
  const draw = drawing(seed);
  return Array.from({ length: count }, (_, i) => {
    const { make, code, models } = draw.pick(MAKES);
    const year = 2001 + draw.below(24);
    const serial = String(i + 1).padStart(5, '0');
    const certified = `${draw.pick(MONTHS)}${year % 10}${String(year % 100).padStart(2, '0')}`;
    return {
      hull: `${code}-${serial}-${certified}`,
      make,
      model: draw.pick<string>(models),
      year,
      owner: `${draw.pick(FIRST_NAMES)} ${draw.pick(SURNAMES)}`,
      born: draw.day(1948, 54),
      postcode: `ZZ${1 + draw.below(99)} ${draw.below(10)}${draw.text(LETTERS, 2)}`,
      mooring: draw.below(5) === 0 ? null : `${draw.pick('ABC')}-${1 + draw.below(60)}`,
      notes: draw.below(4) === 0 ? draw.pick(NOTES) : null,
    };
  });
}
