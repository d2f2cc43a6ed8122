import type { Cut, Word } from './words.ts';

/** What free text is scrubbed of, in the order that decides between finds of one length. */
export const FOUND_KINDS = [
  'e-mail',
  'iban',
  'card',
  'vin',
  'phone',
  'registration',
  'date',
  'name',
  'address',
  'withheld',
  'number',
] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

/** A find. Places are in the folded text. */
export interface Span {
  readonly kind: FoundKind;
  readonly start: number;
  readonly end: number;
}

/** Adds what has one form. Linear: from each place it looks at a bounded number of characters or pieces. */
export type Detector = (cut: Cut, finds: Span[]) => void;

/**
 * Finds are widened to whole words, and those that share a character become one, so that nothing of a find stays. Its
 * kind is that of the longest, then of the first in `FOUND_KINDS`; `number`, which only says that there are many digits,
 * gives way to all others.
 * @returns disjoint spans in the order of the text.
 */
export function melt(cut: Cut, finds: readonly Span[]): readonly Span[] {
  if (finds.length === 0) return finds;
  const melted: { named: Span; start: number; end: number }[] = [];
  const wide = finds.map((find) => wholeWords(cut.words, find));
  for (const span of wide.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = melted.at(-1);
    if (last === undefined || span.start >= last.end) {
      melted.push({ named: span, start: span.start, end: span.end });
      continue;
    }
    last.end = Math.max(last.end, span.end);
    if (outranks(span, last.named)) last.named = span;
  }
  return melted.map(({ named, start, end }) => ({ kind: named.kind, start, end }));
}

function outranks(a: Span, b: Span): boolean {
  if ((a.kind === 'number') !== (b.kind === 'number')) return b.kind === 'number';
  const longer = a.end - a.start - (b.end - b.start);
  return longer === 0 ? FOUND_KINDS.indexOf(a.kind) < FOUND_KINDS.indexOf(b.kind) : longer > 0;
}

function wholeWords(words: readonly Word[], span: Span): Span {
  const first = words[firstEndingAfter(words, span.start)];
  const last = words[firstEndingAfter(words, span.end - 1)];
  return {
    kind: span.kind,
    start: Math.min(span.start, first?.start ?? span.start),
    end: last !== undefined && last.start < span.end ? Math.max(span.end, last.end) : span.end,
  };
}

function firstEndingAfter(words: readonly Word[], place: number): number {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle]?.end ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}
