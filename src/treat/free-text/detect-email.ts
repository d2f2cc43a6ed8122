import { characterTest } from './characters.ts';
import type { Detector } from './spans.ts';

/** Ends of what can stand before `@` (RFC 5322 `atext` and dots, other scripts included) and of a host name. */
const isNotLocal = characterTest(/[\s@<>()[\],;:"]/u);
const isHost = characterTest(/[\p{L}\p{N}.-]/u);
const TOP_LABEL = /^\p{L}{2}/u;
/** RFC 1035 section 2.3.4. */
const LONGEST_HOST = 255;
/** Ways to write `@` so that programs do not see it. */
const AT = ['@', '(at)', '[at]', '{at}'];

/**
 * E-mail addresses: a host name with a dot behind `@` or `(at)`, with what stands before it, if anything. Host names are
 * read forwards from each `@` and names backwards to the one before, so no character is read more than twice.
 */
export const detectEmail: Detector = ({ folded: { text } }, finds) => {
  let barrier = 0;
  for (let at = nextMark(text, 0); at < text.length; at = nextMark(text, at + 1)) {
    const mark = AT.find((written) => text.startsWith(written, at));
    if (mark === undefined) continue;
    const hostStart = skipBlanks(text, at + mark.length, 1);
    let runEnd = hostStart;
    while (isHost(text, runEnd)) runEnd++;
    const end = hostStart + hostLength(text.slice(hostStart, Math.min(runEnd, hostStart + LONGEST_HOST)));
    if (end > hostStart) {
      let start = skipBlanks(text, at, -1);
      while (start > barrier && !isNotLocal(text, start - 1)) start--;
      finds.push({ kind: 'e-mail', start, end });
    }
    barrier = at + mark.length;
    at = barrier - 1;
  }
};

/** Where an `@` may be written; the length of the text where none is. */
function nextMark(text: string, from: number): number {
  const { length } = text;
  for (let at = from; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 64 || code === 40 || code === 91 || code === 123) return at;
  }
  return length;
}

/** At most two blanks, as in `name @ example.org`. */
function skipBlanks(text: string, from: number, step: 1 | -1): number {
  let at = from;
  for (let i = 0; i < 2 && text.charAt(step === 1 ? at : at - 1) === ' '; i++) at += step;
  return at;
}

/**
 * Up to the last label behind a dot that begins with two letters, so that `mail.example.01632` is no way around; 0: no host.
 */
function hostLength(run: string): number {
  let length = 0;
  for (let dot = run.indexOf('.'); dot !== -1; ) {
    const next = run.indexOf('.', dot + 1);
    if (TOP_LABEL.test(run.slice(dot + 1, dot + 3))) length = next === -1 ? run.length : next;
    dot = next;
  }
  return length > 0 && run.charAt(length - 1) === '-' ? length - 1 : length;
}
