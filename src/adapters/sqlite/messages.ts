import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Appended, EntryDraft } from '../../ledger/entry.ts';
import type { DraftMessage, Head, WrittenMessage } from './protocol.ts';

/** Characters of 32 bytes in base64. */
const PROOF_STEP = 44;

/** A draft as it travels to the writer. */
export function messageOf(id: number, draft: EntryDraft): DraftMessage {
  const { kind, exchange, standing } = draft;
  return {
    id,
    kind,
    exchange,
    accountability: canonicalJson(draft.accountability),
    subject: draft.subject === null ? null : canonicalJson(draft.subject),
    answer: draft.answer ?? null,
    reservations: draft.reservations ?? [],
    change: draft.change ?? null,
    standing:
      standing === undefined
        ? null
        : {
            asker: standing.asker,
            outcome: standing.outcome,
            legs: canonicalJson(standing.legs),
            key: standing.idempotency?.key ?? null,
            request: standing.idempotency?.request ?? null,
          },
  };
}

/** What the writer wrote, as the caller of `append` gets it. */
export function appendedOf(written: WrittenMessage, head: Head | null): Appended {
  const proof: string[] = [];
  for (let at = 0; at < written.proof.length; at += PROOF_STEP) proof.push(written.proof.slice(at, at + PROOF_STEP));
  const { index, entry, salt, spent } = written;
  return { index, entry, checkpoint: head?.note ?? '', proof, salt, spent };
}
