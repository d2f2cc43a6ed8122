import { fold } from './fold.ts';
import { HASH_OF_NOTHING, hashed } from './hash.ts';
import { isDate, LONGEST_WHOLE, runOf, SHORTEST } from './known-spelling.ts';
import { type Cut, cut, type Word } from './words.ts';

/** Values by hash. Two texts may have one hash: it tells what is not there, and what to look at. */
export interface Hashes {
  /** Of each word that counts, and the number of the value it stands in. */
  readonly words: number[];
  readonly owners: number[];
  /** Per value, of its letters and digits run together, and of the first of them; null where the whole does not count. */
  readonly wholes: (number | null)[];
  readonly beginnings: (number | null)[];
}

/** Sets hashes of whole values and of their beginnings apart from those of words. */
const BEGINNING = 0x5bd1e995;
const WHOLE = 0x1b873593;
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
  const { words, owners, wholes, beginnings } = hashes;
  const wordsCount = !isDate(text);
  const from = words.length;
  let run = 0;
  let whole = HASH_OF_NOTHING;
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
    length++;
    word = hashed(word, unit);
    run++;
    whole = hashed(whole, unit);
    if (run === SHORTEST) beginning = whole;
  }
  wholes.push(run < SHORTEST ? null : whole ^ WHOLE);
  beginnings.push(run < SHORTEST ? null : beginning ^ BEGINNING);
}

/** What is not plain or is long goes the way of any text, to the same hashes. */
function addHashesOfCut(value: Cut, owner: number, hashes: Hashes, wordsCount: boolean): void {
  for (const word of wordsCount ? value.words : []) {
    if (word.end - word.start < SHORTEST) continue;
    hashes.words.push(word.hash);
    hashes.owners.push(owner);
  }
  const run = runOf(value);
  const counts = run.length >= SHORTEST && run.length <= LONGEST_WHOLE;
  hashes.wholes.push(counts ? hashOf(run) ^ WHOLE : null);
  hashes.beginnings.push(counts ? hashOf(run.slice(0, SHORTEST)) ^ BEGINNING : null);
}

function hashOf(text: string): number {
  let hash = HASH_OF_NOTHING;
  for (let at = 0; at < text.length; at++) hash = hashed(hash, text.charCodeAt(at));
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

/** As a whole value is hashed, word by word. */
export function hashOfRun({ folded: { text } }: Cut, hash: number, { start, end }: Word): number {
  let run = hash;
  for (let at = start; at < end; at++) run = hashed(run, text.charCodeAt(at));
  return run;
}

export function hashOfWhole(run: number): number {
  return run ^ WHOLE;
}
