import type { Check } from '../gateway/ops.ts';

interface LedgerState {
  status(): { readonly state: string; readonly reason?: string };
}

/** What must be well for exchanges to be conducted at all. */
export function readiness(ledger: LedgerState, now: () => number): readonly Check[] {
  return [
    { name: 'ledger', problem: () => ledgerProblem(ledger) },
    { name: 'clock', problem: () => clockProblem(now) },
  ];
}

/** Null where the ledger takes entries, else why it does not. */
export function ledgerProblem(ledger: LedgerState): string | null {
  const status = ledger.status();
  return status.state === 'ready' ? null : (status.reason ?? 'the ledger cannot be written');
}

function clockProblem(now: () => number): string | null {
  try {
    now();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
