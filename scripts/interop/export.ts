import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { openPublished } from '../../src/adapters/sqlite/tiles.ts';
import { digestOf } from '../../src/domain/digest.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { fromBase64, toBase64 } from '../../src/ledger/base64.ts';
import { openCheckpoint } from '../../src/ledger/checkpoint.ts';
import type { Appended, EntryDraft } from '../../src/ledger/entry.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { consistencyProof } from '../../src/ledger/proof.ts';
import { tilePath, treeTiles } from '../../src/ledger/tiles.ts';
import { tlogProver, writeTlogProof } from '../../src/ledger/tlog-proof.ts';

/** Exchanges written at once: batches of different sizes, so that checkpoints fall everywhere in the tree. */
const AT_ONCE = [1, 2, 3, 7, 16, 40];
/** Entries whose inclusion in the newest tree is proved beside that in the tree they were written in. */
const EVERY = 5;

/** A log in tlog-tiles layout, with proofs beside it. */
export interface Exported {
  readonly entries: number;
  readonly checkpoints: number;
}

/**
 * Makes a ledger as the gateway does, with keys of its own, and exports all that an outsider can check of it.
 * @param state where the ledger is made. @param out gets `verifier-key`, `checkpoint`, `tile/…` and `proofs.json`.
 * @param exchanges how many; each is two entries.
 */
export async function exportLedger(state: string, out: string, exchanges: number): Promise<Exported> {
  const { origin, signingKey, kek, verifierKey } = createKeys(join(state, 'keys'), 'interop.example/five-safes');
  const ledger = await openLedger({ directory: state, origin, signingKey, kek, node: 'interop' });
  const written: Appended[] = [];
  for (let begun = 0, round = 0; begun < exchanges; round++) {
    const count = Math.min(AT_ONCE[round % AT_ONCE.length] ?? 1, exchanges - begun);
    const pairs = Array.from({ length: count }, () => draftsOfExchange());
    written.push(...(await Promise.all(pairs.map(([asked]) => ledger.append(asked)))));
    written.push(...(await Promise.all(pairs.map(([, outcome]) => ledger.append(outcome)))));
    begun += count;
  }
  await ledger.close();

  const verifier = parseVerifierKey(verifierKey);
  const published = openPublished(state);
  try {
    const newest = published.checkpoint();
    if (verifier === undefined || newest === null) throw new Error('the ledger has no checkpoint');
    const put = (path: string, bytes: Uint8Array | string) => {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      writeFileSync(join(out, path), bytes);
    };
    put('verifier-key', `${verifierKey}\n`);
    put('checkpoint', newest.note);
    for (const tile of treeTiles(newest.size)) {
      const bytes = published.tile(tile);
      if (bytes === null) throw new Error(`no ${tilePath(tile)}`);
      put(tilePath(tile), bytes);
    }

    const prove = tlogProver(newest.note, newest.size, published.node);
    const later = written.filter(({ index }) => index % EVERY === 0).map(({ index }) => prove(index));
    // In the order of their sizes, and each once: entries of one batch share theirs.
    const notes = [...new Set(written.toSorted((a, b) => a.index - b.index).map(({ checkpoint }) => checkpoint))];
    const sizeOf = (note: string) => openCheckpoint(note, verifier)?.size ?? 0;
    const consistency = notes.slice(0, -1).flatMap((from, i) =>
      [notes[i + 1] ?? newest.note, newest.note].map((to) => ({
        from,
        to,
        proof: consistencyProof(sizeOf(from), sizeOf(to), published.node).map(toBase64),
      })),
    );
    put('proofs.json', JSON.stringify({ inclusion: [...written.map(proofOnReceipt), ...later], consistency }));
    return { entries: newest.size, checkpoints: notes.length };
  } finally {
    published.close();
  }
}

/** The proof that a receipt carries, in the standard form. */
function proofOnReceipt({ index, checkpoint, proof }: Appended): string {
  const hashes = proof.map((hash) => fromBase64(hash, 32)).filter((hash) => hash !== undefined);
  return writeTlogProof({ index, hashes, checkpoint, extra: null });
}

function draftsOfExchange(): readonly [EntryDraft, EntryDraft] {
  const exchange = exchangeId(Date.now(), randomBytes(10));
  const leg = { dataset: 'dealer-sales', holder: 'northgate-motors' } as const;
  const subject = { by: { scheme: 'vin', value: 'JTEZU5JR8D5050504' } };
  const accountability = { justification: 'engine found without a car' };
  const standing = { asker: 'interop', outcome: null, legs: [{ ...leg, state: 'open' as const }] };
  return [
    { kind: 'asked', exchange, accountability, subject, standing },
    {
      kind: 'outcome',
      exchange,
      accountability,
      subject: null,
      answer: digestOf(exchange),
      standing: { ...standing, outcome: 'none', legs: [{ ...leg, state: 'none' }] },
    },
  ];
}
