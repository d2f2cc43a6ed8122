import Database from 'better-sqlite3';
import { z } from 'zod';
import { ledgerPaths } from '../../src/adapters/sqlite/files.ts';
import { keyReader } from '../../src/adapters/sqlite/key-reader.ts';
import { localKeyEncryption } from '../../src/ledger/key-page.ts';
import { openSealed } from '../../src/ledger/sealing.ts';

interface Row {
  readonly exchange: string;
  readonly slot: number;
  readonly sealed: Buffer;
}

/** Sealed with an intent, beside its details: datasets whose budget was spent when it was written. */
const envelope = z.looseObject({ spent: z.array(z.string()).default([]) });

/** Of a ledger that nobody has open: uses of budgets as the store counts them, and the exchanges whose intent got one. */
export function reservedIn(state: string, kek: Uint8Array): { readonly used: number[]; readonly exchanges: string[] } {
  const paths = ledgerPaths(state);
  const ledger = new Database(paths.ledger, { readonly: true });
  const keys = new Database(paths.keys, { readonly: true });
  try {
    const find = keyReader(keys, localKeyEncryption(Buffer.from(kek)));
    const intents = ledger
      .prepare<[], Row>(
        "SELECT exchange, accountability_slot AS slot, accountability AS sealed FROM entries WHERE kind = 'asked'",
      )
      .all();
    const granted = intents.filter(({ exchange, slot, sealed }) => {
      const key = find.find(slot);
      const text =
        key === undefined ? undefined : openSealed(key, { kind: 'asked', exchange, part: 'accountability' }, sealed);
      if (text === undefined) throw new Error(`the intent of ${exchange} cannot be opened`);
      return envelope.parse(JSON.parse(text)).spent.length === 0;
    });
    const used = ledger.prepare<[], number>('SELECT used FROM budgets').pluck().all();
    return { used, exchanges: granted.map(({ exchange }) => exchange) };
  } finally {
    ledger.close();
    keys.close();
  }
}
