import { Fault } from '../domain/faults.ts';
import type { ErasedParts } from '../ledger/erasure.ts';
import type { ErasingPorts } from './erasure-ports.ts';
import type { LogLine } from './ports.ts';

/**
 * Has the index of the log forget what was erased. The erasure is done when it is recorded: an index that cannot forget
 * now does so when it comes by the entry, and operators are told.
 */
export async function forgetErased(
  { erasing, log }: { readonly erasing: Pick<ErasingPorts, 'forget'>; readonly log: LogLine },
  exchanges: readonly string[],
  parts: ErasedParts,
): Promise<void> {
  try {
    await erasing.forget(exchanges, parts);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log('index-lags', { why: error.code });
  }
}
