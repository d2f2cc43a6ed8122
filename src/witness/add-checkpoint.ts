import type { Instant } from '../domain/time.ts';
import { cosign } from '../ledger/cosignature.ts';
import type { NoteSigner, NoteVerifier } from '../ledger/note.ts';
import { type Judgement, judgeAddCheckpoint, type Known, parseAddCheckpoint } from '../ledger/witnessing.ts';

/** What a witness remembers; `adapters/sqlite/witness-store.ts`. */
export interface Memory {
  latest(origin: string): (Known & { readonly note: string }) | null;
  advance(origin: string, known: Known | null, next: Known & { readonly note: string }): boolean;
  keepFork(origin: string, size: number, cosigned: string, other: string, seen: Instant): boolean;
}

export interface WitnessPorts {
  readonly memory: Memory;
  readonly signer: NoteSigner;
  /** The keys that count for an origin; empty where the log is not known. */
  keysOf(origin: string): readonly NoteVerifier[];
  /** Origins that are known. */
  readonly origins: readonly string[];
  now(): Instant;
  /** One line of the operational log. */
  log(event: string, fields: Readonly<Record<string, unknown>>): void;
}

/** What is sent back. */
export interface Reply {
  readonly status: 200 | Judgement['status'];
  readonly type: string;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';

/**
 * Answers one request of C2SP tlog-witness `add-checkpoint`. Runs without a pause from reading what is known to writing
 * what follows, and the store compares once more, so that no two requests can both go on from one state.
 * @param body as it was sent. @throws what the memory throws: then nothing was promised.
 */
export function addCheckpoint(body: string, ports: WitnessPorts): Reply {
  const { memory, signer, keysOf, log } = ports;
  const found: { known: (Known & { readonly note: string }) | null } = { known: null };
  const judged = judgeAddCheckpoint(body, keysOf, (origin) => {
    found.known = memory.latest(origin);
    return found.known;
  });
  if (judged.status === 409 || judged.status === 422) reportDoubt(judged, body, found.known, ports);
  if (judged.status === 409) return conflict(judged.size);
  if (judged.status !== 200) {
    if (judged.status !== 422) log('refused', { status: judged.status, reason: judged.reason });
    return { status: judged.status, type: TEXT, body: `${judged.reason}\n` };
  }

  const { checkpoint, text, signatures } = judged;
  const line = cosign(text, ports.now(), signer);
  const note = `${text}\n${signatures.map((signature) => signature.line).join('')}${line}`;
  // A crash before this: nothing was promised. After it, before the answer: the log learns by 409 how far this witness
  // is, and proves from there. It must never be the other way round.
  if (!memory.advance(checkpoint.origin, found.known, { size: checkpoint.size, root: checkpoint.root, note })) {
    return conflict(memory.latest(checkpoint.origin)?.size ?? 0);
  }
  log('cosigned', { origin: checkpoint.origin, size: checkpoint.size });
  return { status: 200, type: TEXT, body: line };
}

function conflict(size: number): Reply {
  return { status: 409, type: 'text/x.tlog.size', body: `${size}\n` };
}

/** The log signed what does not go with what it signed before. Said loudly; proof is kept. */
function reportDoubt(
  judged: Extract<Judgement, { status: 409 | 422 }>,
  body: string,
  known: (Known & { readonly note: string }) | null,
  { memory, log, now }: WitnessPorts,
): void {
  const note = parseAddCheckpoint(body)?.note ?? '';
  const { origin } = judged;
  if (judged.fork && known !== null) {
    const news = memory.keepFork(origin, known.size, known.note, note, now());
    log('fork', { origin, size: known.size, cosigned: known.note, other: note, news });
  } else if (judged.status === 422) {
    log('inconsistent', { origin, reason: judged.reason, known: known?.size ?? 0, note });
  } else {
    log('conflict', { origin, known: judged.size });
  }
}
