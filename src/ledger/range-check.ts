import { hash } from 'node:crypto';
import { type Instant, isoTime } from '../domain/time.ts';
import type { EntryBlock, LedgerBlocks } from './blocks.ts';
import { detailsDigest, entryText, isDigest, isEntryKind } from './compose.ts';
import type { Entry } from './entry.ts';
import { packExchange } from './exchange-turns.ts';
import { keyChangeProblem, type LogKeys } from './log-keys.ts';
import type { NodeHash } from './merkle.ts';
import type { OutsideClaim } from './outside-claim.ts';
import { type RangeTree, rangeTree } from './range-tree.ts';
import { answerIn } from './verify-entry.ts';

/** Entries of a range, where nobody says otherwise. */
export const RANGE_WIDTH = 4_096;
/** Entries that are read at a time. */
const BLOCK = 128;

/** A whole subtree, so that ranges can be checked apart; the last one of a log may be shorter. */
export interface Range {
  /** A power of two. */
  readonly width: number;
  /** A multiple of the width. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** A tree of `size` entries whose root is claimed by somebody who was found to be entitled to. */
export interface Claim {
  readonly size: number;
  readonly root: NodeHash;
  /** What the range adds to that tree: to be joined with what stands to the left of it. */
  readonly part: NodeHash;
}

/** A range in which nothing is wrong by itself, and all that is needed to join it with the others. */
export interface CheckedRange extends Range {
  readonly erased: number;
  readonly firstTime: Instant;
  readonly lastTime: Instant;
  /** What the whole range adds to a tree that ends with it. */
  readonly part: NodeHash;
  /** Stored hashes of the nodes above the range that its last entry made full, lower levels first. */
  readonly above: Uint8Array;
  /** Ascending by size: of checkpoints, and of the receipt. */
  readonly claims: readonly Claim[];
  /** Size of the last checkpoint; `from` where there is none. */
  readonly covered: number;
  /** Of the first checkpoint after `from`, which may be one after `to`, and of the first one after `to`; null: none. */
  readonly firstCheckpoint: number | null;
  readonly nextCheckpoint: number | null;
  /** In order: 1 for each asked, 2 for each outcome, and the exchange's four words. */
  readonly turns: Uint8Array<ArrayBuffer>;
  readonly exchanges: Uint32Array<ArrayBuffer>;
}

export const TURN = { asked: 1, outcome: 2 } as const;

/**
 * Checks entries, details, nodes and checkpoints of a range at the least cost a piece. It never says what is wrong: the
 * verifier that goes entry by entry does, whenever this one does not accept.
 * @param receipt one that holds by itself, or null.
 * @returns null where anything is not as it must be, or is unusual. @throws what the source throws.
 */
export function checkRange(
  blocks: LedgerBlocks,
  keys: LogKeys,
  { width, from, to }: Range,
  receipt: OutsideClaim | null,
): CheckedRange | null {
  const wanted = claimed(blocks, keys, from, to, receipt);
  if (wanted === null || to <= from) return null;
  const [turns, exchanges] = [new Uint8Array(to - from), new Uint32Array(4 * (to - from))];
  const walk: Walk = { keys, receipt, time: null, tree: rangeTree(BLOCK), turned: 0, turns, exchanges };
  const claims: Claim[] = [];
  let [erased, firstTime, above] = [0, 0, new Uint8Array(0)];
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(start + BLOCK, to);
    const block = blocks.entries(start, end);
    const leaves = block === null ? null : leavesOf(block, start, walk);
    if (block === null || leaves === null) return null;
    if (start === from) firstTime = block.times[0] ?? 0;
    erased += block.erased;
    leaves.forEach((leaf, i) => {
      walk.tree.add(leaf);
      for (let next = wanted.claims[claims.length]; next?.size === start + i + 1; ) {
        claims.push({ ...next, part: walk.tree.root() });
        next = wanted.claims[claims.length];
      }
    });
    const made = walk.tree.takeNodes();
    const stored = blocks.nodes(start, end);
    if (stored === null || Buffer.compare(stored.subarray(0, made.length), made) !== 0) return null;
    above = Uint8Array.from(stored.subarray(made.length));
    // Only the last entry of a whole range may make nodes full that reach beyond it.
    if (above.length > 0 && end !== from + width) return null;
  }
  if (walk.time === null || claims.length !== wanted.claims.length) return null;
  const all = { width, from, to, erased, firstTime, lastTime: walk.time.ms, part: walk.tree.root(), above, claims };
  const used = { turns: turns.slice(0, walk.turned), exchanges: exchanges.slice(0, 4 * walk.turned) };
  const { covered, firstCheckpoint, nextCheckpoint } = wanted;
  return { ...all, covered, firstCheckpoint, nextCheckpoint, ...used };
}

interface Walk {
  readonly keys: LogKeys;
  readonly receipt: OutsideClaim | null;
  /** Newest so far, as number and as entries write it. */
  time: { readonly ms: Instant; readonly text: string } | null;
  readonly tree: RangeTree;
  turned: number;
  readonly turns: Uint8Array;
  readonly exchanges: Uint32Array;
}

/** What is claimed of trees that end in the range; null where a checkpoint does not hold by itself. */
function claimed(blocks: LedgerBlocks, keys: LogKeys, from: number, to: number, receipt: OutsideClaim | null) {
  const claims: { readonly size: number; readonly root: NodeHash }[] = [];
  let covered = from;
  const { within, next } = blocks.checkpoints(from, to);
  for (const { size, note } of within) {
    const checkpoint = size > covered && size <= to ? keys.open(note) : undefined;
    if (checkpoint?.size !== size) return null;
    claims.push({ size, root: checkpoint.root });
    covered = size;
  }
  if (receipt !== null && receipt.checkpoint.size > from && receipt.checkpoint.size <= to) {
    claims.push({ size: receipt.checkpoint.size, root: receipt.checkpoint.root });
  }
  const places = { covered, firstCheckpoint: within[0]?.size ?? next, nextCheckpoint: next };
  return { claims: claims.toSorted((a, b) => a.size - b.size), ...places };
}

/** Hashes of the leaves, where every entry says exactly what columns and details make it say; else null. */
function leavesOf(block: EntryBlock, start: number, walk: Walk): readonly string[] | null {
  const text = block.leaves.toString('latin1');
  const leaves: string[] = [];
  let expected = '';
  let [leafAt, accountabilityAt, subjectAt] = [0, 0, 0];
  for (const [i, kind] of block.kinds.entries()) {
    const accountabilityEnd = accountabilityAt + (block.accountabilityLengths[i] ?? 0);
    const subjectLength = block.subjectLengths[i] ?? null;
    const said = saidOf(block, i, walk, {
      answer: answerIn(text, leafAt + 1),
      accountability: detailsDigest(block.accountability.subarray(accountabilityAt, accountabilityEnd)),
      subject:
        subjectLength === null ? null : detailsDigest(block.subjects.subarray(subjectAt, subjectAt + subjectLength)),
    });
    if (said === null || !fits(said, kind, start + i, walk)) return null;
    // An entry holds no zero byte, so the zeros before them tell where each begins and ends.
    expected += `\0${said}`;
    const leafEnd = leafAt + 1 + said.length;
    leaves.push(hash('sha256', block.leaves.subarray(leafAt, leafEnd), 'latin1'));
    leafAt = leafEnd;
    accountabilityAt = accountabilityEnd;
    subjectAt += subjectLength ?? 0;
  }
  const whole = accountabilityAt === block.accountability.length && subjectAt === block.subjects.length;
  return whole && expected === text ? leaves : null;
}

/** What the entry must say, and its turn taken down; null where its columns hold nothing that an entry may say. */
function saidOf(
  { kinds, exchanges, times }: EntryBlock,
  i: number,
  walk: Walk,
  digests: Pick<Entry, 'accountability' | 'subject'> & { readonly answer: string | undefined },
): string | null {
  const [kind = '', exchange = '', ms = Number.NaN, { answer, ...parts }] = [kinds[i], exchanges[i], times[i], digests];
  const time = timeOf(ms, walk);
  if (time === null || !isEntryKind(kind) || !packExchange(exchange, walk.exchanges, 4 * walk.turned)) return null;
  if (kind === 'asked' || kind === 'outcome') walk.turns[walk.turned++] = TURN[kind];
  if (answer !== undefined && !isDigest(answer)) return null;
  const entry = { v: 1, kind, exchange, time, ...parts } as const;
  return entryText(answer === undefined ? entry : { ...entry, answer });
}

/** Characters of a time as entries write it. */
const TIME_LENGTH = '2026-11-22T00:00:00.000Z'.length;

/** As entries write it; null where it is none, or before the newest so far. */
function timeOf(ms: number, walk: Walk): string | null {
  const { time } = walk;
  if (time?.ms === ms) return time.text;
  if (!Number.isSafeInteger(ms) || Math.abs(ms) > 8.64e15 || (time !== null && ms < time.ms)) return null;
  const text = isoTime(ms);
  // Of a year that has not four digits.
  if (text.length !== TIME_LENGTH) return null;
  walk.time = { ms, text };
  return text;
}

/** Whether the entry is what a change of the key and the receipt say of it. */
function fits(said: string, kind: string | undefined, index: number, { keys, receipt }: Walk): boolean {
  if (receipt?.index === index && receipt.entry !== said) return false;
  const changes = kind === 'log-key' || (index <= keys.lastChange && keys.changeAt(index) !== undefined);
  return !changes || keyChangeProblem(said, index, keys) === null;
}
