import type { Detector, Span } from './spans.ts';
import type { Cut, Word } from './words.ts';

const VIN_LENGTH = 17;
/** A whole number is not a VIN; letters with few digits are a word. I, O and Q are let pass, since people type them. */
const VIN_DIGITS = 4;
const VIN_DIGITS_IN_GROUPS = 5;
/** Of what stands between groups, one character at a time is let pass. */
const PLAIN = /^[a-z0-9 .-]*$/;

/** Chassis numbers (ISO 3779) of 17 characters, written together or in groups. The check digit is no help: in Europe most fail it. */
export const detectVin: Detector = (cut, finds) => {
  if (cut.digits < VIN_DIGITS) return;
  for (let i = 0; i < cut.words.length; i++) {
    const found = vinAt(cut, i);
    if (found !== undefined) finds.push(found);
  }
};

function vinAt(cut: Cut, from: number): Span | undefined {
  const first = cut.words[from];
  if (first === undefined) return undefined;
  let length = 0;
  let previous: Word | undefined;
  for (let i = from; ; i++) {
    const word = cut.words[i];
    if (word === undefined) return undefined;
    length += word.end - word.start;
    if (length > VIN_LENGTH || (previous !== undefined && word.start - previous.end > 1)) return undefined;
    if (length === VIN_LENGTH)
      return isVin(cut, first, word) ? { kind: 'vin', start: first.start, end: word.end } : undefined;
    previous = word;
  }
}

function isVin(cut: Cut, first: Word, last: Word): boolean {
  let digits = 0;
  for (let i = first.first; i < last.last; i++) {
    const piece = cut.pieces[i];
    if (piece?.digits === true) digits += piece.end - piece.start;
  }
  if (digits < (first === last ? VIN_DIGITS : VIN_DIGITS_IN_GROUPS) || digits === VIN_LENGTH) return false;
  // Prose in groups could happen to have the length: a number written so is in capitals.
  const plausible = first === last || cut.folded.isUpright(first.start, last.end);
  return plausible && PLAIN.test(cut.folded.text.slice(first.start, last.end));
}
