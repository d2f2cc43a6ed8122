import { openReader } from '../../src/adapters/sqlite/reader.ts';
import type { NoteVerifier } from '../../src/ledger/note.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { LoggedAnswer } from './answers.ts';
import { type Reckoning, reckon } from './reckoning.ts';

/** Where in their exchange the questions were that a kill interrupted. */
export type Gaps = Readonly<
  Record<'beforeAsked' | 'beforeFetch' | 'beforeOutcome' | 'beforeRelease' | 'afterRelease', number>
>;

export interface Findings extends Pick<Reckoning, 'unlogged' | 'undeclaredCalls' | 'openIntents'> {
  /** Receipts that do not hold, by themselves or in this log, and one more where the log does not verify. */
  readonly brokenProofs: number;
  readonly gaps: Gaps;
  /** How many entries the log has now. */
  readonly entries: number;
}

/** One kill as seen from outside. */
export interface Aftermath {
  /** All answers so far. */
  readonly answers: readonly LoggedAnswer[];
  /** All calls so far, as the holder logged them. */
  readonly calls: readonly string[];
  /** Entries that the log had when the gateway that was killed began to serve. */
  readonly entriesBefore: number;
  /** Questions that never got their answer. */
  readonly unanswered: number;
  /** The question on which the kill was timed was answered before it came. */
  readonly released: boolean;
}

/** Holds the logs of client and holder against the gateway's, after recovery and while nobody asks. */
export async function examine(directory: string, verifier: NoteVerifier, seen: Aftermath): Promise<Findings> {
  const reader = openReader(directory);
  try {
    const entries = reader.list(0, Number.MAX_SAFE_INTEGER);
    const { unlogged, undeclaredCalls, openIntents } = reckon(
      { answers: seen.answers.map(({ exchange }) => exchange), calls: seen.calls },
      entries,
    );
    const broken = seen.answers.filter(({ receipt }) => {
      return receipt === null || entries[receipt.index]?.entry !== receipt.entry;
    });
    // Gaps in the indices, a second intent or outcome, any other damage: one thing or another of it fails here.
    const last = seen.answers.findLast(({ receipt }) => receipt !== null)?.answer;
    const { verified } = await verifyLedger(
      reader.source(),
      verifier,
      last === undefined ? undefined : { receipt: last },
    );
    return {
      unlogged,
      undeclaredCalls,
      openIntents,
      brokenProofs: broken.length + (verified ? 0 : 1),
      gaps: gapsOf(entries.slice(seen.entriesBefore), seen),
      entries: entries.length,
    };
  } finally {
    reader.close();
  }
}

/**
 * How far each interrupted question had come. An outcome of the gateway itself and one that recovery wrote differ in the
 * answer that they commit to: nothing was released by the latter.
 */
function gapsOf(
  entries: readonly { readonly kind: string; readonly exchange: string; readonly entry: string }[],
  { answers, calls, unanswered, released }: Aftermath,
): Gaps {
  const answered = new Set(answers.map(({ exchange }) => exchange));
  const called = new Set(calls);
  const interrupted = entries.filter((e) => e.kind === 'outcome' && !answered.has(e.exchange));
  const concluded = interrupted.filter((e) => e.entry.includes('"answer":'));
  const closed = interrupted.filter((e) => !e.entry.includes('"answer":'));
  return {
    beforeAsked: Math.max(0, unanswered - interrupted.length),
    beforeFetch: closed.filter((e) => !called.has(e.exchange)).length,
    beforeOutcome: closed.filter((e) => called.has(e.exchange)).length,
    beforeRelease: concluded.length,
    afterRelease: released ? 1 : 0,
  };
}
