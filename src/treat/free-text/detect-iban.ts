import type { Detector, Span } from './spans.ts';
import { areClose, type Cut, textOf, type Word } from './words.ts';

/** ISO 13616-1: two letters, two check digits, then what the country prescribes; Norway's is the shortest. */
const LEAST = 15;
const MOST = 34;
const COUNTRY = 2;
const CHECK_DIGITS = 2;
const ASCII = /^[a-z0-9]+$/;
const GAP = ' -.';

/** Account numbers whose check digits are right, written together or in groups. */
export const detectIban: Detector = (cut, finds) => {
  if (cut.digits < CHECK_DIGITS) return;
  for (let i = 0; i < cut.words.length; i++) {
    const word = cut.words[i];
    const found = word !== undefined && isHead(cut, word) ? ibanAt(cut, word, i) : undefined;
    if (found !== undefined) finds.push(found);
  }
};

function isHead({ pieces }: Cut, word: Word): boolean {
  if (word.last - word.first < 2) return false;
  const country = pieces[word.first];
  const check = pieces[word.first + 1];
  if (country === undefined || check === undefined || country.digits) return false;
  return country.end - country.start === COUNTRY && check.end - check.start >= CHECK_DIGITS;
}

function ibanAt(cut: Cut, first: Word, from: number): Span | undefined {
  let text = '';
  let previous: Word | undefined;
  let found: Span | undefined;
  for (let i = from; i < from + MOST; i++) {
    const word = cut.words[i];
    if (word === undefined) break;
    if (previous !== undefined && !areClose(cut, previous, word, 1, GAP)) break;
    const part = textOf(cut, word, MOST);
    if (text.length + part.length > MOST || !ASCII.test(part)) break;
    text += part;
    if (text.length >= LEAST && checks(text)) found = { kind: 'iban', start: first.start, end: word.end };
    previous = word;
  }
  return found;
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
