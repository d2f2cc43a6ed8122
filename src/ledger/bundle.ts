import { z } from 'zod';
import { digestOfJson } from '../domain/digest.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { Checkpoint } from './checkpoint.ts';
import { answerCommitment, isEntryKind, type ParsedEntry, parseEntry, SALT_BYTES } from './compose.ts';
import { isWitnessed, type WitnessPolicy } from './cosignature.ts';
import { type LogKeys, logKeys } from './log-keys.ts';
import { leafHash } from './merkle.ts';
import type { NoteVerifier } from './note.ts';
import { checkReceipt, RECEIPT_CODES } from './receipt-check.ts';
import { parseTlogProof, TLOG_PROOF_CODES, verifyTlogProof } from './tlog-proof.ts';

export const BUNDLE_TYPE = 'five-safes/evidence@v1';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);

/** One evidence bundle: all that is needed, beside the verifier key, to check that an exchange stands in the log. */
export const bundleShape = z.strictObject({
  type: z.literal(BUNDLE_TYPE),
  exchange: z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/),
  /** Ascending. Of an exchange: what was asked, and what came of it. Each with a C2SP tlog-proof, all to one checkpoint. */
  entries: z
    .array(z.strictObject({ entry: z.string().max(65_535), proof: z.string().max(131_072) }))
    .min(1)
    .max(64),
  /** What the outcome commits to. Null: nothing was answered yet, or it is not told. */
  answer: z.strictObject({ digest, salt: z.string().max(64) }).nullable(),
  /** The version that decided. The log commits to it in the sealed details alone, so that here it is the gateway's word. */
  rulebook: digest.nullable(),
  /** What `rulebook` is the digest of (RFC 8785): the texts of its pages, and the catalogue they are read with. */
  sources: z
    .strictObject({ files: z.record(z.string(), z.string()), catalogue: z.record(z.string(), z.json()) })
    .optional(),
  /** Published changes of the log's key, see log-keys.ts: absent where there was none. */
  keyChanges: z.string().max(1_048_576).optional(),
});
export type EvidenceBundle = z.output<typeof bundleShape>;

/** What can be wrong with a bundle. Closed list. */
export const BUNDLE_CODES = [
  'bundle/malformed',
  'bundle/keys',
  'bundle/entry',
  'bundle/exchange',
  'bundle/order',
  'bundle/turn',
  'bundle/checkpoint',
  'bundle/unwitnessed',
  'bundle/answer',
  'bundle/rulebook',
  ...TLOG_PROOF_CODES,
  ...RECEIPT_CODES,
] as const;
export type BundleCode = (typeof BUNDLE_CODES)[number];

/** The shape of `Verification` in verify.ts, of a bundle: `size` and `root` are those of its checkpoint. */
export interface BundleVerification {
  readonly verified: boolean;
  readonly entries: number;
  readonly open: number;
  readonly erased: number;
  readonly size: number;
  readonly root: string;
  readonly firstBad: { readonly index: number; readonly code: BundleCode } | null;
}

export interface BundleDemands {
  /** An answer or receipt, parsed: it must be of this exchange and stand in the same log. */
  readonly receipt?: unknown;
  /** So many of these witnesses must have signed the checkpoint. Absent: none need to. */
  readonly witnesses?: WitnessPolicy;
}

/** How a check ends early: thrown and caught in this file alone. */
class Bad extends Error {
  readonly index: number;
  readonly code: BundleCode;
  constructor(index: number, code: BundleCode) {
    super(code);
    this.index = index;
    this.code = code;
  }
}

interface Proven {
  readonly index: number;
  readonly text: string;
  readonly entry: ParsedEntry;
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/**
 * Checks a bundle with nothing but a verifier key: each entry's form and inclusion, the signature, that the entries
 * are one exchange's and in order, and that outcome, answer and rulebook belong together.
 * @param input parsed JSON. @param verifier any one key that the log has had: the bundle's `keyChanges` lead to the others.
 */
export function verifyBundle(input: unknown, verifier: NoteVerifier, demands: BundleDemands = {}): BundleVerification {
  const proven: Proven[] = [];
  let firstBad: BundleVerification['firstBad'] = null;
  try {
    const parsed = bundleShape.safeParse(input);
    if (!parsed.success) throw new Bad(0, 'bundle/malformed');
    const keys = logKeys(verifier, parsed.data.keyChanges ?? '');
    if (keys === undefined) throw new Bad(0, 'bundle/keys');
    checkAll(parsed.data, verifier, keys, demands, proven);
  } catch (thrown) {
    if (!(thrown instanceof Bad)) throw thrown;
    firstBad = { index: thrown.index, code: thrown.code };
  }
  const kinds = new Set(proven.map(({ entry }) => entry.kind));
  const last = proven.at(-1)?.checkpoint;
  return {
    verified: firstBad === null,
    entries: proven.length,
    open: kinds.has('asked') && !kinds.has('outcome') ? 1 : 0,
    erased: 0,
    size: last?.size ?? 0,
    root: last === undefined ? '' : toBase64(last.root),
    firstBad,
  };
}

function checkAll(
  bundle: EvidenceBundle,
  verifier: NoteVerifier,
  keys: LogKeys,
  demands: BundleDemands,
  proven: Proven[],
): void {
  for (const each of bundle.entries) {
    const found = prove(each, keys, proven.at(-1)?.index ?? -1);
    const { index, entry, note } = found;
    const before = proven.at(-1);
    if (entry.exchange !== bundle.exchange) throw new Bad(index, 'bundle/exchange');
    if (before !== undefined && (index <= before.index || entry.time < before.entry.time)) {
      throw new Bad(index, 'bundle/order');
    }
    const closed = proven.some((p) => p.entry.kind === 'outcome');
    const again = proven.some((p) => p.entry.kind === entry.kind);
    if ((entry.kind === 'asked' && (again || closed)) || (entry.kind === 'outcome' && again)) {
      throw new Bad(index, 'bundle/turn');
    }
    if (before !== undefined && note !== before.note) throw new Bad(index, 'bundle/checkpoint');
    if (!isWitnessed(note, demands.witnesses)) throw new Bad(index, 'bundle/unwitnessed');
    proven.push(found);
  }
  const first = proven[0]?.index ?? 0;
  const outcome = proven.find(({ entry }) => entry.kind === 'outcome');
  checkAnswer(bundle, outcome, first);
  const { rulebook, sources } = bundle;
  if (sources !== undefined && digestOfJson(sources) !== rulebook) throw new Bad(first, 'bundle/rulebook');
  if (demands.receipt !== undefined)
    checkReceiptToo(checkReceipt(demands.receipt, verifier, keys.open), outcome, first);
}

function prove(
  { entry: text, proof: written }: EvidenceBundle['entries'][number],
  keys: LogKeys,
  before: number,
): Proven {
  const proof = parseTlogProof(written);
  // Bytes that nothing authenticates have no place in evidence: whoever reads them would believe them.
  if (proof === undefined || proof.extra !== null) throw new Bad(before + 1, 'proof/malformed');
  const { index } = proof;
  const entry = parseEntry(text);
  if (entry === undefined || !isEntryKind(entry.kind)) throw new Bad(index, 'bundle/entry');
  const verified = verifyTlogProof(proof, leafHash(Buffer.from(text)), keys.open);
  if ('code' in verified) throw new Bad(index, verified.code);
  return { index, text, entry, note: proof.checkpoint, checkpoint: verified.checkpoint };
}

function checkAnswer({ answer }: EvidenceBundle, outcome: Proven | undefined, first: number): void {
  if (answer === null) return;
  const salt = fromBase64(answer.salt, SALT_BYTES);
  const fits = salt !== undefined && outcome?.entry.answer === answerCommitment(salt, answer.digest);
  if (!fits) throw new Bad(outcome?.index ?? first, 'bundle/answer');
}

function checkReceiptToo(receipt: ReturnType<typeof checkReceipt>, outcome: Proven | undefined, first: number): void {
  const index = outcome?.index ?? first;
  if ('code' in receipt) throw new Bad(index, receipt.code);
  if (outcome === undefined || receipt.index !== index || receipt.entry !== outcome.text) {
    throw new Bad(index, 'receipt/entry');
  }
  const { size, root } = receipt.checkpoint;
  // Trees of different sizes cannot be compared without the log; of one size there is one root.
  if (size === outcome.checkpoint.size && toBase64(root) !== toBase64(outcome.checkpoint.root)) {
    throw new Bad(index, 'receipt/root');
  }
}
