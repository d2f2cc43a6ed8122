import { type Instant, isoTime } from '../../domain/time.ts';
import type { Digest } from '../../domain/versions.ts';
import { toBase64 } from '../../ledger/base64.ts';
import { signCheckpoint } from '../../ledger/checkpoint.ts';
import { answerCommitment, detailsDigest, entryText, entryTime, SALT_BYTES } from '../../ledger/compose.ts';
import { edgeRoot, grow, leafHashOf, type NodeHash } from '../../ledger/merkle.ts';
import { inclusionProver } from '../../ledger/proof.ts';
import { type Part, sealDetails } from '../../ledger/sealing.ts';
import { erasingRefused, finishErasures } from './erasing.ts';
import type { KeySlot } from './key-slots.ts';
import { BatchBudgets, changeState } from './live-state.ts';
import { nodePlace } from './node-place.ts';
import { StoreError } from './outage-cause.ts';
import type { DraftMessage, RefusedMessage, WrittenMessage } from './protocol.ts';
import { rulebookRefused } from './rulebook-writing.ts';
import type { ExchangeRow } from './statements.ts';
import type { LedgerStore } from './store.ts';

export interface BatchResult {
  readonly written: readonly WrittenMessage[];
  /** Drafts that contradict what is written; the others are durable all the same. */
  readonly refused: readonly RefusedMessage[];
}

/** The two keys of an exchange that is open, so that its outcome need not look them up. */
export interface ExchangeSlots {
  readonly accountability: KeySlot;
  readonly subject: KeySlot | null;
}

/**
 * Seals, composes, hashes, signs and commits a batch: one transaction, one sync. A crash before the commit leaves
 * nothing of it; after the commit the entries stand, though nobody was told, and open exchanges among them are closed
 * as interrupted at the next start.
 * @param remembered slots of open exchanges. To be emptied by the caller when this throws.
 * @throws Fault('clock/untrusted') before anything is written, and whatever SQLite throws: then the store must be reopened.
 */
export function writeBatch(
  store: LedgerStore,
  drafts: readonly DraftMessage[],
  now: Instant,
  remembered: Map<string, ExchangeSlots>,
): BatchResult {
  const { statements, slots, end } = store;
  const time = entryTime(now, end.time);
  slots.ensure(drafts.length * 2);
  statements.begin.run();
  // Somebody who writes past the lock would fork the log: the tree in memory must be the one on disk.
  if ((statements.size.get() ?? 0) !== end.edge.size)
    throw new StoreError('ledger/foreign', 'another process wrote to the ledger');

  const refused: RefusedMessage[] = [];
  const composed: { id: number; index: number; entry: string; salt: string; spent: readonly string[] }[] = [];
  const leaves: NodeHash[] = [];
  const budgets = new BatchBudgets(statements);
  const stamp = { time, text: isoTime(time) };
  for (const draft of drafts) {
    const index = end.edge.size + composed.length;
    const keys = begin(store, draft, index, time, remembered);
    if (typeof keys === 'string') {
      refused.push({ id: draft.id, reason: keys });
      continue;
    }
    const spent = budgets.reserve(draft.reservations);
    if (draft.change !== null) changeState(statements, draft.change, time);
    const { entry, salt } = insert(store, draft, spent, keys, index, stamp);
    leaves.push(leafHashOf(entry));
    composed.push({ id: draft.id, index, entry, salt, spent });
  }
  if (composed.length === 0) {
    store.db.exec('ROLLBACK');
    return { written: [], refused };
  }

  budgets.write();
  const growth = grow(end.edge, leaves);
  const [first] = growth.nodes;
  if (first !== undefined) {
    statements.nodes.run(nodePlace(first.level, first.index), Buffer.concat(growth.nodes.map((node) => node.hash)));
  }
  const size = growth.edge.size;
  const note = signCheckpoint(size, edgeRoot(growth.edge), store.options.signer);
  statements.checkpoint.run(size, note, slots.next);
  statements.commit.run();
  store.checkFiles();

  store.end = { edge: growth.edge, time, head: { size, note } };
  // A crash before this: the entry says that keys are destroyed, and the next start destroys them.
  if (drafts.some((draft) => draft.change?.kind === 'erase')) finishErasures(store);
  const prove = inclusionProver(size, growth.at);
  // Neighbours share most of their proofs.
  const texts = new Map<NodeHash, string>();
  const written = composed.map(({ id, index, entry, salt, spent }) => {
    let proof = '';
    for (const hash of prove(index)) proof += textOf(texts, hash);
    return { id, index, entry, proof, salt, spent };
  });
  return { written, refused };
}

/**
 * Notes that an exchange begins or ends, which the store allows once each: promise "exactly one outcome per exchange".
 * @returns the keys to seal its details with, or why the draft cannot follow what is written.
 */
function begin(
  store: LedgerStore,
  draft: DraftMessage,
  index: number,
  now: Instant,
  remembered: Map<string, ExchangeSlots>,
): ExchangeSlots | string {
  const { statements } = store;
  const { kind, exchange, standing, change } = draft;
  if (change !== null) {
    const refused = erasingRefused(statements, change, now) ?? rulebookRefused(statements, change);
    if (refused !== null) return refused;
  }
  if (kind === 'asked') {
    const keys = freshSlots(store, draft);
    if (!insertExchange(store, draft, keys, { asked: index, closed: null })) return whyNotBegun(store, exchange);
    remembered.set(exchange, keys);
    return keys;
  }
  // Of an exchange that this process began there is nothing to look up.
  const open = remembered.get(exchange);
  const row = open === undefined ? statements.exchange.get(exchange) : undefined;
  const known = open ?? (row && storedSlots(store, row));
  const keys = freshSlots(store, draft, known);
  if (kind !== 'outcome') return keys;
  if (known === undefined)
    return insertExchange(store, draft, keys, { asked: null, closed: index }) ? keys : whyNotBegun(store, exchange);
  const legs = standing?.legs ?? row?.legs ?? '[]';
  const closed = statements.closed.run(standing?.outcome ?? null, legs, index, keys.subject?.id ?? null, exchange);
  remembered.delete(exchange);
  return closed.changes === 1 ? keys : 'the exchange has its outcome already';
}

/** False where id or idempotency key were there before. */
function insertExchange(
  { statements, options }: LedgerStore,
  { exchange, standing }: DraftMessage,
  keys: ExchangeSlots,
  at: { readonly asked: number | null; readonly closed: number | null },
): boolean {
  const { changes } = statements.begun.run(
    exchange,
    standing?.asker ?? null,
    standing?.key ?? null,
    standing?.request ?? null,
    standing?.outcome ?? null,
    standing?.legs ?? '[]',
    at.asked,
    at.closed,
    keys.accountability.id,
    keys.subject?.id ?? null,
    options.node,
  );
  return changes === 1;
}

function whyNotBegun({ statements }: LedgerStore, exchange: string): string {
  return statements.exchange.get(exchange) === undefined
    ? 'the idempotency key was used before'
    : 'the exchange was recorded before';
}

function insert(
  { statements, options }: LedgerStore,
  draft: DraftMessage,
  spent: readonly string[],
  keys: ExchangeSlots,
  index: number,
  { time, text }: { readonly time: Instant; readonly text: string },
): { entry: string; salt: string } {
  const { kind, exchange } = draft;
  const salt = draft.answer === null ? null : Buffer.from(options.random(SALT_BYTES));
  const answer = draft.answer === null || salt === null ? null : { digest: draft.answer, salt: toBase64(salt) };

  const seal = (slot: KeySlot, part: Part, text: string) =>
    sealDetails(slot.key, { kind, exchange, part }, text, options.random);
  const accountability = seal(keys.accountability, 'accountability', envelope(draft.accountability, answer, spent));
  const subject =
    draft.subject === null || keys.subject === null
      ? null
      : seal(keys.subject, 'subject', envelope(draft.subject, null, []));

  const composed = {
    v: 1,
    kind,
    exchange,
    time: text,
    accountability: detailsDigest(accountability),
    subject: subject === null ? null : detailsDigest(subject),
  } as const;
  const entry = entryText(
    draft.answer === null || salt === null ? composed : { ...composed, answer: answerCommitment(salt, draft.answer) },
  );
  statements.entry.run(
    index,
    kind,
    exchange,
    time,
    entry,
    keys.accountability.id,
    accountability,
    subject === null ? null : (keys.subject?.id ?? null),
    subject,
  );
  return { entry, salt: answer?.salt ?? '' };
}

function textOf(texts: Map<NodeHash, string>, hash: NodeHash): string {
  const known = texts.get(hash);
  if (known !== undefined) return known;
  const text = toBase64(hash);
  texts.set(hash, text);
  return text;
}

/** What is sealed: the details, and beside them what is needed to show the receipt again and which budgets were spent. */
function envelope(
  details: string,
  answer: { readonly digest: Digest; readonly salt: string } | null,
  spent: readonly string[],
): string {
  const before = answer === null ? '' : `"answer":{"digest":"${answer.digest}","salt":"${answer.salt}"},`;
  const after = spent.length === 0 ? '' : `,"spent":${JSON.stringify(spent)}`;
  return `{${before}"details":${details}${after}}`;
}

function freshSlots(
  { slots }: LedgerStore,
  { subject }: DraftMessage,
  known: Partial<ExchangeSlots> = {},
): ExchangeSlots {
  return {
    accountability: known.accountability ?? slots.take(),
    subject: known.subject ?? (subject === null ? null : slots.take()),
  };
}

/** Slots of an exchange that an earlier process began. A destroyed one is replaced by a fresh one. */
function storedSlots(store: LedgerStore, row: ExchangeRow): Partial<ExchangeSlots> {
  const accountability = store.slots.find(row.accountability_slot);
  const subject = row.subject_slot === null ? undefined : store.slots.find(row.subject_slot);
  return { ...(accountability && { accountability }), ...(subject && { subject }) };
}
