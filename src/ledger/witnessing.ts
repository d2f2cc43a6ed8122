import { createHash, verify } from 'node:crypto';
import { fromBase64, toBase64 } from './base64.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { isBy, type NoteSignature, type NoteVerifier, splitNote } from './note.ts';
import { verifyConsistency } from './proof.ts';

/** What a witness makes of a request: C2SP tlog-witness, `add-checkpoint`. Pure; who calls it remembers and signs. */

/** C2SP tlog-witness: more lines are never sent. */
const MOST_PROOF_LINES = 63;

export interface AddCheckpoint {
  /** Of the checkpoint that the log believes was the last one here. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  /** The checkpoint, signed. */
  readonly note: string;
}

/** The last checkpoint of a log that this witness cosigned. */
export interface Known {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

export type Judgement =
  | {
      readonly status: 200;
      readonly checkpoint: Checkpoint;
      /** What is to be cosigned. */
      readonly text: string;
      /** The log's own signatures, those that were checked. */
      readonly signatures: readonly NoteSignature[];
    }
  | { readonly status: 400 | 403 | 404; readonly reason: string }
  /** `size`: of the last checkpoint cosigned here; 0 where there is none. */
  | { readonly status: 409; readonly size: number; readonly fork: boolean; readonly origin: string }
  /** `fork`: two signed checkpoints of one size with different roots are a proof by themselves that the log forked. */
  | { readonly status: 422; readonly reason: string; readonly fork: boolean; readonly origin: string };

const EMPTY_ROOT = createHash('sha256').digest();

/** @returns undefined where `body` is not exactly a request: old size line, proof lines, empty line, signed note. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const end = body.indexOf('\n\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const size = /^old (0|[1-9][0-9]{0,15})$/.exec(first)?.[1];
  const proof = lines.map((line) => fromBase64(line, 32)).filter((hash) => hash !== undefined);
  if (size === undefined || !Number.isSafeInteger(Number(size))) return undefined;
  if (proof.length !== lines.length || lines.length > MOST_PROOF_LINES) return undefined;
  return { oldSize: Number(size), proof, note: body.slice(end + 2) };
}

/** What `parseAddCheckpoint` reads. */
export function addCheckpointBody({ oldSize, proof, note }: AddCheckpoint): string {
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/**
 * Whether a checkpoint may be cosigned.
 * @param keysOf the keys that this witness trusts for an origin; empty where it does not know the log.
 * @param latest what was cosigned last of that origin, or null. Who accepts must store the new checkpoint only if this is
 * still the latest then, and before anything is answered.
 */
export function judgeAddCheckpoint(
  body: string,
  keysOf: (origin: string) => readonly NoteVerifier[],
  latest: (origin: string) => Known | null,
): Judgement {
  const request = parseAddCheckpoint(body);
  const parts = request === undefined ? undefined : splitNote(request.note);
  const checkpoint = parts === undefined ? undefined : parseCheckpoint(parts.text, true);
  if (request === undefined || parts === undefined || checkpoint === undefined) {
    return { status: 400, reason: 'not a request to add a checkpoint' };
  }
  const { origin, size, root } = checkpoint;
  const keys = keysOf(origin);
  if (keys.length === 0) return { status: 404, reason: 'the log is not known here' };
  const signatures = parts.signatures.filter((signature) => keys.some((key) => isBy(signature, key)));
  const hold = signatures.every((signature) =>
    keys.every(
      (key) => !isBy(signature, key) || verify(null, Buffer.from(parts.text), key.publicKey, signature.signature),
    ),
  );
  if (signatures.length === 0 || !hold) return { status: 403, reason: 'no signature of a trusted key holds' };

  const { oldSize, proof } = request;
  if (oldSize > size) return { status: 400, reason: 'the old size is beyond the checkpoint' };
  const known = latest(origin);
  const fork = known?.size === size && Buffer.compare(known.root, root) !== 0;
  if (oldSize !== (known?.size ?? 0)) return { status: 409, size: known?.size ?? 0, fork, origin };
  const refuse = (reason: string): Judgement => ({ status: 422, reason, fork, origin });
  if (size === 0 && Buffer.compare(root, EMPTY_ROOT) !== 0) return refuse('the empty tree has another root');
  if (fork) return refuse('another root was cosigned for this size');
  // The empty tree is a beginning of any other: nothing to prove, and nothing may be sent.
  const consistent =
    oldSize === 0 || known === null ? proof.length === 0 : verifyConsistency(oldSize, known.root, size, root, proof);
  if (!consistent) return refuse('the proof does not lead from the checkpoint that was cosigned last to this one');
  return { status: 200, checkpoint, text: parts.text, signatures };
}

/** Under which a witness serves what it cosigned: SHA-256 of the origin, in lower-case hex. */
export function originHash(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}
