import type { FieldPlan } from '../../domain/plan.ts';
import type { TreatmentName } from '../../domain/treatments.ts';
import type { FoundKind } from './spans.ts';

/** What one field of a record means to its free texts. */
export interface KnownField {
  readonly kind: FoundKind;
  /** Whether free text must not tell its values. */
  readonly isTold: boolean;
  /** The field below under a key, or the elements of its array under `[]`. */
  below(key: string): KnownField;
}

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
/** Datasets declare few fields, and records hold no others. */
const MOST_FIELDS = 10_000;

const roots = new WeakMap<FieldPlan, KnownField>();

/** The record itself under a plan; many records share one, so what is known of their fields is worked out once. */
export function knownFields(plan: FieldPlan): KnownField {
  let root = roots.get(plan);
  if (root === undefined) {
    root = growFields(plan);
    roots.set(plan, root);
  }
  return root;
}

function growFields(plan: FieldPlan): KnownField {
  const treatments = new Map(plan.map(({ field, treatment }) => [field, treatment?.name]));
  let count = 0;
  const fieldAt = (path: string): KnownField => {
    const kind = kindOf(path);
    const fields = new Map<string, KnownField>();
    const below = (key: string): KnownField => {
      const known = fields.get(key);
      if (known !== undefined) return known;
      const field = fieldAt(pathBelow(path, key));
      if (count++ < MOST_FIELDS) fields.set(key, field);
      return field;
    };
    return { kind, isTold: isTold(kind, treatments.get(path)), below };
  };
  return fieldAt('');
}

/** The key of what an array holds. */
export const ELEMENTS = '[]';

function pathBelow(path: string, key: string): string {
  return path === '' || key === ELEMENTS ? path + key : `${path}.${key}`;
}

/** Fields that are scrubbed are free text themselves. */
function isTold(kind: FoundKind, treatment: TreatmentName | undefined): boolean {
  return treatment !== 'scrub' && (treatment !== 'keep' || OF_PEOPLE.has(kind));
}

function kindOf(path: string): FoundKind {
  const parts = path
    .replace(/([a-z])([A-Z])/g, '$1.$2')
    .toLowerCase()
    .split(/[^a-z]+/);
  for (const part of parts.reverse()) {
    const kind = KIND_OF_KEY.get(part);
    if (kind !== undefined) return kind;
  }
  return 'withheld';
}
