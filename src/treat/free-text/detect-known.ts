import { mayHold } from './bloom.ts';
import { LONGEST_WORD, SHORTEST, type Wholes } from './known-spelling.ts';
import type { KnownValues } from './known-values.ts';
import type { Span } from './spans.ts';
import { hashOfBeginning, hashOfWord } from './value-hashes.ts';
import { type Cut, textOf } from './words.ts';

const MOST_WORDS = 12;
const GAP_LONGEST = 3;

/** Words that the record knows, and neighbours that run together give a value it knows. */
export function detectKnown(text: Cut, known: KnownValues, finds: Span[]): void {
  const { likely } = known;
  for (let i = 0; i < text.words.length; i++) {
    const word = text.words[i];
    if (word === undefined) return;
    if (word.end - word.start >= SHORTEST) {
      const hash = hashOfWord(text, word);
      const kind = mayHold(likely, hash) ? known.kindOf(textOf(text, word, LONGEST_WORD), hash) : undefined;
      if (kind !== undefined) finds.push({ kind, start: word.start, end: word.end });
    }
    const beginning = hashOfBeginning(text, i);
    if (mayHold(likely, beginning)) detectWholes(text, i, known.wholesFrom(beginning), finds);
  }
}

/** Runs of words from one on. */
function detectWholes(text: Cut, from: number, { kinds, lengths, longest }: Wholes, finds: Span[]): void {
  const { words, folded } = text;
  const start = words[from]?.start ?? 0;
  let length = 0;
  let end = start;
  for (let i = from; i < from + MOST_WORDS; i++) {
    const word = words[i];
    if (word === undefined || word.start - end > GAP_LONGEST) return;
    length += word.end - word.start;
    end = word.end;
    if (length > longest) return;
    if (!lengths.has(length)) continue;
    const run = words.slice(from, i + 1).map((one) => folded.text.slice(one.start, one.end));
    const kind = kinds.get(run.join(''));
    if (kind !== undefined) finds.push({ kind, start, end });
  }
}
