import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { keysIn, loadKeys } from '../adapters/sqlite/keys-file.ts';
import { openLedger } from '../adapters/sqlite/ledger.ts';
import { Fault } from '../domain/faults.ts';
import { exchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { type NoteVerifier, parseVerifierKey } from '../ledger/note.ts';
import type { World } from './world.ts';

export interface Reading {
  /** Index of the entry that records it. */
  readonly index: number;
  /** Opens details from now on. */
  readonly kek: Uint8Array;
  /** Name of the log, and what its checkpoints are checked with. */
  readonly log: string;
  readonly verifier: NoteVerifier;
}

/**
 * Records that somebody is about to open details. Nothing may be opened before this resolves.
 * @param world its environment may hold the key-encryption key. @param state directory of the ledger.
 * @param exchange whose details. @param reason the person's own words.
 * @throws Fault('ledger/unavailable') where another process, such as the gateway, holds the ledger.
 */
export function recordReading(
  world: Pick<World, 'env'>,
  state: string,
  exchange: string,
  reason: string,
): Promise<Reading> {
  return recordQuery(world, state, { query: { exchange }, reason, source: 'five-safes log show' });
}

/**
 * As `recordReading`, for any query.
 * @param told what is read and why, as the entry shall say it beside the name of the person at this machine.
 * @param subject an identifier that is searched for: sealed apart, so that it can be erased.
 */
export async function recordQuery(
  world: Pick<World, 'env'>,
  state: string,
  told: JsonObject,
  subject: JsonObject | null = null,
): Promise<Reading> {
  const { kek, origin, signingKey, verifierKey } = loadKeys(keysIn(state), world.env);
  const ledger = await openLedger({
    directory: state,
    origin,
    signingKey,
    kek,
    node: `${hostname()}:${process.pid}`,
  }).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(
      'ledger/unavailable',
      `the ledger cannot be opened for writing: ${error.message}. Details are opened only after an entry about the ` +
        'reading was written, and one process writes at a time: while a gateway runs it holds the ledger. Stop the gateway, ' +
        'then try again.',
      { cause: error },
    );
  });
  try {
    // A crash before this is durable: nothing was opened. After it: a reading is recorded that perhaps showed nothing.
    const { index } = await ledger.append({
      kind: 'reading',
      exchange: exchangeId(Date.now(), randomBytes(10)),
      accountability: { who: userInfo().username, ...told },
      subject,
    });
    return { index, kek, log: origin, verifier: parsedKey(verifierKey) };
  } finally {
    await ledger.close();
  }
}

function parsedKey(text: string): NoteVerifier {
  const verifier = parseVerifierKey(text);
  if (verifier === undefined) throw new TypeError('the verifier key beside the signing key is none');
  return verifier;
}
