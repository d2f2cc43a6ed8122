import type { Detector, Span } from './spans.ts';
import { type Cut, gapBetween, type Piece, textOf } from './words.ts';

/** Groups of digits that a person reads as one number. */
interface Cluster {
  readonly groups: readonly Piece[];
  readonly digits: number;
}

const GAP = /^[ \-./()+]{1,3}$/;
/** ITU-T E.164: 15 digits at most. */
const PHONE_MOST = 15;
const PHONE_LEAST = 7;
/** From so many digits on a number can name somebody, whatever it is. */
const TELLING = 9;
/** ISO/IEC 7812-1: card numbers as issued. */
const CARD_LEAST = 13;
const CARD_MOST = 19;
/** Engine and hull numbers, references: a long word with digits in it. */
const LONG_WORD = 12;
const LONG_WORD_DIGITS = 4;

/** Telephone numbers, payment cards, and other long numbers. */
export const detectNumbers: Detector = (cut) => {
  const spans: Span[] = [];
  for (const cluster of clusters(cut)) {
    const [first, last] = [cluster.groups[0], cluster.groups.at(-1)];
    if (first === undefined || last === undefined) continue;
    if (isPhone(cut, cluster)) {
      // Its sign or parenthesis goes with it.
      const signed = '+('.includes(cut.folded.text.charAt(first.start - 1) || ' ') ? 1 : 0;
      spans.push({ kind: 'phone', start: first.start - signed, end: last.end });
    }
    if (cluster.digits >= TELLING) spans.push({ kind: 'number', start: first.start, end: last.end });
    if (cluster.digits >= CARD_LEAST) for (const card of cards(cut, cluster)) spans.push(card);
  }
  for (const word of cut.words) {
    if (word.end - word.start < LONG_WORD) continue;
    let digits = 0;
    for (const piece of cut.pieces.slice(word.first, word.last)) if (piece.digits) digits += piece.end - piece.start;
    if (digits >= LONG_WORD_DIGITS) spans.push({ kind: 'number', start: word.start, end: word.end });
  }
  return spans;
};

function clusters(cut: Cut): readonly Cluster[] {
  const found: Cluster[] = [];
  let groups: Piece[] = [];
  let digits = 0;
  const close = () => {
    if (digits >= PHONE_LEAST) found.push({ groups, digits });
    groups = [];
    digits = 0;
  };
  for (const piece of cut.pieces) {
    if (!piece.digits) close();
    else {
      if (groups.length > 0 && !GAP.test(gapBetween(cut, groups.at(-1), piece, 3) ?? '')) close();
      groups.push(piece);
      digits += piece.end - piece.start;
    }
  }
  close();
  return found;
}

/** International, national with its 0, in parentheses, or grouped as subscribers' numbers are: 3-4 and 2-2-2-2. */
function isPhone(cut: Cut, { groups, digits }: Cluster): boolean {
  const [first] = groups;
  if (first === undefined || digits > PHONE_MOST) return false;
  const before = cut.folded.text.charAt(first.start - 1);
  if (before === '+' || before === '(' || cut.folded.text.charAt(first.start) === '0') return true;
  const sizes = groups.map((group) => group.end - group.start).join('-');
  return sizes === '3-4' || sizes === '2-2-2-2' || sizes === '3-3-3' || sizes === '3-3-4';
}

function cards(cut: Cut, { groups }: Cluster): readonly Span[] {
  return groups.flatMap((first, i) => {
    let digits = '';
    for (const group of groups.slice(i, i + CARD_MOST)) {
      digits += textOf(cut, group, CARD_MOST) || ' '.repeat(CARD_MOST + 1);
      if (digits.length > CARD_MOST) return [];
      if (digits.length >= CARD_LEAST && luhn(digits)) {
        return [{ kind: 'card' as const, start: first.start, end: group.end }];
      }
    }
    return [];
  });
}

/** ISO/IEC 7812-1 annex B: from the right every second digit doubled, its digits added; the sum ends in 0. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.charAt(digits.length - 1 - i)) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
