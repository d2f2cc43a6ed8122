import { hash } from 'node:crypto';
import { Fault } from '../domain/faults.ts';
import { type Instant, isoTime, SECOND } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import { ENTRY_KINDS, type Entry, type EntryKind } from './entry.ts';

/** What the answer's commitment is salted with, in bytes. */
export const SALT_BYTES = 16;
/** Clocks are corrected by small steps back; a larger one means that times can no longer be trusted. */
const STEP_BACK_MS = 1 * SECOND;

const DIGEST = 'sha256:[0-9a-f]{64}';
const EXCHANGE = '[0-7][0-9A-HJKMNP-TV-Z]{25}';
const [WHOLE_DIGEST, WHOLE_EXCHANGE] = [new RegExp(`^${DIGEST}$`), new RegExp(`^${EXCHANGE}$`)];
const TEXT = new RegExp(
  `^\\{"accountability":"(${DIGEST})",(?:"answer":"(${DIGEST})",)?"exchange":"(${EXCHANGE})",` +
    `"kind":"([a-z-]+)","subject":(?:null|"(${DIGEST})"),"time":"(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)","v":1\\}$`,
);

/**
 * RFC 8785 form of an entry. Its keys are few and its values hold nothing that JSON escapes, so it is written out here
 * in canonical order; a test holds it against the general function.
 */
export function entryText(entry: Entry): string {
  const answer = entry.answer === undefined ? '' : `"answer":"${entry.answer}",`;
  const subject = entry.subject === null ? 'null' : `"${entry.subject}"`;
  return (
    `{"accountability":"${entry.accountability}",${answer}"exchange":"${entry.exchange}",` +
    `"kind":"${entry.kind}","subject":${subject},"time":"${entry.time}","v":${entry.v}}`
  );
}

export type ParsedEntry = Omit<Entry, 'kind'> & { readonly kind: string };

/** The entry, where `text` is exactly what `entryText` writes; else undefined. The kind may be one of a later version. */
export function parseEntry(text: string): ParsedEntry | undefined {
  const match = TEXT.exec(text);
  if (match === null) return undefined;
  const [, accountability = '', answer, exchange = '', kind = '', subject, time = ''] = match;
  const entry = { v: 1, kind, exchange, time, accountability: asDigest(accountability) } as const;
  const parts = { ...entry, subject: subject === undefined ? null : asDigest(subject) };
  return answer === undefined ? parts : { ...parts, answer: asDigest(answer) };
}

/** Whether the text is written as an entry writes a digest. */
export function isDigest(text: string): text is Digest {
  return WHOLE_DIGEST.test(text);
}

/** Whether the text is written as an entry writes the id of an exchange. */
export function isExchangeText(text: string): boolean {
  return WHOLE_EXCHANGE.test(text);
}

export function isEntryKind(text: string): text is EntryKind {
  return (ENTRY_KINDS as readonly string[]).includes(text);
}

/** SHA-256 of salt and digest bytes: shows nothing of the answer to who has only the entry. */
export function answerCommitment(salt: Uint8Array, answer: Digest): Digest {
  return detailsDigest(Buffer.concat([salt, Buffer.from(answer.slice('sha256:'.length), 'hex')]));
}

/** SHA-256 of sealed bytes, as an entry states it. */
export function detailsDigest(sealed: Uint8Array): Digest {
  // One call instead of three: this runs for every part of every entry, written or verified.
  return `sha256:${hash('sha256', sealed, 'hex')}`;
}

/**
 * The time of the next entry: never before the last one's.
 * @param last of the newest entry, or null where there is none. @throws Fault('clock/untrusted') after a step back of more than a second.
 */
export function entryTime(now: Instant, last: Instant | null): Instant {
  if (!Number.isFinite(now)) throw new Fault('clock/untrusted', 'the clock gives no time');
  if (last === null || now >= last) return now;
  if (last - now > STEP_BACK_MS) {
    throw new Fault('clock/untrusted', `the clock says ${isoTime(now)}, the newest entry ${isoTime(last)}`);
  }
  return last;
}

function asDigest(text: string): Digest {
  return `sha256:${text.slice('sha256:'.length)}`;
}
