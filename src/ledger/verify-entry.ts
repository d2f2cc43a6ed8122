import { type Instant, isoTime } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import { detailsDigest, entryText, isDigest, isEntryKind, isExchangeText, parseEntry } from './compose.ts';
import { type ExchangeTurns, packExchange } from './exchange-turns.ts';
import type { StoredEntry, StoredPart } from './source.ts';
import { BadEntry } from './verify-codes.ts';

/** The newest time seen, as number and as entries write it: many neighbours share theirs. */
export interface EntryTimes {
  last: { readonly ms: Instant; readonly text: string } | null;
}

/**
 * Holds an entry's bytes against its columns and its sealed details.
 * @returns whether a part of the details can no longer be opened. @throws BadEntry.
 */
export function checkEntry(stored: StoredEntry, index: number, times: EntryTimes): 'erased' | 'kept' {
  if (stored.index !== index) throw new BadEntry(index, 'entry/index');
  const { bytes, details } = stored;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const [accountability, subject] = [digestOf(details?.accountability), digestOf(details?.subject)];
  const time = times.last?.ms === stored.time ? times.last.text : null;
  // Nearly all entries say exactly what columns and details make them say; only the others are taken apart.
  if (accountability === null || time === null || !saysExactly(text, stored, time, accountability, subject)) {
    takeApart(text, stored, index, times, accountability, subject);
  }
  return details?.accountability?.erased === true || details?.subject?.erased === true ? 'erased' : 'kept';
}

function digestOf(part: StoredPart | null | undefined): Digest | null {
  return part?.sealed == null ? null : detailsDigest(part.sealed);
}

/** Whether the entry is what its columns and details amount to, so that parsing could find nothing else. */
function saysExactly(
  text: string,
  { kind, exchange, details }: StoredEntry,
  time: string,
  accountability: Digest,
  subject: Digest | null,
): boolean {
  if ((details?.subject ?? null) !== null && subject === null) return false;
  if (!isEntryKind(kind) || !isExchangeText(exchange)) return false;
  const entry = { v: 1, kind, exchange, time, accountability, subject } as const;
  const answer = answerIn(text, 0);
  if (answer === undefined) return text === entryText(entry);
  return isDigest(answer) && text === entryText({ ...entry, answer });
}

const DIGEST_LENGTH = 'sha256:'.length + 64;
const BEFORE_ANSWER = '{"accountability":"",'.length + DIGEST_LENGTH;
const ANSWER = '"answer":"';

/** The commitment to an answer in the entry that begins at `at`: whatever stands in its place. */
export function answerIn(text: string, at: number): string | undefined {
  const start = at + BEFORE_ANSWER + ANSWER.length;
  return text.startsWith(ANSWER, at + BEFORE_ANSWER) ? text.slice(start, start + DIGEST_LENGTH) : undefined;
}

/** The same check step by step, which names what is wrong. */
function takeApart(
  text: string,
  stored: StoredEntry,
  index: number,
  times: EntryTimes,
  accountability: Digest | null,
  subject: Digest | null,
): void {
  const entry = parseEntry(text);
  if (entry === undefined) throw new BadEntry(index, 'entry/form');
  if (!isEntryKind(entry.kind)) throw new BadEntry(index, 'entry/kind');
  if (times.last?.ms !== stored.time) {
    if (!Number.isSafeInteger(stored.time) || Math.abs(stored.time) > 8.64e15) {
      throw new BadEntry(index, 'entry/columns');
    }
    if (times.last !== null && stored.time < times.last.ms) throw new BadEntry(index, 'entry/time');
    times.last = { ms: stored.time, text: isoTime(stored.time) };
  }
  if (entry.time !== times.last.text || entry.kind !== stored.kind || entry.exchange !== stored.exchange) {
    throw new BadEntry(index, 'entry/columns');
  }
  if (stored.details === null) return;
  checkPart(stored.details.accountability, entry.accountability, accountability, index);
  checkPart(stored.details.subject, entry.subject, subject, index);
}

function checkPart(part: StoredPart | null, commitment: Digest | null, digest: Digest | null, index: number): void {
  if (commitment === null) {
    if (part !== null) throw new BadEntry(index, 'details/undeclared');
    return;
  }
  if (digest === null) throw new BadEntry(index, 'details/missing');
  if (digest !== commitment) throw new BadEntry(index, 'details/altered');
}

const packed = new Uint32Array(4);

/** One asked at most, then one outcome; after the outcome neither. @throws BadEntry. */
export function checkTurn({ kind, exchange }: StoredEntry, index: number, turns: ExchangeTurns): void {
  if (kind !== 'asked' && kind !== 'outcome') return;
  packExchange(exchange, packed, 0);
  if (kind === 'asked' && !turns.asked(packed, 0)) throw new BadEntry(index, 'entry/second-asked');
  if (kind === 'outcome' && !turns.outcome(packed, 0)) throw new BadEntry(index, 'entry/second-outcome');
}
