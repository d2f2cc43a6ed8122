import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../domain/json.ts';

const ids = z.array(z.string());
const tally = z.record(z.string(), z.json());
const TALLIES = ['newlyAllowed', 'newlyRefused', 'plans', 'terms', 'limits', 'otherwise'] as const;
/** Members of a tally that tell of whose questions, of which data. */
const OF_WHOM: readonly string[] = ['partners', 'persons', 'datasets', 'fields', 'changes'];

/**
 * A replay report for somebody who is not of the side that attached it. It was made of exchanges under agreements of that
 * side: people are their own partner's to know, and who is no party to one of those agreements is told numbers alone,
 * without partners, datasets and fields. What is withheld is empty, and named.
 * @param isParty to an agreement.
 */
export function reportForOthers(report: JsonObject, isParty: (agreement: string) => boolean): JsonObject {
  const under = ids.safeParse(report['agreements']);
  const whole = under.success && under.data.every(isParty);
  const withheld = whole ? ['persons'] : OF_WHOM;
  const shorn = TALLIES.map((name) => {
    const members = Object.entries(tally.safeParse(report[name]).data ?? {});
    const told = members.map(([member, is]) => [member, withheld.includes(member) ? emptied(is) : is]);
    return [name, Object.fromEntries(told)];
  });
  const none = whole ? {} : { agreements: [], sentences: [] };
  return { ...report, ...Object.fromEntries(shorn), ...none, withheld };
}

function emptied(value: JsonValue): JsonValue {
  return Array.isArray(value) ? [] : {};
}
