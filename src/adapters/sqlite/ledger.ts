import { parseVerifierKey, verifierKey } from '../../ledger/note.ts';
import type { LedgerOptions, SqliteLedger } from './ledger-contract.ts';
import { WorkerLedger } from './worker-ledger.ts';

/**
 * Opens the ledger of a directory, or begins one where there is none, and closes what an earlier process left open.
 * @throws Fault('ledger/unavailable') with the reason: held by another process, files missing, another key.
 */
export async function openLedger(options: LedgerOptions): Promise<SqliteLedger> {
  if (options.kek.length !== 32) throw new TypeError('the key-encryption key must have 32 bytes');
  const key = verifierKey(options.origin, options.signingKey);
  const verifier = parseVerifierKey(key);
  if (verifier === undefined) throw new TypeError('no verifier key can be made of the signing key');
  const ledger = new WorkerLedger(options, key, verifier);
  await ledger.start();
  return ledger;
}
