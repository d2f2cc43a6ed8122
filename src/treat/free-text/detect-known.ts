import { mayHold } from './bloom.ts';
import { HASH_OF_NOTHING } from './hash.ts';
import { LONGEST_WHOLE, LONGEST_WORD, SHORTEST } from './known-spelling.ts';
import type { KnownValues } from './known-values.ts';
import type { Span } from './spans.ts';
import { hashOfBeginning, hashOfRun, hashOfWhole } from './value-hashes.ts';
import { type Cut, textOf } from './words.ts';

const MOST_WORDS = 12;
const GAP_LONGEST = 3;

/** Words that the record knows, and neighbours that run together give a value it knows. */
export function detectKnown(text: Cut, known: KnownValues, finds: Span[]): void {
  const { likely } = known;
  for (let i = 0; i < text.words.length; i++) {
    const word = text.words[i];
    if (word === undefined) return;
    if (word.end - word.start >= SHORTEST && mayHold(likely, word.hash)) {
      const kind = known.kindOfWord(textOf(text, word, LONGEST_WORD), word.hash);
      if (kind !== undefined) finds.push({ kind, start: word.start, end: word.end });
    }
    if (mayHold(likely, hashOfBeginning(text, i))) detectWholes(text, i, known, finds);
  }
}

/** Runs of words from one on. */
function detectWholes(text: Cut, from: number, known: KnownValues, finds: Span[]): void {
  const { words, folded } = text;
  const start = words[from]?.start ?? 0;
  let end = start;
  let length = 0;
  let hash = HASH_OF_NOTHING;
  // The run as far as it has been looked up; each word of it is copied once.
  let run = '';
  let next = from;
  for (let i = from; i < from + MOST_WORDS; i++) {
    const word = words[i];
    if (word === undefined || word.start - end > GAP_LONGEST) return;
    end = word.end;
    length += end - word.start;
    if (length > LONGEST_WHOLE) return;
    hash = hashOfRun(text, hash, word);
    if (!mayHold(known.likely, hashOfWhole(hash))) continue;
    for (const one of words.slice(next, i + 1)) run += folded.text.slice(one.start, one.end);
    next = i + 1;
    const kind = known.kindOfWhole(run, hashOfWhole(hash));
    if (kind !== undefined) finds.push({ kind, start, end });
  }
}
