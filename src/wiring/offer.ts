import type { Cosigner } from '../adapters/cosigners/post-checkpoint.ts';
import type { Growth } from '../adapters/sqlite/growth.ts';
import { type Instant, MINUTE } from '../domain/time.ts';
import { type Cosignature, cosignaturesBy, parseSignatureLines } from '../ledger/cosignature.ts';
import { type NoteVerifier, splitNote } from '../ledger/note.ts';
import { addCheckpointBody } from '../ledger/witnessing.ts';

/** A checkpoint of ours. */
export interface Head {
  readonly size: number;
  readonly note: string;
}

export type Offered =
  | { readonly cosignature: Cosignature }
  /** Why there is none, for operators. `grave`: the witness holds that the log is not what it was. */
  | { readonly problem: string; readonly grave: boolean };

/** A clock further off than this says nothing about when the checkpoint was seen. */
const CLOCK_OFF_MS = 5 * MINUTE;
/** The first try, one after a 409, and one where somebody else was faster. */
const TRIES = 3;

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'the witness did not understand the request',
  403: 'the witness does not trust the key of this log, or not yet',
  404: 'the witness does not know this log',
};

/**
 * Offers a checkpoint to one witness, proving that it grew out of the last one that the witness cosigned.
 * @param from size at which it cosigned last, as far as we know; a 409 tells better.
 */
export async function offer(
  head: Head,
  from: number,
  witness: NoteVerifier,
  cosigner: Cosigner,
  read: <T>(work: (growth: Growth) => T) => T,
  now: () => Instant,
): Promise<Offered> {
  let oldSize = Math.min(from, head.size);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const start = oldSize;
    const proof = start === 0 || start === head.size ? [] : read((growth) => growth.consistency(start, head.size));
    const answer = await cosigner.post(addCheckpointBody({ oldSize, proof, note: head.note }));
    if (answer.kind === 'unreachable') return { problem: answer.reason, grave: false };
    if (answer.kind === 'cosigned') return accepted(answer.lines, head, witness, now());
    if (answer.kind === 'refused') return refused(answer.status);
    if (answer.size > head.size) {
      const problem = `the witness has seen ${answer.size} entries of this log, and here there are ${head.size}: the log was cut, or restored from an older copy`;
      return { problem, grave: true };
    }
    if (answer.size === oldSize) return { problem: 'the witness contradicts itself about the last size', grave: false };
    oldSize = answer.size;
  }
  return { problem: 'the witness names another last size each time', grave: false };
}

function refused(status: number): Offered {
  if (status === 422) {
    const problem = 'the witness cosigned another history of this log: the log forked, or was written anew';
    return { problem, grave: true };
  }
  return { problem: REFUSALS[status] ?? `the witness answered with status ${status}`, grave: false };
}

function accepted(lines: string, head: Head, witness: NoteVerifier, now: Instant): Offered {
  const text = splitNote(head.note)?.text ?? '';
  const [cosignature] = cosignaturesBy(witness, text, parseSignatureLines(lines) ?? []) ?? [];
  if (cosignature === undefined)
    return { problem: 'the witness sent no cosignature of its key that holds', grave: false };
  if (Math.abs(cosignature.time - now) <= CLOCK_OFF_MS) return { cosignature };
  return { problem: 'the clock of the witness is more than five minutes off ours', grave: false };
}
