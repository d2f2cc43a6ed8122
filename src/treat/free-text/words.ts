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
}

const LETTER = /[\p{L}\p{N}]/u;

export function cut(folded: Folded): Cut {
  const { text } = folded;
  const pieces: Piece[] = [];
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    const first = pieces.length;
    const start = at;
    while (at < text.length && kindAt(text, at) !== 'other') {
      const kind = kindAt(text, at);
      const from = at;
      while (at < text.length && kindAt(text, at) === kind) at += width(text, at);
      pieces.push({ digits: kind === 'digit', start: from, end: at, word: words.length });
    }
    if (pieces.length > first) words.push({ start, end: at, first, last: pieces.length });
    else at += width(text, at);
  }
  return { folded, pieces, words };
}

function width(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function kindAt(text: string, at: number): 'digit' | 'letter' | 'other' {
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return 'digit';
  if (code < 128) return code >= 97 && code <= 122 ? 'letter' : 'other';
  return LETTER.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) ? 'letter' : 'other';
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

/** What stands between two neighbours; undefined if it is longer than `longest` or one is missing. */
export function gapBetween(
  { folded }: Cut,
  left: { readonly end: number } | undefined,
  right: { readonly start: number } | undefined,
  longest: number,
): string | undefined {
  if (left === undefined || right === undefined || right.start - left.end > longest) return undefined;
  return folded.text.slice(left.end, right.start);
}
