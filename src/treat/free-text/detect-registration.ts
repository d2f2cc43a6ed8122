import type { Folded } from './fold.ts';
import type { Detector, Span } from './spans.ts';
import { areClose, type Cut, type Piece, textOf, type Word } from './words.ts';

/**
 * Forms of registrations in Europe as letters (L) and digits (D) with their numbers: AB12 CDE is L2D2L3. Groups of one
 * kind beside each other stay apart: M-AB 123 is L1L2D3. Personal and diplomatic plates have no form and are not found.
 */
const FORMS: readonly string[] = [
  'L2D2L3 L1D1L3 L1D2L3 L1D3L3 L3D1L1 L3D2L1 L3D3L1 L3D4 L3D3 L2D4', // GB, and much of Europe with three or four digits
  'D2L1D1 D2L1D2 D2L1D3 D2L1D4 D2L1D5 D2L1D6 D3L1D1 D3L1D2 D3L1D3 D3L1D4 D3L1D5 D3L1D6 D2L2D3 D2L2D4 D3L2D3 D3L2D4', // IE
  'L2D2D2 D2D2L2 D2L2D2 L2D2L2 L2L2D2 D2L2L2 D2L3D1 D1L3D2 L2D3L1 L1D3L2 L3D2L1 L1D2L3 D1L2D3 D3L2D1', // NL, PT
  'L1L1D1 L1L1D2 L1L1D3 L1L1D4 L1L2D1 L1L2D2 L1L2D3 L1L2D4 L2L1D1 L2L1D2 L2L1D3 L2L1D4 L2L2D1 L2L2D2 L2L2D3 L2L2D4', // DE
  'L3L1D1 L3L1D2 L3L1D3 L3L1D4 L3L2D1 L3L2D2 L3L2D3 L1L2D3L1 L1L2D4L1 L2L2D3L1 L2L1D3L1 L2L1D4L1 L3L1D3L1', // DE, with H or E
  'L2D3L2 D3L2D2 D4L2D2 D3L3D2 D2L2D2', // FR, IT
  'D1L3D3 L3D3 D3L3', // BE
  'D4L3 L1D4L1 L1D4L2 L2D4L1 L2D4L2', // ES
  'L2D5 L2D4L1 L2D3L2 L2D1L1D3 L2D2L1D2 L2D1L2D2 L3D5 L3D4L1 L3D3L2 L3L1D3 L3D2L1D1 L3D1L1D2 L3D2L2 L3L1D2L1 L3D1L1D3', // PL
  'L3D3 L3D2L1 L3D2 L3D1', // SE, FI
  'L2D2D3 L2D5 D3L3 L1D1L1D4 D1L1D1D4 D1L1D5 D1L2D4 L2L2D3 L2D3L1 L2D2L3 L1D2L3 L1D3L3 L2D4L2 L2D6', // DK NO EE CZ HU RO BG CH
  'L1D5L1 L1D4L1 L1D3L2 L2D3L1 L2D4L1 L1D5 L1D6 L2D3 L1D3L1', // AT, and dealers' own
].flatMap((line) => line.split(' '));
const MOST_PIECES = 4;
const MOST_CHARACTERS = 9;
const LONGEST_PIECE = 7;
/** One piece in a form: four bits, so that a form is a small number. */
const BITS = 4;
const DIGITS = LONGEST_PIECE + 1;

const NONE = 0;
/** What a form can begin with: most words of a text begin none. */
const BEGINNING = 1;
const WHOLE = 2;
/** Per form as a number: whether it is a beginning or a form. */
const KINDS: Uint8Array = kindsOf(FORMS);

/** `EUR 450` and `200 KM` have the form of a registration and are none. */
const UNITS: ReadonlySet<string> = new Set(
  'eur gbp usd chf sek nok dkk pln czk huf ron bgn kmh mph rpm ccm mwst vat inc gmbh'.split(' '),
);
const LONGEST_UNIT = 4;
const GAP = ' -.';

function kindsOf(forms: readonly string[]): Uint8Array {
  const kinds = new Uint8Array(1 << (BITS * MOST_PIECES));
  for (const form of forms) {
    let number = 0;
    for (const [, sort, length] of form.matchAll(/([LD])(\d)/g)) {
      number = (number << BITS) | (sort === 'D' ? DIGITS : 0) | Number(length);
      if (kinds[number] === NONE) kinds[number] = BEGINNING;
    }
    kinds[number] = WHOLE;
  }
  return kinds;
}

/**
 * Registrations. `we do 12` has the form of a German one, so letters must be of one case, and what stands before the first
 * blank must be in capitals or hold a hyphen or a letter that touches a digit. `225/45 R17` is a tyre.
 */
export const detectRegistration: Detector = (cut, finds) => {
  if (cut.digits === 0) return;
  for (const word of cut.words) registrationsAt(cut, word, finds);
};

function registrationsAt(cut: Cut, word: Word, finds: Span[]): void {
  let form = 0;
  let characters = 0;
  let blank = false;
  let joined = false;
  let previous: Piece | undefined;
  for (let i = word.first; i < word.first + MOST_PIECES; i++) {
    const piece = cut.pieces[i];
    if (piece === undefined) return;
    const length = piece.end - piece.start;
    characters += length;
    form = (form << BITS) | (piece.digits ? DIGITS : 0) | length;
    if (length > LONGEST_PIECE || characters > MOST_CHARACTERS || KINDS[form] === NONE) return;
    if (previous !== undefined) {
      if (!areClose(cut, previous, piece, 1, GAP)) return;
      if (piece.start > previous.end && cut.folded.text.charAt(previous.end) === ' ') blank = true;
      else if (!blank) joined = true;
    }
    previous = piece;
    if (KINDS[form] === WHOLE && isShown(cut, word, piece, joined) && !isOther(cut, word, i)) {
      finds.push({ kind: 'registration', start: word.start, end: piece.end });
    }
  }
}

function isShown(cut: Cut, word: Word, last: Piece, joined: boolean): boolean {
  if (cut.words[last.word]?.end !== last.end) return false;
  const { folded } = cut;
  return folded.isUpright(word.start, last.end) || (joined && isSmall(folded, word.start, last.end));
}

/** No capital among them; or they touch, and then case says nothing. */
function isSmall(folded: Folded, start: number, end: number): boolean {
  const text = folded.text.slice(start, end);
  if (!text.includes(' ')) return true;
  return [...text].every((char, i) => !folded.isUpright(start + i, start + i + 1) || !/[a-z]/.test(char));
}

/** @param last number of the last piece that would be part of the registration. */
function isOther(cut: Cut, word: Word, last: number): boolean {
  if (/\d\/$/.test(cut.folded.text.slice(Math.max(0, word.start - 2), word.start))) return true;
  return cut.pieces.slice(word.first, last + 1).some((piece) => UNITS.has(textOf(cut, piece, LONGEST_UNIT)));
}
