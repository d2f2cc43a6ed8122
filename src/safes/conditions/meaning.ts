import type { Met } from '../../domain/catalogue.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Condition } from '../../domain/rule.ts';

/** What a condition of the catalogue means, its negation aside. */
export type Meaning = (condition: Condition, facts: Facts) => Met;

/** Tests a fact if it is there. A missing fact is never a reason to say met or unmet. */
export function met<T>(fact: T | undefined, test: (present: T) => boolean | Met): Met {
  if (fact === undefined) return 'unknown';
  const result = test(fact);
  if (typeof result === 'string') return result;
  return result ? 'met' : 'unmet';
}
