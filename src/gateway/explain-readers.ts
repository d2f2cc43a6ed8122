import { inForce, type Person } from '../domain/partnership.ts';
import type { Instant } from '../domain/time.ts';
import type { LegExplanation } from '../safes/explain/explain.ts';
import { tellAuditor, tellCaller, tellCompliance } from '../safes/explain/told.ts';

/** Whose role makes whose words theirs to read. */
const READERS = { compliance: 'compliance-officer', auditor: 'auditor' } as const;
export type Reader = keyof typeof READERS;

/** Whose words a person may read at `now`: who is suspended reads nobody's. @param roles by which the person acts. */
export function readersOf(
  { suspensions }: Pick<Person, 'suspensions'>,
  roles: readonly string[],
  now: Instant,
): readonly Reader[] {
  if (suspensions.some((suspension) => inForce(suspension, now))) return [];
  return (['compliance', 'auditor'] as const).filter((reader) => roles.includes(READERS[reader]));
}

/** A leg in the caller's words, and in those of each reader besides. */
export function tellLeg(leg: LegExplanation, readers: readonly Reader[]) {
  const { dataset, holder, allowed } = leg;
  return {
    dataset,
    holder,
    allowed,
    caller: tellCaller(leg),
    ...(readers.includes('compliance') ? { compliance: tellCompliance(leg) } : {}),
    ...(readers.includes('auditor') ? { auditor: tellAuditor(leg) } : {}),
  };
}
