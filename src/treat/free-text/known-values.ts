import type { CanonicalRecord, CanonicalValue } from '../../domain/dataset.ts';
import type { FieldPlan } from '../../domain/plan.ts';
import { addTo, type Bloom, emptyBloom } from './bloom.ts';
import { ELEMENTS, type KnownField, knownFields } from './known-fields.ts';
import { spellWholes, spellWords, type Value } from './known-spelling.ts';
import type { FoundKind } from './spans.ts';
import { addHashes, type Hashes } from './value-hashes.ts';

/** What a record itself knows that its free text must not tell. Undefined is what it does not know. */
export interface KnownValues {
  /** Hashes of all words, of whole values and of how they begin. Most of a text is not in it, and looked up no further. */
  readonly likely: Bloom;
  kindOfWord(word: string, hash: number): FoundKind | undefined;
  /** @param run letters and digits of neighbours, run together. */
  kindOfWhole(run: string, hash: number): FoundKind | undefined;
}

export const NOTHING_KNOWN: KnownValues = {
  likely: emptyBloom(),
  kindOfWord: () => undefined,
  kindOfWhole: () => undefined,
};

/**
 * Reads what the record knows: every value of a field that the plan does not show as it is, and names, addresses,
 * telephone numbers and e-mail addresses in any case. Fields that are scrubbed are free text themselves and not read.
 */
export function knownValues(record: CanonicalRecord, plan: FieldPlan): KnownValues {
  const values: Value[] = [];
  readValues(record, knownFields(plan), values);
  const hashes: Hashes = { words: [], owners: [], wholes: [], beginnings: [] };
  for (let i = 0; i < values.length; i++) addHashes(values[i]?.text ?? '', i, hashes);
  const likely = emptyBloom();
  for (const hash of hashes.words) addTo(likely, hash);
  for (const hash of hashes.wholes) if (hash !== null) addTo(likely, hash);
  for (const hash of hashes.beginnings) if (hash !== null) addTo(likely, hash);
  const few = values.length <= FEW && hashes.words.length <= FEW;
  return { likely, ...(few ? amongFew(values, hashes) : amongMany(values)) };
}

function readValues(value: CanonicalValue, field: KnownField, values: Value[]): void {
  if (typeof value === 'string') {
    if (field.isTold) values.push({ kind: field.kind, text: value });
  } else if (typeof value === 'number') {
    if (field.isTold) values.push({ kind: field.kind, text: String(value) });
  } else if (isArray(value)) {
    for (const element of value) readValues(element, field.below(ELEMENTS), values);
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) readValues(value[key] ?? null, field.below(key), values);
  }
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}

type LookUp = Omit<KnownValues, 'likely'>;

/** Up to so many values and words of values are gone through for each word of a text that is likely one of them. */
const FEW = 256;

/** So often that is worth it; a text that asks more often meets values at every turn, and all are spelled out for it. */
const OFTEN = 64;

/** Spells out no more than the values that are likely met, which are few or none, and each of them once. */
function amongFew(values: readonly Value[], { words, owners, wholes }: Hashes): LookUp {
  let asked = 0;
  let many: LookUp | undefined;
  const often = (): LookUp | undefined => {
    if (asked++ >= OFTEN) many ??= amongMany(values);
    return many;
  };
  const spelled: (Spelled | undefined)[] = [];
  const spell = (owner: number): Spelled | undefined => {
    const value = values[owner];
    if (value === undefined) return undefined;
    spelled[owner] ??= spellOut(value);
    return spelled[owner];
  };
  return {
    kindOfWord: (word, hash) => {
      const found = often();
      if (found !== undefined) return found.kindOfWord(word, hash);
      let kind: FoundKind | undefined;
      let last = NOBODY;
      for (let i = words.indexOf(hash); i !== -1; i = words.indexOf(hash, i + 1)) {
        // Words of one value stand together: a value that repeats a word is asked once.
        const owner = owners[i] ?? NOBODY;
        if (owner === last) continue;
        last = owner;
        const own = spell(owner)?.words.get(word);
        if (own === 'name') return own;
        kind ??= own;
      }
      return kind;
    },
    kindOfWhole: (run, hash) => {
      const found = often();
      if (found !== undefined) return found.kindOfWhole(run, hash);
      const last = wholes.findLastIndex((whole, owner) => whole === hash && spell(owner)?.wholes.has(run));
      return spell(last)?.wholes.get(run);
    },
  };
}

const NOBODY = -1;

/** One value, as words and as a whole. */
interface Spelled {
  readonly words: ReadonlyMap<string, FoundKind>;
  readonly wholes: ReadonlyMap<string, FoundKind>;
}

function spellOut(value: Value): Spelled {
  return { words: spellWords([value]), wholes: spellWholes([value]) };
}

/** Spells out all once, so that a long record takes no more time for each word of a long text. */
function amongMany(values: readonly Value[]): LookUp {
  let words: ReadonlyMap<string, FoundKind> | undefined;
  let wholes: ReadonlyMap<string, FoundKind> | undefined;
  return {
    kindOfWord: (word) => {
      words ??= spellWords(values);
      return words.get(word);
    },
    kindOfWhole: (run) => {
      wholes ??= spellWholes(values);
      return wholes.get(run);
    },
  };
}
