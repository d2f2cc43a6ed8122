import type { Detector, Span } from './spans.ts';
import { areClose, type Cut, type Piece, textOf, type Word } from './words.ts';

const GAP = ' -./()+';
const GAP_LONGEST = 3;
/** ITU-T E.164: 15 digits at most. */
const PHONE_MOST = 15;
const PHONE_LEAST = 7;
/** As subscribers' numbers are grouped. */
const PHONE_SIZES: ReadonlySet<string> = new Set(['3-4', '2-2-2-2', '3-3-3', '3-3-4']);
/** From so many digits on a number can name somebody, whatever it is. */
const TELLING = 9;
/** ISO/IEC 7812-1: card numbers as issued. */
const CARD_LEAST = 13;
const CARD_MOST = 19;
/** Engine and hull numbers, references: a long word with digits in it. */
const LONG_WORD = 12;
const LONG_WORD_DIGITS = 4;

/** Telephone numbers, payment cards, and other long numbers. */
export const detectNumbers: Detector = (cut, finds) => {
  if (cut.digits >= PHONE_LEAST) detectClusters(cut, finds);
  if (cut.digits < LONG_WORD_DIGITS) return;
  for (const word of cut.words) {
    if (word.end - word.start >= LONG_WORD && digitsIn(cut, word) >= LONG_WORD_DIGITS) {
      finds.push({ kind: 'number', start: word.start, end: word.end });
    }
  }
};

function digitsIn({ pieces }: Cut, word: Word): number {
  let digits = 0;
  for (let i = word.first; i < word.last; i++) {
    const piece = pieces[i];
    if (piece?.digits === true) digits += piece.end - piece.start;
  }
  return digits;
}

/** Groups of digits that a person reads as one number. */
function detectClusters(cut: Cut, finds: Span[]): void {
  let groups: Piece[] = [];
  let digits = 0;
  let previous: Piece | undefined;
  for (const piece of cut.pieces) {
    if (previous !== undefined && !(piece.digits && areClose(cut, previous, piece, GAP_LONGEST, GAP))) {
      if (digits >= PHONE_LEAST) told(cut, groups, digits, finds);
      groups = [];
      digits = 0;
      previous = undefined;
    }
    if (!piece.digits) continue;
    groups.push(piece);
    digits += piece.end - piece.start;
    previous = piece;
  }
  if (digits >= PHONE_LEAST) told(cut, groups, digits, finds);
}

function told(cut: Cut, groups: readonly Piece[], digits: number, finds: Span[]): void {
  const [first, last] = [groups[0], groups.at(-1)];
  if (first === undefined || last === undefined) return;
  if (isPhone(cut, first, groups, digits)) {
    // Its sign or parenthesis goes with it.
    const signed = '+('.includes(cut.folded.text.charAt(first.start - 1) || ' ') ? 1 : 0;
    finds.push({ kind: 'phone', start: first.start - signed, end: last.end });
  }
  if (digits >= TELLING) finds.push({ kind: 'number', start: first.start, end: last.end });
  if (digits < CARD_LEAST) return;
  for (let from = 0; from < groups.length; from++) {
    const card = cardAt(cut, groups, from);
    if (card !== undefined) finds.push(card);
  }
}

/** International, national with its 0, in parentheses, or grouped as subscribers' numbers are: 3-4 and 2-2-2-2. */
function isPhone(cut: Cut, first: Piece, groups: readonly Piece[], digits: number): boolean {
  if (digits > PHONE_MOST) return false;
  const before = cut.folded.text.charAt(first.start - 1);
  if (before === '+' || before === '(' || cut.folded.text.charAt(first.start) === '0') return true;
  return PHONE_SIZES.has(groups.map((group) => group.end - group.start).join('-'));
}

function cardAt(cut: Cut, groups: readonly Piece[], from: number): Span | undefined {
  let digits = '';
  for (let i = from; i < groups.length && i < from + CARD_MOST; i++) {
    const group = groups[i];
    const part = textOf(cut, group, CARD_MOST);
    digits += part;
    if (group === undefined || part === '' || digits.length > CARD_MOST) return undefined;
    if (digits.length >= CARD_LEAST && luhn(digits)) {
      return { kind: 'card', start: groups[from]?.start ?? group.start, end: group.end };
    }
  }
  return undefined;
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
