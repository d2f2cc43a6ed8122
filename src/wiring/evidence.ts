import { z } from 'zod';
import { type CheckpointOver, provenEntries } from '../adapters/sqlite/evidence.ts';
import { ledgerPaths } from '../adapters/sqlite/files.ts';
import { readKeyChanges } from '../adapters/sqlite/key-changes.ts';
import { openReader } from '../adapters/sqlite/reader.ts';
import { standingReader } from '../adapters/sqlite/standing.ts';
import { Fault } from '../domain/faults.ts';
import type { ExchangeId } from '../domain/ids.ts';
import { BUNDLE_TYPE, type EvidenceBundle } from '../ledger/bundle.ts';
import { logKeys } from '../ledger/log-keys.ts';
import { type NoteVerifier, parseVerifierKey } from '../ledger/note.ts';

/** Where evidence is gathered. */
export interface EvidencePlace {
  /** Of the ledger. */
  readonly directory: string;
  readonly verifier: NoteVerifier;
  /** Opens what the outcome commits to and the version that decided; null: neither is told. 32 bytes. */
  readonly kek: Uint8Array | null;
  /** Absent: no witness signed. */
  readonly cosigned?: CheckpointOver;
}

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const decided = z.looseObject({ versions: z.looseObject({ rulebook: digest }) });

/**
 * The evidence bundle of one exchange, read in O(log n).
 * @returns null where there is no such exchange. @throws Error where the ledger cannot be read.
 */
export function gatherEvidence(place: EvidencePlace, exchange: ExchangeId): EvidenceBundle | null {
  // The answer before the entries: an outcome that comes in between is then one whose answer is not told yet.
  const answer = place.kek === null ? null : answerOf(place, place.kek, exchange);
  // Of the files that are read, so that a checkpoint of before a change of the key is told with what leads to it.
  const keyChanges = readKeyChanges(place.directory);
  const keys = logKeys(place.verifier, keyChanges);
  if (keys === undefined) throw new Error('the published changes of the key are not those of this log');
  const entries = provenEntries(place.directory, exchange, keys.open, place.cosigned);
  if (entries === null) return null;
  const first = entries.find(({ kind }) => kind === 'asked') ?? entries.find(({ kind }) => kind === 'outcome');
  return {
    type: BUNDLE_TYPE,
    exchange,
    entries: entries.map(({ entry, proof }) => ({ entry, proof })),
    answer,
    ...(keyChanges === '' ? {} : { keyChanges }),
    rulebook: place.kek === null || first === undefined ? null : rulebookOf(place.directory, first.index, place.kek),
  };
}

/**
 * The ledger in a directory as a place of evidence.
 * @param key verifier key of the log. @throws TypeError where it is none.
 */
export function evidencePlace(directory: string, key: string, kek: Uint8Array | null): EvidencePlace {
  const verifier = parseVerifierKey(key);
  if (verifier === undefined) throw new TypeError('the verifier key of the log is none');
  return { directory, verifier, kek };
}

/** As the partner API needs it: what goes wrong is a fault of the ledger. */
export function evidenceFrom(place: EvidencePlace): (exchange: ExchangeId) => Promise<EvidenceBundle | null> {
  return async (exchange) => {
    try {
      return gatherEvidence(place, exchange);
    } catch (thrown) {
      throw new Fault('ledger/unavailable', 'the ledger cannot be read', { cause: thrown });
    }
  };
}

function answerOf({ directory, verifier }: EvidencePlace, kek: Uint8Array, exchange: ExchangeId) {
  const reader = standingReader(ledgerPaths(directory), Buffer.from(kek), verifier);
  try {
    const receipt = reader.byId(exchange)?.receipt ?? null;
    return receipt === null ? null : { digest: receipt.digest, salt: receipt.salt };
  } finally {
    reader.close();
  }
}

/** Null where the details were erased, or tell of no decision, as after a crash. */
function rulebookOf(directory: string, index: number, kek: Uint8Array) {
  const reader = openReader(directory);
  try {
    const parsed = decided.safeParse(reader.openDetails(index, kek)?.accountability);
    return parsed.success ? parsed.data.versions.rulebook : null;
  } finally {
    reader.close();
  }
}
