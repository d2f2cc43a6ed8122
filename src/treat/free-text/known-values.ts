import type { CanonicalRecord, CanonicalValue } from '../../domain/dataset.ts';
import type { FieldPlan } from '../../domain/plan.ts';
import type { TreatmentName } from '../../domain/treatments.ts';
import { fold } from './fold.ts';
import type { FoundKind, Span } from './spans.ts';
import { type Cut, cut, gapBetween, textOf, type Word } from './words.ts';

/** What a record itself knows that its free text must not tell: folded words and run-together values, with their kind. */
export interface KnownValues {
  readonly words: ReadonlyMap<string, FoundKind>;
  /** Letters and digits of a whole value, run together: found however it is spaced. */
  readonly whole: ReadonlyMap<string, FoundKind>;
  /** Length of the longest of `whole`. */
  readonly longest: number;
}

export const NOTHING_KNOWN: KnownValues = { words: new Map(), whole: new Map(), longest: 0 };

const SHORTEST = 3;
const LONGEST_WORD = 64;
const LONGEST_WHOLE = 48;
const MOST_WORDS = 12;
const GAP_LONGEST = 3;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Kinds by what fields are called: the last part of the path that says something. */
const KIND_OF_KEY: ReadonlyMap<string, FoundKind> = new Map(
  (
    [
      ['name', 'name surname forename firstname lastname fullname owner keeper contact'],
      ['address', 'address street house road town city village place postcode postalcode zip county'],
      ['e-mail', 'email mail'],
      ['phone', 'phone mobile telephone tel fax'],
      ['vin', 'vin chassis'],
      ['registration', 'registration plate'],
      ['date', 'born birthdate birth date'],
      ['iban', 'iban account'],
      ['card', 'card'],
    ] as const
  ).flatMap(([kind, keys]) => keys.split(' ').map((key): [string, FoundKind] => [key, kind])),
);
/** These are taken out of free text even where the plan shows the field: the text may say of them what no rule allows. */
const OF_PEOPLE: ReadonlySet<FoundKind> = new Set(['name', 'address', 'e-mail', 'phone']);

/**
 * Reads what the record knows: every value of a field that the plan does not show as it is, and names, addresses,
 * telephone numbers and e-mail addresses in any case. Fields that are scrubbed are free text themselves and not read.
 */
export function knownValues(record: CanonicalRecord, plan: FieldPlan): KnownValues {
  const words = new Map<string, FoundKind>();
  const whole = new Map<string, FoundKind>();
  let longest = 0;
  const treatments = treatmentsOf(plan);
  for (const [field, text] of valuesOf(record, '')) {
    const kind = kindOf(field);
    const treatment = treatments.get(field);
    if (treatment === 'scrub' || (treatment === 'keep' && !OF_PEOPLE.has(kind))) continue;
    const value = cut(fold(text));
    const run = value.words.map((word) => textOf(value, word, LONGEST_WHOLE)).join('');
    if (run.length >= SHORTEST && run.length <= LONGEST_WHOLE) {
      whole.set(run, kind);
      longest = Math.max(longest, run.length);
    }
    // A year or a month alone is in any text; whole dates are found in all their forms.
    if (DATE.test(text)) continue;
    for (const word of value.words) {
      const part = textOf(value, word, LONGEST_WORD);
      // `oda@mail.example` knows the word "oda" too, but a reader is told that it is a name.
      if (part.length >= SHORTEST && (!words.has(part) || kind === 'name')) words.set(part, kind);
    }
  }
  return { words, whole, longest };
}

const treatmentsOfPlans = new WeakMap<FieldPlan, ReadonlyMap<string, TreatmentName | undefined>>();

/** Many records share one plan. */
function treatmentsOf(plan: FieldPlan): ReadonlyMap<string, TreatmentName | undefined> {
  let treatments = treatmentsOfPlans.get(plan);
  if (treatments === undefined) {
    treatments = new Map(plan.map(({ field, treatment }) => [field, treatment?.name]));
    treatmentsOfPlans.set(plan, treatments);
  }
  return treatments;
}

function* valuesOf(value: CanonicalValue, path: string): Generator<readonly [string, string]> {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'number') yield [path, String(value)];
  else if (Array.isArray(value)) {
    for (const element of value as readonly CanonicalValue[]) yield* valuesOf(element, `${path}[]`);
  } else {
    for (const [key, inner] of Object.entries(value)) yield* valuesOf(inner, path === '' ? key : `${path}.${key}`);
  }
}

/** Kinds by field: datasets declare few fields, and records hold no others. */
const kinds = new Map<string, FoundKind>();
const MOST_FIELDS = 10_000;

function kindOf(field: string): FoundKind {
  const known = kinds.get(field);
  if (known !== undefined) return known;
  const kind = kindByName(field);
  if (kinds.size < MOST_FIELDS) kinds.set(field, kind);
  return kind;
}

function kindByName(field: string): FoundKind {
  const parts = field
    .replace(/([a-z])([A-Z])/g, '$1.$2')
    .toLowerCase()
    .split(/[^a-z]+/);
  for (const part of parts.reverse()) {
    const kind = KIND_OF_KEY.get(part);
    if (kind !== undefined) return kind;
  }
  return 'withheld';
}

/** Words that the record knows, and neighbours that run together give a value it knows. */
export function detectKnown(text: Cut, known: KnownValues): readonly Span[] {
  if (known.words.size === 0 && known.whole.size === 0) return [];
  // Each word stands in up to MOST_WORDS runs: it is spelt out once.
  const parts = text.words.map((word) => textOf(text, word, known.longest));
  const heads = new Set([...known.whole.keys()].map((whole) => whole.slice(0, SHORTEST)));
  return text.words.flatMap((word, i) => {
    const kind = known.words.get(textOf(text, word, LONGEST_WORD));
    const spans: Span[] = kind === undefined ? [] : [{ kind, start: word.start, end: word.end }];
    return [...spans, ...wholeAt(text, parts, heads, i, known)];
  });
}

/** @param heads first characters of the values known: a run that begins with others grows into none of them. */
function wholeAt(
  text: Cut,
  parts: readonly string[],
  heads: ReadonlySet<string>,
  from: number,
  known: KnownValues,
): readonly Span[] {
  const spans: Span[] = [];
  const first = text.words[from];
  let run = '';
  let previous: Word | undefined;
  for (let i = from; i < from + MOST_WORDS; i++) {
    const word = text.words[i];
    const part = parts[i];
    if (word === undefined || part === undefined) break;
    if (previous !== undefined && gapBetween(text, previous, word, GAP_LONGEST) === undefined) break;
    run += part;
    if (first === undefined || part === '' || run.length > known.longest) break;
    if (run.length >= SHORTEST && !heads.has(run.slice(0, SHORTEST))) break;
    const kind = known.whole.get(run);
    if (kind !== undefined) spans.push({ kind, start: first.start, end: word.end });
    previous = word;
  }
  return spans;
}
