/**
 * Identifiers: a scheme and a value. A value is compared only in its canonical form, so that what a register writes
 * ` jtezu5jr8d5050504` and what an officer types `JTEZU5JR8D5050504` are one identifier.
 */
export const SCHEMES = ['vin', 'vin-prefix', 'engine-number', 'registration', 'hull-number', 'vehicle-id'] as const;
export type Scheme = (typeof SCHEMES)[number];

export interface Identifier {
  readonly scheme: Scheme;
  /** Canonical form; see `canonicalIdentifier`. */
  readonly value: string;
  /** Whether the value names one object in full. A fragment invites fishing, so rules can demand `by:vin(full)`. */
  readonly full: boolean;
}

interface SchemeRule {
  /** What the canonical form must look like. */
  readonly shape: RegExp;
  readonly full: RegExp;
  readonly expected: string;
}

/** ISO 3779 leaves out I, O and Q. */
const VIN_CHARS = 'A-HJ-NPR-Z0-9';

const RULES: Readonly<Record<Scheme, SchemeRule>> = {
  // Before 1981 makers chose their own length; 5 to 13 characters are seen. 14 to 16 are a fragment of a modern number.
  vin: {
    shape: new RegExp(`^[A-Z0-9]{5,13}$|^[${VIN_CHARS}]{14,17}$`),
    full: new RegExp(`^[A-Z0-9]{5,13}$|^[${VIN_CHARS}]{17}$`),
    expected: 'a VIN: 17 letters and digits without I, O and Q, or 5 to 13 before 1981',
  },
  'vin-prefix': {
    shape: new RegExp(`^[${VIN_CHARS}]{3,11}$`),
    full: /^(?!)/,
    expected: 'the first 3 to 11 characters of a VIN',
  },
  'engine-number': { shape: /^[A-Z0-9]{3,20}$/, full: /^[A-Z0-9]{5,20}$/, expected: '3 to 20 letters and digits' },
  registration: { shape: /^[A-Z0-9]{2,10}$/, full: /^[A-Z0-9]{2,10}$/, expected: '2 to 10 letters and digits' },
  // 33 CFR 181.25: 12 characters after an optional two-letter country and hyphen (dropped with other separators).
  'hull-number': {
    shape: /^[A-Z0-9]{12,14}$/,
    full: /^[A-Z0-9]{12,14}$/,
    expected: 'a hull number of 12 to 14 characters',
  },
  'vehicle-id': { shape: /^[A-Z0-9]{1,20}$/, full: /^[A-Z0-9]{1,20}$/, expected: '1 to 20 letters and digits' },
};

/** Blanks, hyphens, dots and slashes carry no meaning in any of these schemes. */
const SEPARATORS = /[\s\-./]/g;

export function isScheme(text: string): text is Scheme {
  return (SCHEMES as readonly string[]).includes(text);
}

/**
 * @param raw as typed by a person or found in a register; ASCII letters in either case.
 * @returns the identifier in canonical form, or undefined where `raw` cannot be one of this scheme. Other scripts'
 * look-alike letters are not folded: they make no identifier.
 */
export function canonicalIdentifier(scheme: Scheme, raw: string): Identifier | undefined {
  if (raw.length > 64) return undefined;
  const value = raw.replace(SEPARATORS, '').replace(/[a-z]/g, (c) => c.toUpperCase());
  const rule = RULES[scheme];
  if (!rule.shape.test(value)) return undefined;
  return { scheme, value, full: rule.full.test(value) };
}

/** What a value of the scheme looks like, for error texts. */
export function identifierShape(scheme: Scheme): string {
  return RULES[scheme].expected;
}
