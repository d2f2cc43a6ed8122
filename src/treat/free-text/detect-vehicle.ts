import type { Detector, Span } from './spans.ts';
import { type Cut, gapBetween, type Piece, textOf, type Word } from './words.ts';

const VIN_LENGTH = 17;
/** A whole number is not a VIN; letters with few digits are a word. I, O and Q are let pass, since people type them. */
const VIN_DIGITS = 4;
const VIN_DIGITS_IN_GROUPS = 5;
const GAPS: ReadonlySet<string> = new Set(['', ' ', '-', '.']);
const NONE: readonly Span[] = [];

/** Chassis numbers (ISO 3779) of 17 characters, written together or in groups. The check digit is no help: in Europe most fail it. */
export const detectVin: Detector = (cut) => cut.words.flatMap((_, i) => vinAt(cut, i));

function vinAt(cut: Cut, from: number): readonly Span[] {
  const first = cut.words[from];
  let text = '';
  let previous: Word | undefined;
  for (let i = from; i < from + VIN_LENGTH; i++) {
    const word = cut.words[i];
    if (first === undefined || word === undefined) return [];
    if (previous !== undefined && !GAPS.has(gapBetween(cut, previous, word, 1) ?? '?')) return [];
    const part = textOf(cut, word, VIN_LENGTH);
    text += part;
    if (part === '' || text.length > VIN_LENGTH) return [];
    if (text.length === VIN_LENGTH) {
      const span = { kind: 'vin' as const, start: first.start, end: word.end };
      // Prose in groups could happen to have the length: a number written so is in capitals.
      const [least, plausible] = word === first ? [VIN_DIGITS, true] : [VIN_DIGITS_IN_GROUPS, isUpright(cut, span)];
      return plausible && hasDigits(text, least) ? [span] : [];
    }
    previous = word;
  }
  return [];
}

function hasDigits(vin: string, least: number): boolean {
  const digits = vin.replace(/[^0-9]/g, '').length;
  return /^[a-z0-9]*$/.test(vin) && digits >= least && digits < VIN_LENGTH;
}

/**
 * Forms of registrations in Europe as letters (L) and digits (D) with their numbers: AB12 CDE is L2D2L3. Groups of one
 * kind beside each other stay apart: M-AB 123 is L1L2D3. Personal and diplomatic plates have no form and are not found.
 */
const FORMS: ReadonlySet<string> = new Set(
  [
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
  ].flatMap((line) => line.split(' ')),
);
/** What a form can begin with: most words of a text begin none. */
const BEGINNINGS: ReadonlySet<string> = new Set(
  [...FORMS].flatMap((form) => Array.from({ length: form.length / 2 }, (_, i) => form.slice(0, 2 * i + 2))),
);
const MOST_PIECES = 4;
const MOST_CHARACTERS = 9;
/** `EUR 450` and `200 KM` have the form of a registration and are none. */
const UNITS: ReadonlySet<string> = new Set(
  'eur gbp usd chf sek nok dkk pln czk huf ron bgn kmh mph rpm ccm mwst vat inc gmbh'.split(' '),
);

/**
 * Registrations. `we do 12` has the form of a German one, so letters must be of one case, and what stands before the first
 * blank must be in capitals or hold a hyphen or a letter that touches a digit. `225/45 R17` is a tyre.
 */
export const detectRegistration: Detector = (cut) => cut.words.flatMap((word) => registrationsAt(cut, word));

function registrationsAt(cut: Cut, word: Word): readonly Span[] {
  if (!BEGINNINGS.has(formOf(cut.pieces[word.first]))) return NONE;
  if (/\d\/$/.test(cut.folded.text.slice(Math.max(0, word.start - 2), word.start))) return NONE;
  const spans: Span[] = [];
  let form = '';
  let characters = 0;
  let blank = false;
  let joined = false;
  const pieces = cut.pieces.slice(word.first, word.first + MOST_PIECES);
  for (const [i, piece] of pieces.entries()) {
    const gap = i === 0 ? '' : gapBetween(cut, pieces[i - 1], piece, 1);
    if (gap === undefined || !GAPS.has(gap) || UNITS.has(textOf(cut, piece, 4))) break;
    if (gap === ' ') blank = true;
    else if (i > 0 && !blank) joined = true;
    const length = piece.end - piece.start;
    characters += length;
    if (characters > MOST_CHARACTERS) break;
    form += formOf(piece);
    if (!BEGINNINGS.has(form)) break;
    const span = { kind: 'registration' as const, start: word.start, end: piece.end };
    const endsWord = cut.words[piece.word]?.end === piece.end;
    if (endsWord && FORMS.has(form) && (isUpright(cut, span) || (joined && isSmall(cut, span)))) spans.push(span);
  }
  return spans;
}

function formOf(piece: Piece | undefined): string {
  return piece === undefined ? '' : `${piece.digits ? 'D' : 'L'}${piece.end - piece.start}`;
}

/** No small letter among them. */
function isUpright({ folded }: Cut, { start, end }: Span): boolean {
  return folded.isUpright(start, end);
}

/** No capital among them; or they touch, and then case says nothing. */
function isSmall({ folded }: Cut, { start, end }: Span): boolean {
  const text = folded.text.slice(start, end);
  if (!text.includes(' ')) return true;
  return [...text].every((char, i) => !folded.isUpright(start + i, start + i + 1) || !/[a-z]/.test(char));
}
