import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { loadKeys } from '../../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../../src/adapters/sqlite/ledger.ts';
import { exchangeId } from '../../../src/domain/ids.ts';

/** Run by recovery.test.ts as a process of its own, to be killed: asks without end, 16 at a time, never concludes. */
const directory = process.argv[2] ?? '';
const { origin, signingKey, kek } = loadKeys(join(directory, 'keys'));
const ledger = await openLedger({ directory, origin, signingKey, kek, node: 'node-1' });

async function askForever(): Promise<never> {
  for (;;) {
    const exchange = exchangeId(Date.now(), randomBytes(10));
    const legs = [{ dataset: 'dealer-sales', holder: 'northgate-motors', state: 'open' }] as const;
    const standing = { asker: 'asker-1', outcome: null, legs };
    await ledger.append({ kind: 'asked', exchange, accountability: {}, subject: {}, standing });
    process.stdout.write(`${exchange}\n`);
  }
}
await Promise.all(Array.from({ length: 16 }, askForever));
