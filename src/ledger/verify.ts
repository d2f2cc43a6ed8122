import { isoTime } from '../domain/time.ts';
import { toBase64 } from './base64.ts';
import { closedExchanges } from './closed-exchanges.ts';
import { detailsDigest, isEntryKind, parseEntry } from './compose.ts';
import { keyChangeProblem, type LogKeys, logKeys } from './log-keys.ts';
import { type Edge, EMPTY_EDGE, edgeRoot, grow, leafHash } from './merkle.ts';
import { nodeChecker } from './node-check.ts';
import type { NoteVerifier } from './note.ts';
import { type CheckedReceipt, checkReceipt, RECEIPT_CODES } from './receipt-check.ts';
import {
  feed,
  type LedgerSource,
  SourceFault,
  type StoredCheckpoint,
  type StoredEntry,
  type StoredPart,
} from './source.ts';

/** What can be wrong with a ledger. Closed list. */
export const VERIFY_CODES = [
  'entry/index',
  'entry/form',
  'entry/kind',
  'entry/columns',
  'entry/time',
  'entry/altered',
  'entry/second-asked',
  'entry/second-outcome',
  'details/missing',
  'details/altered',
  'details/undeclared',
  'details/form',
  'node/missing',
  'node/altered',
  'entries/missing',
  'entries/form',
  'tile/missing',
  'tile/form',
  'checkpoint/missing',
  'checkpoint/unsigned',
  'checkpoint/order',
  'checkpoint/root',
  'log-key/missing',
  'log-key/altered',
  'source/unreadable',
  ...RECEIPT_CODES,
] as const;
export type VerifyCode = (typeof VERIFY_CODES)[number];

/** DESIGN §11. Counts reach to where the first fault was found. */
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

/** How the walk ends early: thrown and caught in this file alone. */
class Bad extends Error {
  readonly index: number;
  readonly code: VerifyCode;
  constructor(index: number, code: VerifyCode) {
    super(code);
    this.index = index;
    this.code = code;
  }
}

interface Walk {
  edge: Edge;
  entries: number;
  erased: number;
  lastTime: { ms: number; text: string } | null;
}

/**
 * Reads a whole ledger once, front to back, and checks all that can be checked of it: indices, bytes, columns, times,
 * one outcome per exchange, sealed details against their commitments, stored nodes, every checkpoint's signature and
 * root, every change of the signing key, and a receipt against both. Memory does not grow with the entries, but for 16 bytes per closed exchange.
 * @param verifier any one key that the log has had: published changes lead from it to the others.
 * @param receipt parsed JSON, see `checkReceipt`.
 */
export async function verifyLedger(
  source: LedgerSource,
  verifier: NoteVerifier,
  receipt?: unknown,
): Promise<Verification> {
  const walk: Walk = { edge: EMPTY_EDGE, entries: 0, erased: 0, lastTime: null };
  const open = new Set<string>();
  let firstBad: Verification['firstBad'] = null;
  try {
    const keys = logKeys(verifier, source.keyChanges ?? '');
    if (keys === undefined) throw new Bad(0, 'log-key/altered');
    const checked = receipt === undefined ? null : checkReceipt(receipt, verifier, keys.open);
    await walkThrough(source, keys, checked !== null && 'code' in checked ? null : checked, walk, open);
    if (checked !== null && 'code' in checked) throw new Bad(receiptIndex(receipt), checked.code);
  } catch (thrown) {
    // A source that cannot be read further is a finding about the ledger: whoever damages the file must not escape it.
    firstBad =
      thrown instanceof Bad || thrown instanceof SourceFault
        ? { index: thrown.index, code: thrown.code }
        : { index: walk.entries, code: 'source/unreadable' };
  }
  const root = toBase64(edgeRoot(walk.edge));
  const { entries, erased } = walk;
  return { verified: firstBad === null, entries, open: open.size, erased, size: walk.edge.size, root, firstBad };
}

async function walkThrough(
  source: LedgerSource,
  keys: LogKeys,
  receipt: CheckedReceipt | null,
  walk: Walk,
  open: Set<string>,
): Promise<void> {
  const closed = closedExchanges();
  const entries = feed(source.entries());
  const checkpoints = feed(source.checkpoints());
  const nodes = nodeChecker(source);
  let checkpoint = await settled(checkpoints.next());
  let covered = 0;
  for (;;) {
    const next = entries.next();
    const entry = next instanceof Promise ? await next : next;
    if (entry === undefined) break;
    const index = walk.entries;
    checkEntry(entry, index, walk);
    checkTurn(entry, index, open, closed);
    if (entry.kind === 'log-key' || index <= keys.lastChange) checkKeyChange(entry, index, keys);
    if (receipt?.index === index && receipt.entry !== Buffer.from(entry.bytes).toString('utf8')) {
      throw new Bad(index, 'receipt/entry');
    }
    const leaf = leafHash(entry.bytes);
    const growth = grow(walk.edge, [leaf]);
    walk.edge = growth.edge;
    walk.entries += 1;
    const atLeaf = nodes.leaf(index, leaf);
    const leafCode = atLeaf instanceof Promise ? await atLeaf : atLeaf;
    if (leafCode !== null) throw new Bad(index, leafCode);
    for (const node of growth.nodes) {
      const differs = nodes.node(node.level, node.hash);
      const code = differs instanceof Promise ? await differs : differs;
      if (code !== null) throw new Bad(index, code);
    }
    if (receipt?.checkpoint.size === walk.entries && !sameRoot(walk.edge, receipt.checkpoint.root)) {
      throw new Bad(index, 'receipt/root');
    }
    if (checkpoint !== undefined && checkpoint.size <= walk.entries) {
      checkCheckpoint(checkpoint, walk, keys, index);
      covered = walk.entries;
      checkpoint = await settled(checkpoints.next());
    }
  }
  // Entries that no checkpoint covers, or a checkpoint over entries that are not there: both ends were cut or forged.
  if (checkpoint !== undefined || walk.entries !== source.size) throw new Bad(walk.entries, 'entry/index');
  if (covered !== walk.entries) throw new Bad(covered, 'checkpoint/missing');
  if (keys.lastChange >= walk.entries) throw new Bad(keys.lastChange, 'log-key/altered');
  if (receipt !== null && receipt.checkpoint.size > walk.entries) throw new Bad(walk.entries, 'receipt/size');
}

function checkEntry(stored: StoredEntry, index: number, walk: Walk): void {
  if (stored.index !== index) throw new Bad(index, 'entry/index');
  const text = Buffer.from(stored.bytes.buffer, stored.bytes.byteOffset, stored.bytes.byteLength).toString('latin1');
  const entry = parseEntry(text);
  if (entry === undefined) throw new Bad(index, 'entry/form');
  if (!isEntryKind(entry.kind)) throw new Bad(index, 'entry/kind');
  if (walk.lastTime?.ms !== stored.time) {
    if (!Number.isSafeInteger(stored.time) || Math.abs(stored.time) > 8.64e15) throw new Bad(index, 'entry/columns');
    if (walk.lastTime !== null && stored.time < walk.lastTime.ms) throw new Bad(index, 'entry/time');
    walk.lastTime = { ms: stored.time, text: isoTime(stored.time) };
  }
  if (entry.time !== walk.lastTime.text || entry.kind !== stored.kind || entry.exchange !== stored.exchange) {
    throw new Bad(index, 'entry/columns');
  }
  if (stored.details === null) return;
  const accountability = checkPart(stored.details.accountability, entry.accountability, index);
  const subject = checkPart(stored.details.subject, entry.subject, index);
  if (accountability === 'erased' || subject === 'erased') walk.erased += 1;
}

function checkPart(part: StoredPart | null, commitment: string | null, index: number): 'erased' | 'kept' {
  if (commitment === null) {
    if (part !== null) throw new Bad(index, 'details/undeclared');
    return 'kept';
  }
  if (part?.sealed == null) throw new Bad(index, 'details/missing');
  if (detailsDigest(part.sealed) !== commitment) throw new Bad(index, 'details/altered');
  return part.erased ? 'erased' : 'kept';
}

/** One asked at most, then one outcome; after the outcome neither. */
function checkTurn(
  entry: StoredEntry,
  index: number,
  open: Set<string>,
  closed: ReturnType<typeof closedExchanges>,
): void {
  const { kind, exchange } = entry;
  if (kind === 'asked') {
    if (open.has(exchange) || closed.has(exchange)) throw new Bad(index, 'entry/second-asked');
    open.add(exchange);
  } else if (kind === 'outcome') {
    if (closed.has(exchange)) throw new Bad(index, 'entry/second-outcome');
    open.delete(exchange);
    closed.add(exchange);
  }
}

function checkKeyChange(entry: StoredEntry, index: number, keys: LogKeys): void {
  if (entry.kind !== 'log-key' && keys.changeAt(index) === undefined) return;
  const problem = keyChangeProblem(Buffer.from(entry.bytes).toString('latin1'), index, keys);
  if (problem !== null) throw new Bad(index, problem);
}

function checkCheckpoint(stored: StoredCheckpoint, walk: Walk, keys: LogKeys, index: number): void {
  if (stored.size !== walk.entries) throw new Bad(index, 'checkpoint/order');
  const checkpoint = keys.open(stored.note);
  if (checkpoint === undefined) throw new Bad(index, 'checkpoint/unsigned');
  if (checkpoint.size !== stored.size) throw new Bad(index, 'checkpoint/order');
  if (!sameRoot(walk.edge, checkpoint.root)) throw new Bad(index, 'checkpoint/root');
}

function sameRoot(edge: Edge, root: Uint8Array): boolean {
  return Buffer.compare(edgeRoot(edge), root) === 0;
}

async function settled<T>(value: Promise<T> | T): Promise<T> {
  return value;
}

/** Where a receipt that does not hold by itself claims to stand; 0 if it does not even say. */
function receiptIndex(receipt: unknown): number {
  if (typeof receipt !== 'object' || receipt === null) return 0;
  const inner = 'receipt' in receipt ? receipt.receipt : receipt;
  if (typeof inner !== 'object' || inner === null || !('index' in inner)) return 0;
  return Number.isSafeInteger(inner.index) ? Number(inner.index) : 0;
}
