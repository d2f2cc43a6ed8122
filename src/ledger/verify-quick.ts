import { toBase64 } from './base64.ts';
import type { LedgerBlocks } from './blocks.ts';
import { type LogKeys, logKeys } from './log-keys.ts';
import type { NoteVerifier } from './note.ts';
import { type Claimed, checkClaimed, type OutsideClaim } from './outside-claim.ts';
import { type CheckedRange, checkRange, RANGE_WIDTH, type Range } from './range-check.ts';
import { joinedRanges } from './range-join.ts';
import type { LedgerSource } from './source.ts';

/** Who checks ranges. */
export interface RangeChecks {
  /** Of a range, in entries: a power of two. */
  readonly width: number;
  /** How many may be under way. */
  readonly atOnce: number;
  /** As `checkRange`, and null also where it throws. @throws Error where whoever checked it was lost. */
  check(range: Range, receipt: OutsideClaim | null): Promise<CheckedRange | null>;
}

/** What a log amounts to in which nothing is wrong. */
export interface Accepted {
  readonly entries: number;
  readonly open: number;
  readonly erased: number;
  /** Base64. */
  readonly root: string;
}

/**
 * Checks the same as the verifier that goes entry by entry, range by range and in large pieces. It only accepts: what it
 * refuses may be in order, and is for the other one to judge and to name. Memory: `atOnce` ranges, and the exchanges' turns.
 * @param elsewhere absent: ranges are checked one after the other, here.
 * @returns null where the log must be looked at closer, or the source gives no blocks.
 * @throws what `elsewhere` throws.
 */
export async function acceptLedger(
  source: LedgerSource,
  verifier: NoteVerifier,
  claimed: Claimed | undefined,
  elsewhere?: RangeChecks,
): Promise<Accepted | null> {
  const { size } = source;
  const begun = beginning(source, verifier, claimed);
  if (begun === null || source.blocks === undefined) return null;
  const { keys, checked } = begun;
  const checks = elsewhere ?? rangesHere(source.blocks, keys);
  const joined = joinedRanges(checks.width);
  for await (const range of inOrder(size, checked, checks)) {
    if (range === null || !joined.join(range)) return null;
  }
  const root = joined.root();
  if (root === undefined || joined.entries !== size || joined.covered !== size) return null;
  return { entries: size, open: joined.open, erased: joined.erased, root: toBase64(root) };
}

/** Null where the closer look has to tell what is wrong, also where it is the form of what somebody brought. */
function beginning(source: LedgerSource, verifier: NoteVerifier, claimed: Claimed | undefined) {
  try {
    const keys = logKeys(verifier, source.keyChanges ?? '');
    if (keys === undefined || keys.lastChange >= source.size) return null;
    const checked = claimed === undefined ? null : checkClaimed(claimed, verifier, keys.open);
    if (checked !== null && ('code' in checked || checked.checkpoint.size > source.size)) return null;
    return { keys, checked };
  } catch {
    return null;
  }
}

async function* inOrder(
  size: number,
  receipt: OutsideClaim | null,
  checks: RangeChecks,
): AsyncGenerator<CheckedRange | null> {
  const { width, atOnce } = checks;
  const underWay: Promise<CheckedRange | null>[] = [];
  for (let from = 0; from < size || underWay.length > 0; ) {
    if (from < size && underWay.length < atOnce) {
      const begun = checks.check({ width, from, to: Math.min(from + width, size) }, receipt);
      // Its failure is told when its turn comes; until then it is nobody's.
      begun.catch(() => undefined);
      underWay.push(begun);
      from += width;
    } else {
      const next = underWay.shift();
      if (next !== undefined) yield await next;
    }
  }
}

/** Checks ranges on the calling thread, one at a time. */
export function rangesHere(blocks: LedgerBlocks, keys: LogKeys, width: number = RANGE_WIDTH): RangeChecks {
  return {
    width,
    atOnce: 1,
    async check(range, receipt) {
      try {
        return checkRange(blocks, keys, range, receipt);
      } catch {
        // A source that cannot be read is for the closer look to name.
        return null;
      }
    },
  };
}
