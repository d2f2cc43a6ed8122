import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';

const ids = z.array(z.string());
const tally = z.record(z.string(), z.json());
const TALLIES = ['newlyAllowed', 'newlyRefused', 'plans', 'terms', 'limits', 'otherwise'] as const;
/** Members of a tally that are numbers of all and name nobody's doings. */
const NUMBERS: readonly string[] = ['legs', 'answers', 'safes', 'exchanges'];

/**
 * A replay report for somebody who is not of the side that attached it. It was made of exchanges under agreements of that
 * side: people are their own partner's to know, and who is no party to one of those agreements is told numbers alone,
 * without partners, datasets and fields.
 * @param isParty to an agreement.
 */
export function reportForOthers(report: JsonObject, isParty: (agreement: string) => boolean): JsonObject {
  const under = ids.safeParse(report['agreements']);
  const whole = under.success && under.data.every(isParty);
  const kept = (name: string) => (whole ? name !== 'persons' : NUMBERS.includes(name));
  const shorn = TALLIES.map((name) => {
    const found = tally.safeParse(report[name]).data ?? {};
    return [name, Object.fromEntries(Object.entries(found).filter(([member]) => kept(member)))];
  });
  const { agreements: _agreements, sentences: _sentences, ...rest } = report;
  return { ...(whole ? report : rest), ...Object.fromEntries(shorn) };
}
