import type { FieldSpec, Scalar } from '../../domain/dataset.ts';
import { isoDate } from './date.ts';
import { wrongShape } from './path.ts';

const DECIMAL = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i;
const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['y', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['n', false],
  ['0', false],
]);

/** Longer is no field but a document; finding spans in one would keep every other question waiting. */
const MOST_CHARACTERS = 50_000;

/** A lone surrogate has no UTF-8 form, so a receipt could not commit to it. */
function plainText(value: string): string | undefined {
  return value.length <= MOST_CHARACTERS && value.isWellFormed() ? value : undefined;
}

/** Thousands separators are not read: `1,200` and `1.200` mean different numbers in different countries. */
function plainNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/**
 * A holder's value as the gateway understands it. Blanks around text are dropped; absent and blank are null.
 * @param field for the message alone.
 * @throws Fault('holder/shape') naming the field, never the value.
 */
export function scalar(raw: unknown, spec: FieldSpec, field: string, pivotYear: number): Scalar {
  const value = typeof raw === 'string' ? raw.trim() : raw;
  if (value === undefined || value === null || value === '') return null;
  const read = reading(value, spec, pivotYear);
  if (read === undefined) throw wrongShape(field, spec.type === 'date' ? `a date (${spec.order ?? 'ymd'})` : spec.type);
  return read;
}

function reading(value: unknown, spec: FieldSpec, pivotYear: number): Scalar | undefined {
  switch (spec.type) {
    case 'text':
      return typeof value === 'string' ? plainText(value) : undefined;
    case 'number':
      return plainNumber(value);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      return typeof value === 'string' ? TRUTH.get(value.toLowerCase()) : undefined;
    case 'date':
      return typeof value === 'string' ? isoDate(value, spec.order ?? 'ymd', pivotYear) : undefined;
  }
}
