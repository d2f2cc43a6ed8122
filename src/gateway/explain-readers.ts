import type { LegExplanation } from '../safes/explain/explain.ts';
import { tellAuditor, tellCaller, tellCompliance } from '../safes/explain/told.ts';

/** Whose role makes whose words theirs to read. */
const READERS = { compliance: 'compliance-officer', auditor: 'auditor' } as const;
export type Reader = keyof typeof READERS;

/** @param roles by which somebody acts. */
export function readersOf(roles: readonly string[]): readonly Reader[] {
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
