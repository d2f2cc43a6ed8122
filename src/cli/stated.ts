import { isPermittedUse, PERMITTED_USE_NAMES, type PermittedUse } from '../ledger/audit/permitted-use.ts';
import { UsageError } from './world.ts';

const LONGEST_REASON = 1_000;

/** Why somebody reads the log, in their own words. @throws UsageError unless it is up to 1,000 characters on one line. */
export function statedReason(reason: string | undefined): string {
  const given = reason?.trim() ?? '';
  if (given === '') throw new UsageError('--reason is required: why the details are opened is recorded');
  if (given.length > LONGEST_REASON || /[\p{Cc}\p{Cs}]/u.test(given))
    throw new UsageError(`--reason: expected up to ${LONGEST_REASON} characters on one line`);
  return given;
}

/** For what the law lets the log be read. @throws UsageError unless it is of the closed list. */
export function statedUse(use: string | undefined): PermittedUse {
  if (use !== undefined && isPermittedUse(use)) return use;
  throw new UsageError(`--use: expected one of ${PERMITTED_USE_NAMES.join(', ')} (Directive (EU) 2016/680 Art. 25(2))`);
}
