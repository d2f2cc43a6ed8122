import { fold } from './fold.ts';
import type { FoundKind } from './spans.ts';
import { type Cut, cut, textOf } from './words.ts';

/** One value that a record knows. */
export interface Value {
  readonly kind: FoundKind;
  readonly text: string;
}

/** Shorter words and values are in any text. */
export const SHORTEST = 3;
export const LONGEST_WORD = 64;
export const LONGEST_WHOLE = 48;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_LENGTH = 10;

/** A year or a month alone is in any text; whole dates are found in all their forms. */
export function isDate(text: string): boolean {
  return text.length === DATE_LENGTH && DATE.test(text);
}

/** Folded words of values, with their kind. */
export function spellWords(values: readonly Value[]): ReadonlyMap<string, FoundKind> {
  const words = new Map<string, FoundKind>();
  for (const { kind, text } of values) {
    if (isDate(text)) continue;
    const value = cut(fold(text));
    for (const word of value.words) {
      const part = textOf(value, word, LONGEST_WORD);
      // `oda@mail.example` knows the word "oda" too, but a reader is told that it is a name.
      if (part.length >= SHORTEST && (!words.has(part) || kind === 'name')) words.set(part, kind);
    }
  }
  return words;
}

/** Letters and digits of whole values run together, with their kind: found however they are spaced. */
export function spellWholes(values: readonly Value[]): ReadonlyMap<string, FoundKind> {
  const wholes = new Map<string, FoundKind>();
  for (const { kind, text } of values) {
    const run = runOf(cut(fold(text)));
    if (run.length >= SHORTEST && run.length <= LONGEST_WHOLE) wholes.set(run, kind);
  }
  return wholes;
}

/** Letters and digits of a value run together; those of longer words left out. */
export function runOf(value: Cut): string {
  return value.words.map((word) => textOf(value, word, LONGEST_WHOLE)).join('');
}
