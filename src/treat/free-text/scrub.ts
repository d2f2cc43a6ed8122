import { detectDates } from './detect-dates.ts';
import { detectEmail } from './detect-email.ts';
import { detectIban } from './detect-iban.ts';
import { detectKnown } from './detect-known.ts';
import { detectNumbers } from './detect-numbers.ts';
import { detectRegistration } from './detect-registration.ts';
import { detectVin } from './detect-vin.ts';
import { fold } from './fold.ts';
import type { KnownValues } from './known-values.ts';
import { type Detector, type FoundKind, melt, type Span } from './spans.ts';
import { cut } from './words.ts';

const DETECTORS: readonly Detector[] = [
  detectEmail,
  detectIban,
  detectNumbers,
  detectVin,
  detectRegistration,
  detectDates,
];

/** A find in the original text, in UTF-16 units. */
export interface Found {
  readonly kind: FoundKind;
  readonly start: number;
  readonly end: number;
}

/**
 * Everything in a free text that has a telling form or that the record knows. Takes time in proportion to the length of
 * the text, whatever it holds: no pattern in this folder goes back over what it has read.
 */
export function findIn(text: string, known: KnownValues): readonly Found[] {
  const folded = fold(text);
  const pieces = cut(folded);
  const finds: Span[] = [];
  for (const detect of DETECTORS) detect(pieces, finds);
  detectKnown(pieces, known, finds);
  return melt(pieces, finds).map(({ kind, start, end }) => ({
    kind,
    start: folded.starts[start] ?? 0,
    end: folded.ends[end - 1] ?? text.length,
  }));
}

/** The text with each find replaced by its kind: `[phone]`. Whatever was not found stands as it was. */
export function scrub(text: string, known: KnownValues): string {
  let shown = '';
  let from = 0;
  for (const { kind, start, end } of findIn(text, known)) {
    // Two finds can lie in one character that folds to several; it is replaced once.
    shown += text.slice(from, Math.max(from, start));
    shown += `[${kind}]`;
    from = Math.max(from, end);
  }
  return shown + text.slice(from);
}
