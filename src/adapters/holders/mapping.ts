import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { CanonicalRecord, Dataset, SourcePath } from '../../domain/dataset.ts';
import { canonicalIdentifier, type Identifier, isScheme, type Scheme } from '../../domain/identifier.ts';
import type { Instant } from '../../domain/time.ts';
import { isMap, type JsonMap, parsePath, type Steps, valuesAt, wrongShape } from './path.ts';
import { type Declared, type ObjectShape, objectShape, readObject } from './shape.ts';

/** How one dataset's records are read: its `fields`, `identifiers` and `except`, checked and compiled. */
export interface Mapping {
  readonly record: ObjectShape;
  readonly identifiers: ReadonlyMap<Scheme, Located>;
  readonly except: readonly (Located & { readonly values: ReadonlySet<string> })[];
}
interface Located {
  readonly path: SourcePath;
  readonly steps: Steps;
}

/** A column's name may itself hold dots, so in rows of a file the whole path is the one step. */
function sourceSteps(dataset: Dataset, path: SourcePath): Steps | undefined {
  if (path === '') return undefined;
  return dataset.connector.kind === 'http' ? parsePath(path) : [path];
}

/** @throws ConfigurationError naming dataset, key and what was expected. */
export function compileMapping(dataset: Dataset): Mapping {
  const problems: string[] = [];
  const located = (key: string, path: SourcePath): Located => {
    const steps = sourceSteps(dataset, path);
    if (steps === undefined) problems.push(`${key}: "${path}" is not a path such as owners[].name`);
    return { path, steps: steps ?? [] };
  };
  const declared: Declared[] = [];
  for (const [field, spec] of Object.entries(dataset.fields)) {
    const from = located(`field ${field}`, spec.from).steps;
    const to = parsePath(field);
    if (to === undefined || to.length === 0) problems.push(`field ${field}: not a path such as owners[].name`);
    else declared.push({ field, to, from, spec });
    if (spec.order !== undefined && spec.type !== 'date') problems.push(`field ${field}: only dates have an order`);
  }
  const identifiers = new Map<Scheme, Located>();
  for (const [scheme, path] of Object.entries(dataset.identifiers)) {
    if (!isScheme(scheme)) problems.push(`identifiers: unknown scheme ${scheme}`);
    else if (path !== undefined) identifiers.set(scheme, located(`identifier ${scheme}`, path));
  }
  const except = Object.entries(dataset.except).map(([path, values]) => ({
    ...located('except', path),
    values: new Set(values.map((value) => value.trim())),
  }));
  const record = objectShape(declared, problems);
  if (problems.length > 0) throw new ConfigurationError(problems.map((p) => `dataset ${dataset.id}: ${p}`));
  return { record, identifiers, except };
}

/** Text to compare by; numbers in JSON are common for identifiers. Undefined for what cannot be compared. */
function comparable(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A filter that cannot be read must not let the record through, so it is a fault. */
function isExcepted(mapping: Mapping, row: JsonMap): boolean {
  return mapping.except.some(({ path, steps, values }) =>
    valuesAt(row, steps, path).some((value) => {
      const text = comparable(value);
      if (text === undefined) throw wrongShape(path, 'text, a whole number or a boolean');
      return values.has(text);
    }),
  );
}

/** Canonical identifiers of one scheme that a row carries; `malformed` counts values that are none. */
export function identifiersIn(
  mapping: Mapping,
  scheme: Scheme,
  row: JsonMap,
): { readonly values: readonly string[]; readonly malformed: number } {
  const at = mapping.identifiers.get(scheme);
  if (at === undefined) return { values: [], malformed: 0 };
  const texts = valuesAt(row, at.steps, at.path).map((value) => comparable(value));
  const present = texts.filter((text) => text !== '');
  const values = present.flatMap((text) => canonicalIdentifier(scheme, text ?? '')?.value ?? []);
  return { values: [...new Set(values)], malformed: present.length - values.length };
}

/** Whether a row carries the identifier asked for, however the holder writes it. */
function carries(mapping: Mapping, { scheme, value }: Identifier, row: JsonMap): boolean {
  const at = mapping.identifiers.get(scheme);
  if (at === undefined) return false;
  return valuesAt(row, at.steps, at.path).some((found) => {
    const text = comparable(found);
    // What is asked for is in canonical form, so most rows need no look at their form.
    return text === value || (text !== undefined && canonicalIdentifier(scheme, text)?.value === value);
  });
}

/**
 * What of a holder's answer counts: records that the holder's own filter leaves and that carry the identifier asked
 * for. A holder that answers with others must not leak them through us.
 * @param asked when the question was permitted; its year says what two-digit years mean.
 * @throws Fault 'holder/shape', 'holder/too-large' naming the field, never the value.
 */
export function recordsFor(
  mapping: Mapping,
  rows: readonly unknown[],
  by: Identifier,
  asked: Instant,
): readonly CanonicalRecord[] {
  const reading = { pivotYear: new Date(asked).getUTCFullYear(), elements: 0 };
  const counted = rows.filter((row): row is JsonMap => {
    if (!isMap(row)) throw wrongShape('record', 'an object');
    return !isExcepted(mapping, row) && carries(mapping, by, row);
  });
  return counted.map((row) => readObject(mapping.record, row, reading));
}
