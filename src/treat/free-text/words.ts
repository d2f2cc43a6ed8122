import type { Folded } from './fold.ts';

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
}

/** A folded text cut up once, for all detectors. */
export interface Cut {
  readonly folded: Folded;
  readonly pieces: readonly Piece[];
  readonly words: readonly Word[];
  /** How many digits there are: without any, most of what has a form cannot be. */
  readonly digits: number;
}

export const OTHER = 0;
export const LETTER = 1;
export const DIGIT = 2;
/** What a character is part of: a run of letters, a run of digits, or what stands between words. */
export type Sort = typeof OTHER | typeof LETTER | typeof DIGIT;

const LETTERS = /[\p{L}\p{N}]/u;
/** ASCII as it is once folded: no capitals. */
const SORTS: readonly Sort[] = Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return DIGIT;
  return code >= 97 && code <= 122 ? LETTER : OTHER;
});

export function cut(folded: Folded): Cut {
  const { text } = folded;
  const { length } = text;
  const pieces: Piece[] = [];
  const words: Word[] = [];
  let digits = 0;
  let at = 0;
  while (at < length) {
    const start = at;
    const first = pieces.length;
    let sort = sortAt(text, at);
    while (sort !== OTHER) {
      const from = at;
      const own = sort;
      while (sort === own) {
        at += widthAt(text, at);
        sort = at < length ? sortAt(text, at) : OTHER;
      }
      if (own === DIGIT) digits += at - from;
      pieces.push({ digits: own === DIGIT, start: from, end: at, word: words.length });
    }
    if (at > start) words.push({ start, end: at, first, last: pieces.length });
    else at += widthAt(text, at);
  }
  return { folded, pieces, words, digits };
}

/** @param at a place in a folded text, not in the middle of a surrogate pair. */
export function sortAt(text: string, at: number): Sort {
  const code = text.charCodeAt(at);
  return code < 128 ? (SORTS[code] ?? OTHER) : sortOfOther(text, at);
}

function sortOfOther(text: string, at: number): Sort {
  return LETTERS.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) ? LETTER : OTHER;
}

/** UTF-16 units of the character. */
export function widthAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code < 0xdc00 && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
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
