import { toBase64 } from './base64.ts';
import type { StoredCheckpoint } from './checkpoint.ts';
import { type ExchangeTurns, exchangeTurns } from './exchange-turns.ts';
import { keyChangeProblem, type LogKeys, logKeys } from './log-keys.ts';
import { type Edge, EMPTY_EDGE, edgeRoot, grow, leafHash, type NodeHash } from './merkle.ts';
import { type NodeChecker, nodeChecker } from './node-check.ts';
import type { NoteVerifier } from './note.ts';
import { type Claimed, checkClaimed, type OutsideClaim } from './outside-claim.ts';
import { feed, type LedgerSource, SourceFault, type StoredEntry } from './source.ts';
import { BadEntry, type VerifyCode } from './verify-codes.ts';
import { checkEntry, checkTurn, type EntryTimes } from './verify-entry.ts';
import { acceptLedger, type RangeChecks } from './verify-quick.ts';

export { VERIFY_CODES, type VerifyCode } from './verify-codes.ts';

/**
 * What `five-safes verify --json` tells. Counts reach to where the first fault was found; `open` and `erased` up to 512
 * entries further.
 */
export interface Verification {
  readonly verified: boolean;
  readonly entries: number;
  /** Exchanges asked and not closed. */
  readonly open: number;
  /** Entries of which a part of the details can no longer be opened by anybody. */
  readonly erased: number;
  readonly size: number;
  /** Base64, as in a checkpoint: of the entries read. */
  readonly root: string;
  /** `index`: of the entry concerned, or the first one that is missing. */
  readonly firstBad: { readonly index: number; readonly code: VerifyCode } | null;
}

/** Leaves hashed before the tree is grown by them: few large steps cost less than many small ones. */
const GROWN_AT_ONCE = 512;

interface Walk {
  edge: Edge;
  /** Under `edge`. */
  entries: number;
  erased: number;
  /** Of entries checked and not yet under `edge`. */
  pending: NodeHash[];
  readonly times: EntryTimes;
}

/**
 * Reads a whole ledger front to back, and checks all that can be checked of it: indices, bytes, columns, times,
 * one outcome per exchange, sealed details against their commitments, stored nodes, every checkpoint's signature and
 * root, every change of the signing key, and a receipt against both. Memory does not grow with the entries, but for the exchanges' turns (see `exchange-turns.ts`).
 * @param verifier any one key that the log has had: published changes lead from it to the others.
 * Where the source has blocks, they are checked first, and only what they do not settle is read entry by entry.
 * @param claimed what is to be compared with the log.
 * @param elsewhere what checks ranges of this very source; absent: all is done here. @throws Error where that was lost.
 */
export async function verifyLedger(
  source: LedgerSource,
  verifier: NoteVerifier,
  claimed?: Claimed,
  elsewhere?: RangeChecks,
): Promise<Verification> {
  const accepted = await acceptLedger(source, verifier, claimed, elsewhere);
  if (accepted !== null) {
    const { entries, open, erased, root } = accepted;
    return { verified: true, entries, open, erased, size: entries, root, firstBad: null };
  }
  return verifyClosely(source, verifier, claimed);
}

/** The same entry by entry, which names what is wrong. */
async function verifyClosely(
  source: LedgerSource,
  verifier: NoteVerifier,
  claimed: Claimed | undefined,
): Promise<Verification> {
  const walk: Walk = { edge: EMPTY_EDGE, entries: 0, erased: 0, pending: [], times: { last: null } };
  const turns = exchangeTurns();
  let firstBad: Verification['firstBad'] = null;
  try {
    const keys = logKeys(verifier, source.keyChanges ?? '');
    if (keys === undefined) throw new BadEntry(0, 'log-key/altered');
    const checked = claimed === undefined ? null : checkClaimed(claimed, verifier, keys.open);
    await walkThrough(source, keys, checked !== null && 'code' in checked ? null : checked, walk, turns);
    if (checked !== null && 'code' in checked) throw new BadEntry(claimedIndex(claimed), checked.code);
  } catch (thrown) {
    // A source that cannot be read further is a finding about the ledger: whoever damages the file must not escape it.
    firstBad =
      thrown instanceof BadEntry || thrown instanceof SourceFault
        ? { index: thrown.index, code: thrown.code }
        : { index: walk.entries, code: 'source/unreadable' };
  }
  const root = toBase64(edgeRoot(walk.edge));
  const { entries, erased } = walk;
  return { verified: firstBad === null, entries, open: turns.open, erased, size: walk.edge.size, root, firstBad };
}

async function walkThrough(
  source: LedgerSource,
  keys: LogKeys,
  receipt: OutsideClaim | null,
  walk: Walk,
  turns: ExchangeTurns,
): Promise<void> {
  const entries = feed(source.entries());
  const checkpoints = feed(source.checkpoints());
  const nodes = nodeChecker(source);
  let checkpoint = await checkpoints.next();
  let covered = 0;
  /** Where the tree must be looked at: under the next checkpoint, and under the receipt's. */
  const stop = () => {
    const sizes = [checkpoint?.size ?? 0, receipt?.checkpoint.size ?? 0].filter((size) => size > walk.entries);
    return Math.min(walk.entries + GROWN_AT_ONCE, ...sizes);
  };
  try {
    for (let end = stop(); ; ) {
      const next = entries.next();
      const entry = next instanceof Promise ? await next : next;
      if (entry === undefined) break;
      const index = walk.entries + walk.pending.length;
      if (checkEntry(entry, index, walk.times) === 'erased') walk.erased += 1;
      checkTurn(entry, index, turns);
      if (entry.kind === 'log-key' || index <= keys.lastChange) checkKeyChange(entry, index, keys);
      if (receipt?.index === index && receipt.entry !== Buffer.from(entry.bytes).toString('utf8')) {
        throw new BadEntry(index, 'receipt/entry');
      }
      const leaf = leafHash(entry.bytes);
      const atLeaf = nodes.leaf(index, leaf);
      const leafCode = atLeaf instanceof Promise ? await atLeaf : atLeaf;
      if (leafCode !== null) throw new BadEntry(index, leafCode);
      walk.pending.push(leaf);
      if (index + 1 < end) continue;
      await growBy(walk, nodes);
      if (receipt?.checkpoint.size === walk.entries && !sameRoot(walk.edge, receipt.checkpoint.root)) {
        throw new BadEntry(index, 'receipt/root');
      }
      if (checkpoint !== undefined && checkpoint.size <= walk.entries) {
        checkCheckpoint(checkpoint, walk, keys, index);
        covered = walk.entries;
        checkpoint = await checkpoints.next();
      }
      end = stop();
    }
  } finally {
    // A node over the entries before the fault may be bad as well: what comes first is named.
    await growBy(walk, nodes);
  }
  // Entries that no checkpoint covers, or a checkpoint over entries that are not there: both ends were cut or forged.
  if (checkpoint !== undefined || walk.entries !== source.size) throw new BadEntry(walk.entries, 'entry/index');
  if (covered !== walk.entries) throw new BadEntry(covered, 'checkpoint/missing');
  if (keys.lastChange >= walk.entries) throw new BadEntry(keys.lastChange, 'log-key/altered');
  if (receipt !== null && receipt.checkpoint.size > walk.entries) throw new BadEntry(walk.entries, 'receipt/size');
}

/** Takes the pending leaves into the tree, holding each node that becomes full against the stored one. */
async function growBy(walk: Walk, nodes: NodeChecker): Promise<void> {
  const { edge, pending } = walk;
  walk.pending = [];
  const growth = grow(edge, pending);
  let read = edge.size;
  try {
    for (const { level, index, hash } of growth.nodes) {
      read = (index + 1) * 2 ** level;
      const differs = nodes.node(level, hash);
      const code = differs instanceof Promise ? await differs : differs;
      if (code !== null) throw new BadEntry(read - 1, code);
    }
    read = growth.edge.size;
  } finally {
    // What lies after a fault does not count as read.
    walk.edge = read === growth.edge.size ? growth.edge : grow(edge, pending.slice(0, read - edge.size)).edge;
    walk.entries = walk.edge.size;
  }
}

function checkKeyChange(entry: StoredEntry, index: number, keys: LogKeys): void {
  if (entry.kind !== 'log-key' && keys.changeAt(index) === undefined) return;
  const problem = keyChangeProblem(Buffer.from(entry.bytes).toString('latin1'), index, keys);
  if (problem !== null) throw new BadEntry(index, problem);
}

function checkCheckpoint(stored: StoredCheckpoint, walk: Walk, keys: LogKeys, index: number): void {
  if (stored.size !== walk.entries) throw new BadEntry(index, 'checkpoint/order');
  const checkpoint = keys.open(stored.note);
  if (checkpoint === undefined) throw new BadEntry(index, 'checkpoint/unsigned');
  if (checkpoint.size !== stored.size) throw new BadEntry(index, 'checkpoint/order');
  if (!sameRoot(walk.edge, checkpoint.root)) throw new BadEntry(index, 'checkpoint/root');
}

function sameRoot(edge: Edge, root: Uint8Array): boolean {
  return Buffer.compare(edgeRoot(edge), root) === 0;
}

/** Where a receipt that does not hold by itself claims to stand; 0 if it does not even say. */
function claimedIndex(claimed: Claimed | undefined): number {
  const receipt = claimed !== undefined && 'receipt' in claimed ? claimed.receipt : null;
  if (typeof receipt !== 'object' || receipt === null) return 0;
  const inner = 'receipt' in receipt ? receipt.receipt : receipt;
  if (typeof inner !== 'object' || inner === null || !('index' in inner)) return 0;
  return Number.isSafeInteger(inner.index) ? Number(inner.index) : 0;
}
