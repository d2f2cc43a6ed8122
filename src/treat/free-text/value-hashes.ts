import { HASH_OF_NOTHING, hashed } from './bloom.ts';
import { fold } from './fold.ts';
import { isDate, LONGEST_WHOLE, runOf, SHORTEST } from './known-spelling.ts';
import { type Cut, cut, type Word } from './words.ts';

/** Values by hash. Two texts may have one hash: it tells what is not there, and what to look at. */
export interface Hashes {
  /** Of each word that counts, and the number of the value it stands in. */
  readonly words: number[];
  readonly owners: number[];
  /** Per value, of its first letters and digits; null where the whole value does not count. */
  readonly beginnings: (number | null)[];
}

/** Sets hashes of the beginnings of whole values apart from those of words. */
const BEGINNING = 0x5bd1e995;
const BETWEEN = 0;
const FOREIGN = -1;
/** Printable ASCII as `fold` and `cut` see it: what a letter or digit folds to, or that it stands between words. */
const UNITS: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  if (code < 32 || code > 126) return FOREIGN;
  const letter = String.fromCharCode(code).toLowerCase();
  return /[a-z0-9]/.test(letter) ? letter.charCodeAt(0) : BETWEEN;
});

/** Reads a value once, and makes no text of it. @param owner number of the value. */
export function addHashes(text: string, owner: number, hashes: Hashes): void {
  const { words, owners, beginnings } = hashes;
  const wordsCount = !isDate(text);
  const from = words.length;
  let run = 0;
  let beginning = HASH_OF_NOTHING;
  let length = 0;
  let word = HASH_OF_NOTHING;
  for (let at = 0; at <= text.length; at++) {
    const unit = at === text.length ? BETWEEN : (UNITS[text.charCodeAt(at)] ?? FOREIGN);
    if (unit === FOREIGN || at > LONGEST_WHOLE) {
      words.length = from;
      owners.length = from;
      addHashesOfCut(cut(fold(text)), owner, hashes, wordsCount);
      return;
    }
    if (unit === BETWEEN) {
      if (length >= SHORTEST && wordsCount) {
        words.push(word);
        owners.push(owner);
      }
      length = 0;
      word = HASH_OF_NOTHING;
      continue;
    }
    word = hashed(word, unit);
    length++;
    if (run < SHORTEST) beginning = hashed(beginning, unit);
    run++;
  }
  beginnings.push(run < SHORTEST ? null : beginning ^ BEGINNING);
}

/** What is not plain or is long goes the way of any text, to the same hashes. */
function addHashesOfCut(value: Cut, owner: number, { words, owners, beginnings }: Hashes, wordsCount: boolean): void {
  for (const word of wordsCount ? value.words : []) {
    if (word.end - word.start < SHORTEST) continue;
    words.push(hashOfWord(value, word));
    owners.push(owner);
  }
  const run = runOf(value);
  if (run.length < SHORTEST || run.length > LONGEST_WHOLE) {
    beginnings.push(null);
    return;
  }
  let beginning = HASH_OF_NOTHING;
  for (let at = 0; at < SHORTEST; at++) beginning = hashed(beginning, run.charCodeAt(at));
  beginnings.push(beginning ^ BEGINNING);
}

/** As a word of a value is hashed. */
export function hashOfWord({ folded: { text } }: Cut, { start, end }: Word): number {
  let hash = HASH_OF_NOTHING;
  for (let at = start; at < end; at++) hash = hashed(hash, text.charCodeAt(at));
  return hash;
}

/** As the beginning of a value is hashed: by the first letters and digits from a word on. */
export function hashOfBeginning({ folded: { text }, words }: Cut, from: number): number {
  let hash = HASH_OF_NOTHING;
  let units = 0;
  for (let i = from; units < SHORTEST; i++) {
    const word = words[i];
    if (word === undefined) break;
    for (let at = word.start; at < word.end && units < SHORTEST; at++) {
      hash = hashed(hash, text.charCodeAt(at));
      units++;
    }
  }
  return hash ^ BEGINNING;
}
