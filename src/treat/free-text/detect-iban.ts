import type { Detector, Span } from './spans.ts';
import { type Cut, gapBetween, textOf, type Word } from './words.ts';

/** ISO 13616-1: two letters, two check digits, then what the country prescribes; Norway's is the shortest. */
const LEAST = 15;
const MOST = 34;
const HEAD = /^[a-z]{2}\d{2}/;
const ASCII = /^[a-z0-9]+$/;
const GAPS: ReadonlySet<string> = new Set([' ', '-', '.']);

/** Account numbers whose check digits are right, written together or in groups. */
export const detectIban: Detector = (cut) => cut.words.flatMap((_, i) => ibanAt(cut, i));

function ibanAt(cut: Cut, from: number): readonly Span[] {
  const first = cut.words[from];
  if (first === undefined || !HEAD.test(cut.folded.text.slice(first.start, first.start + 4))) return [];
  let text = '';
  let previous: Word | undefined;
  let found: Span | undefined;
  for (let i = from; i < from + MOST; i++) {
    const word = cut.words[i];
    if (word === undefined) break;
    if (previous !== undefined && !GAPS.has(gapBetween(cut, previous, word, 1) ?? '')) break;
    const part = textOf(cut, word, MOST);
    if (text.length + part.length > MOST || !ASCII.test(part)) break;
    text += part;
    if (text.length >= LEAST && checks(text)) found = { kind: 'iban', start: first.start, end: word.end };
    previous = word;
  }
  return found === undefined ? [] : [found];
}

/** ISO 7064 MOD 97-10: the first four characters moved to the end, letters read as 10 to 35, the rest is 1. */
function checks(iban: string): boolean {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
