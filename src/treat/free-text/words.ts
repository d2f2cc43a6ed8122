import type { Folded } from './fold.ts';
import { HASH_OF_NOTHING, hashed } from './hash.ts';

/** A run of letters or a run of digits. Places are in the folded text. */
export interface Piece {
  readonly digits: boolean;
  readonly start: number;
  readonly end: number;
  /** Which word it is part of. */
  readonly word: number;
}

/** Pieces that stand together without a gap: `AB12` is one word of two pieces. */
export interface Word {
  readonly start: number;
  readonly end: number;
  /** First piece, and one past the last. */
  readonly first: number;
  readonly last: number;
  /** Of its characters, by `hash.ts`. */
  readonly hash: number;
}

/** A folded text cut up once, for all detectors. */
export interface Cut {
  readonly folded: Folded;
  readonly pieces: readonly Piece[];
  readonly words: readonly Word[];
  /** How many digits there are: without any, most of what has a form cannot be. */
  readonly digits: number;
}

/** What a character is part of: what stands between words, a run of letters, a run of digits. */
const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const LETTERS = /[\p{L}\p{N}]/u;
/** ASCII as it is once folded: no capitals. */
const SORTS = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return DIGIT;
  return code >= 97 && code <= 122 ? LETTER : OTHER;
});

export function cut(folded: Folded): Cut {
  const { text } = folded;
  const { length } = text;
  const pieces: Piece[] = [];
  const words: Word[] = [];
  let digits = 0;
  // The current word: where it begins, the number of its first piece, what has been read of it.
  let wordStart = 0;
  let first = 0;
  let hash = HASH_OF_NOTHING;
  // The current piece: where it begins, what it consists of.
  let start = 0;
  let own: number = OTHER;
  for (let at = 0; at <= length; at++) {
    const code = at < length ? text.charCodeAt(at) : END;
    const sort = code < 128 ? (SORTS[code] ?? OTHER) : sortOfOther(text, at);
    if (sort !== own) {
      if (own === OTHER) {
        wordStart = at;
        first = pieces.length;
        hash = HASH_OF_NOTHING;
      } else {
        if (own === DIGIT) digits += at - start;
        pieces.push({ digits: own === DIGIT, start, end: at, word: words.length });
        if (sort === OTHER) words.push({ start: wordStart, end: at, first, last: pieces.length, hash });
      }
      start = at;
      own = sort;
    }
    hash = hashed(hash, code);
    if (code >= HIGH && isPair(text, at)) {
      at++;
      hash = hashed(hash, text.charCodeAt(at));
    }
  }
  return { folded, pieces, words, digits };
}

/** Stands between words, and behind the last. */
const END = 32;
/** First of the UTF-16 units that begin a pair. */
const HIGH = 0xd800;

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

function sortOfOther(text: string, at: number): number {
  return LETTERS.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) ? LETTER : OTHER;
}

/** The text of a piece, word or longer stretch. @param longest a longer one gives '', so that no detector copies it. */
export function textOf(
  { folded }: Cut,
  stretch: { readonly start: number; readonly end: number } | undefined,
  longest: number,
): string {
  if (stretch === undefined || stretch.end - stretch.start > longest) return '';
  return folded.text.slice(stretch.start, stretch.end);
}

/** Whether at most so many characters stand between two neighbours, and only of those given. */
export function areClose(
  { folded }: Cut,
  left: { readonly end: number },
  right: { readonly start: number },
  longest: number,
  between: string,
): boolean {
  if (right.start - left.end > longest) return false;
  for (let at = left.end; at < right.start; at++) if (!between.includes(folded.text.charAt(at))) return false;
  return true;
}
