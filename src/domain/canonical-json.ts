import { freeze } from './freeze.ts';
import type { JsonObject, JsonValue } from './json.ts';

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

function write(value: JsonValue | undefined): string {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number has no JSON form');
      return String(value);
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
  return isList(value) ? list(value) : members(value);
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: JsonValue & object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function list(items: readonly JsonValue[]): string {
  let out = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) out += ',';
    out += write(items[i]);
  }
  return `${out}]`;
}

function members(value: JsonObject): string {
  const names = Object.keys(value);
  // Both compare by UTF-16 code units. Most objects are made in order.
  if (!inOrder(names)) names.sort();
  let out = '';
  for (const name of names) {
    const inner = value[name];
    // A member that is undefined is one that is not there, as in JSON.stringify.
    if (inner !== undefined) out += `${out === '' ? '{' : ','}${quoted(name)}${write(inner)}`;
  }
  return out === '' ? '{}' : `${out}}`;
}

function inOrder(names: readonly string[]): boolean {
  let before = '';
  for (const name of names) {
    if (name < before) return false;
    before = name;
  }
  return true;
}

function quoted(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = `${text(name)}:`;
  // Begun anew when full: one record of odd names must not take the place of all others for good.
  if (names.size >= MOST_NAMES) names.clear();
  names.set(name, made);
  return made;
}

/** Nothing to escape and nothing outside ASCII: most strings, by far. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function text(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('a string with half a character has no JSON form');
  return JSON.stringify(value);
}
