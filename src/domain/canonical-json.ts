import { freeze } from './freeze.ts';
import type { JsonValue } from './json.ts';

/**
 * Texts of values that occur in many documents and never change, such as the findings of a decision: written once. Only
 * `keepText` puts one here, and only after freezing it.
 */
const kept = new WeakMap<object, string>();

/** Member names seen, with quotes and colon: they come from a few shapes. Bounded, since a record's may be a holder's. */
const names = new Map<string, string>();
const MOST_NAMES = 2_000;

/**
 * RFC 8785 canonical JSON text: members ordered by UTF-16 code units (3.2.3), numbers and strings as ECMAScript writes
 * them (3.2.2). Tested against an independent implementation.
 * @throws TypeError on what JSON cannot say: undefined, NaN and infinities, functions, lone surrogates (RFC 7493 2.1).
 */
export function canonicalJson(value: JsonValue): string {
  return write(value);
}

/** Freezes a value and everything in it, and keeps its canonical text for `canonicalJson`. */
export function keepText<T extends JsonValue & object>(value: T): T {
  freeze(value);
  kept.set(value, write(value));
  return value;
}

function write(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number has no JSON form');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      break;
    default:
      throw new TypeError('value has no JSON form');
  }
  if (value === null) return 'null';
  const known = kept.get(value);
  if (known !== undefined) return known;
  return Array.isArray(value) ? list(value) : members(value);
}

function list(items: readonly unknown[]): string {
  let out = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) out += ',';
    out += write(items[i]);
  }
  return `${out}]`;
}

function members(value: object): string {
  const entries = Object.entries(value);
  // A member that is undefined is one that is not there, as in JSON.stringify.
  entries.sort(byName);
  let out = '{';
  let first = true;
  for (const [name, inner] of entries) {
    if (inner === undefined) continue;
    if (!first) out += ',';
    first = false;
    out += quoted(name) + write(inner);
  }
  return `${out}}`;
}

/** `<` compares strings by UTF-16 code units. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function quoted(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = `${text(name)}:`;
  if (names.size < MOST_NAMES) names.set(name, made);
  return made;
}

/** Nothing to escape and nothing outside ASCII: most strings, by far. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function text(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('a string with half a character has no JSON form');
  return JSON.stringify(value);
}
