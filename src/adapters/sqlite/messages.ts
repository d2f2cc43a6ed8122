import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Appended, EntryDraft } from '../../ledger/entry.ts';
import type { DraftMessage, Head, PackedDraft, PackedWritten, WrittenMessage } from './protocol.ts';

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

export function packedDraft(draft: DraftMessage): PackedDraft {
  const { id, kind, exchange, accountability, subject, answer, standing, reservations, change } = draft;
  return [
    id,
    kind,
    exchange,
    accountability,
    subject,
    answer,
    standing?.asker ?? null,
    standing?.outcome ?? null,
    standing?.legs ?? '[]',
    standing?.key ?? null,
    standing?.request ?? null,
    standing !== null,
    reservations.length === 0 ? null : JSON.stringify(reservations),
    change === null ? null : JSON.stringify(change),
  ];
}

export function unpackedDraft(packed: PackedDraft): DraftMessage {
  const [id, kind, exchange, accountability, subject, answer, asker, outcome, legs, key, request, stands] = packed;
  const [reservations, change] = packed.slice(-2);
  return {
    id,
    kind,
    exchange,
    accountability,
    subject,
    answer,
    standing: stands ? { asker, outcome, legs, key, request } : null,
    reservations: typeof reservations === 'string' ? JSON.parse(reservations) : [],
    change: typeof change === 'string' ? JSON.parse(change) : null,
  };
}

export function packedWritten({ id, index, entry, proof, salt, spent }: WrittenMessage): PackedWritten {
  return [id, index, entry, proof, salt, spent.join(' ')];
}

export function unpackedWritten([id, index, entry, proof, salt, spent]: PackedWritten): WrittenMessage {
  return { id, index, entry, proof, salt, spent: spent === '' ? [] : spent.split(' ') };
}
