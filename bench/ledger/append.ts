import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { DraftPair } from './drafts.ts';

export interface Appending {
  readonly entries: number;
  readonly seconds: number;
  /** C2SP verifier key of the log. */
  readonly key: string;
}

/**
 * Writes exchanges into a new ledger: each its intent, and once that is durable its outcome.
 * @param directory empty. @param atOnce exchanges under way. Opening and closing the ledger are not counted.
 */
export async function appendExchanges(
  directory: string,
  pairs: readonly DraftPair[],
  exchanges: number,
  atOnce: number,
): Promise<Appending> {
  const { origin, signingKey, kek, verifierKey } = createKeys(join(directory, 'keys'), 'gateway.example/bench');
  const ledger = await openLedger({ directory, origin, signingKey, kek, node: 'bench' });
  // Ids are the gateway's to make, not the log's.
  const ids = Array.from({ length: exchanges }, () => exchangeId(Date.now(), randomBytes(10)));
  try {
    let next = 0;
    const work = async () => {
      for (let n = next++; n < exchanges; n = next++) {
        const pair = pairs[n % pairs.length];
        const exchange = ids[n];
        if (pair === undefined || exchange === undefined) throw new RangeError('no draft');
        await ledger.append({ ...pair.asked, exchange });
        await ledger.append({ ...pair.outcome, exchange });
      }
    };
    const begun = performance.now();
    await Promise.all(Array.from({ length: atOnce }, work));
    const seconds = (performance.now() - begun) / 1_000;
    return { entries: exchanges * 2, seconds, key: verifierKey };
  } finally {
    await ledger.close();
  }
}
