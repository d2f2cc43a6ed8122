import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { directoryPaths } from '../adapters/mirror/directory.ts';
import { httpPaths } from '../adapters/mirror/http.ts';
import { ledgerPaths } from '../adapters/sqlite/files.ts';
import { rangeThreads } from '../adapters/sqlite/range-threads.ts';
import { type LedgerReader, openReader } from '../adapters/sqlite/reader.ts';
import type { NoteVerifier } from '../ledger/note.ts';
import type { LedgerSource } from '../ledger/source.ts';
import { CHECKPOINT_PATH, type ReadPath, tileSource } from '../ledger/tile-source.ts';
import type { RangeChecks } from '../ledger/verify-quick.ts';
import { UsageError } from './world.ts';

/** A log, wherever it is. */
export interface LogPlace {
  readonly source: LedgerSource;
  /** Whether sealed details are checked. */
  readonly details: boolean;
  /** Whether the keys of the details are at hand, so that erased ones are known. */
  readonly keys: boolean;
  /** What checks ranges of it in other threads; absent: nothing does. */
  readonly elsewhere?: RangeChecks;
  close(): Promise<void>;
}

/** Below so many entries a log is verified before threads have started. */
const THREADS_FROM = 65_536;
const MOST_THREADS = 4;

/**
 * Opens what was named: the address of a published log, a directory with one, a ledger's directory or its file.
 * @param demandDetails a published log without sealed details is then at fault. Else they are checked where a directory
 * has them; a server is not asked for what is seldom there, and never at a gateway.
 * @param threadsFrom entries of a ledger from which on threads verify it, where there is more than one processor.
 * @throws Error where there is no log. UsageError for an address that cannot be one.
 */
export async function openPlace(
  place: string,
  directory: string,
  verifier: NoteVerifier,
  demandDetails: boolean,
  threadsFrom: number = THREADS_FROM,
): Promise<LogPlace> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(place))
    return publishedAt(place, addressed(place), verifier, demandDetails ? 'demand' : 'leave');
  const path = resolve(directory, place);
  const isPublished = isFile(join(path, CHECKPOINT_PATH)) && !isFile(ledgerPaths(path).ledger);
  if (isPublished) return publishedAt(path, directoryPaths(path), verifier, demandDetails ? 'demand' : 'find');
  const reader = ledgerAt(path);
  const source = reader.source();
  const count = Math.min(MOST_THREADS, availableParallelism());
  const threads =
    source.blocks === undefined || source.size < threadsFrom || count < 2
      ? null
      : rangeThreads({ path, verifier, keyChanges: source.keyChanges ?? '' }, count);
  const close = async () => {
    reader.close();
    await threads?.close();
  };
  return { source, details: true, keys: reader.hasKeys, ...(threads === null ? {} : { elsewhere: threads }), close };
}

function ledgerAt(path: string): LedgerReader {
  try {
    return openReader(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_NOTADB')) throw error;
    throw new Error(`${path} is no ledger, no published log and no bundle of evidence`, { cause: error });
  }
}

async function publishedAt(
  place: string,
  read: ReadPath,
  verifier: NoteVerifier,
  wanted: 'find' | 'demand' | 'leave',
): Promise<LogPlace> {
  const source = await tileSource(read, verifier, wanted);
  if (source === null) throw new Error(`${place} holds no ${CHECKPOINT_PATH}: there is no log here`);
  return { source, details: source.details, keys: false, close: async () => undefined };
}

function addressed(place: string): ReadPath {
  try {
    return httpPaths(place);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
