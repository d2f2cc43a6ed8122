import type { Scalar } from '../domain/dataset.ts';

/** Always five, since a mask as long as the value would tell its length. */
export const MASK = '*****';

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** What needs two UTF-16 units to be one character. */
const PAIRS = /[\ud800-\udfff]/;
const BREAK = /[\s,/\p{Pd}]/u;

/** The end of a text behind five asterisks; only those where the end would be most of the text. @param shown characters */
export function mask(text: string, shown: number | undefined): string {
  if (shown === undefined) return MASK;
  if (!PAIRS.test(text)) return text.length < shown * 3 ? MASK : MASK + text.slice(-shown);
  const characters = [...text];
  return characters.length < shown * 3 ? MASK : MASK + characters.slice(-shown).join('');
}

/**
 * What stands before the first blank, comma, hyphen or slash, or so many characters.
 * @returns null where nothing worth leaving out is left out: `4711-` is `4711` in full.
 */
export function firstPart(value: string, count: number | undefined): Scalar {
  const text = value.trim();
  const at = count === undefined ? text.search(BREAK) : [...text].slice(0, count).join('').length;
  return at <= 0 || !LETTER_OR_DIGIT.test(text.slice(at)) ? null : text.slice(0, at);
}

/** What stands after the last blank, comma, hyphen or slash, or so many characters; mirror of `firstPart`. */
export function lastPart(value: string, count: number | undefined): Scalar {
  const characters = [...value.trim()];
  const from =
    count === undefined ? characters.findLastIndex((c) => BREAK.test(c)) + 1 : Math.max(0, characters.length - count);
  const left = characters.slice(0, from).join('');
  return from === characters.length || !LETTER_OR_DIGIT.test(left) ? null : characters.slice(from).join('');
}

/**
 * The half-open band `[lower, lower + width)` in which a number lies, bands counted from 0. `%` is exact for doubles where
 * a division would round, so that a value just below a limit stays below it.
 * @returns `10-19`, below zero `-10 to -1`; undefined beyond 2^53, where whole numbers are no longer told apart.
 */
export function band(value: number, width: number): string | undefined {
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER - width)) return undefined;
  const rest = value % width;
  const lower = rest < 0 ? value - rest - width : value - rest;
  const upper = lower + width - 1;
  return lower < 0 ? `${lower} to ${upper}` : `${lower}-${upper}`;
}

const FITS: Readonly<Record<string, RegExp>> = { '#': /^\d$/, A: /^\p{L}$/u, X: /^[\p{L}\p{N}]$/u };

/**
 * A value through a format: see `format` in the catalogue. Characters are code points of the NFC form; blanks around the
 * value do not count.
 * @returns five asterisks where the value has not the shape, so that an odd value is never shown by mistake.
 */
export function throughFormat(value: string, format: string): string {
  const characters = [...value.normalize('NFC').trim()];
  const open = format.endsWith('*');
  const places = [...(open ? format.slice(0, -1) : format)];
  const rest = characters.slice(places.length).join('');
  if (characters.length < places.length || (open ? !LETTER_OR_DIGIT.test(rest) : rest !== '')) return MASK;
  const shown = places.map((place, i) => {
    const character = characters[i] ?? '';
    const fits = FITS[place];
    if (!(fits === undefined ? character === place : fits.test(character))) return undefined;
    return place === 'X' ? 'X' : character;
  });
  return shown.includes(undefined) ? MASK : shown.join('') + (open ? MASK : '');
}
