import { type Bound, CONDITIONS, type ConditionName, LIMITS, type LimitName } from '../domain/catalogue.ts';
import { isScheme, SCHEMES } from '../domain/identifier.ts';
import { isDay } from '../domain/local-time.ts';
import { isPurpose, purposeWithin } from '../domain/purpose.ts';
import type { Condition, Limit } from '../domain/rule.ts';
import type { Safe } from '../domain/safe.ts';
import type { FlawCode } from './flaw.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What went wrong with one item of `only if`. */
export interface Misread {
  readonly code: FlawCode;
  readonly expected: string;
}

export type ReadItem = { readonly condition: Condition } | { readonly limit: Limit } | { readonly misread: Misread };

const ITEM = /^(not )?([a-z][a-z-]*)(?::([^<>()&]+))?(\(full\))?(?:<=(\d{1,6})([a-z]*))?$/;
const UNITS: Readonly<Record<Bound, string>> = { days: 'd', hours: 'h', count: '' };
const HOURS = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;
const WORD = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Where the rule stands: what its conditions may speak of. */
export interface ReadContext {
  readonly safe: Safe;
  readonly vocabulary: Vocabulary;
  /** Null on pages that are not one agreement's. */
  readonly agreement: string | null;
}

/** Reads one item between `&` of the column "only if": a condition or a limit of the catalogue. */
export function readItem(text: string, context: ReadContext): ReadItem {
  const match = ITEM.exec(text);
  const [, not, name = '', argument, full, digits, unit] = match ?? [];
  if (!match)
    return { misread: { code: 'condition/unknown', expected: 'a condition or limit such as `mfa` or `rows<=20`' } };
  const bound = digits === undefined ? undefined : Number(digits);

  if (Object.hasOwn(LIMITS, name)) return readLimit(name as LimitName, { context, not, argument, full, bound, unit });
  if (!Object.hasOwn(CONDITIONS, name)) {
    const known = [...Object.keys(CONDITIONS), ...Object.keys(LIMITS)].join(', ');
    return { misread: { code: 'condition/unknown', expected: `one of ${known}` } };
  }
  const declared = CONDITIONS[name as ConditionName];
  if (!(declared.safes as readonly Safe[]).includes(context.safe)) {
    return {
      misread: { code: 'condition/safe', expected: `"${name}" only in rows of ${declared.safes.join(' or ')}` },
    };
  }
  const wanted = 'bound' in declared ? declared.bound : undefined;
  const misbound = boundMisread(name, wanted, bound, unit);
  if (misbound) return { misread: misbound };
  const misargued = argumentMisread(declared.argument, argument, context);
  if (misargued !== null) return { misread: { code: 'condition/argument', expected: `${name}${misargued}` } };
  if (full !== undefined && declared.argument !== 'scheme') {
    return { misread: { code: 'condition/argument', expected: `"(full)" only after an identifier scheme` } };
  }
  return {
    condition: {
      name: name as ConditionName,
      negated: not !== undefined,
      ...(argument === undefined ? {} : { argument }),
      ...(bound === undefined ? {} : { bound }),
      ...(full === undefined ? {} : { full: true }),
      text,
    },
  };
}

interface LimitParts {
  readonly context: ReadContext;
  readonly not: string | undefined;
  readonly argument: string | undefined;
  readonly full: string | undefined;
  readonly bound: number | undefined;
  readonly unit: string | undefined;
}

function readLimit(name: LimitName, parts: LimitParts): ReadItem {
  if (parts.context.safe !== 'outputs') {
    return { misread: { code: 'limit/place', expected: `the limit "${name}" only in rows of outputs` } };
  }
  if (parts.not !== undefined || parts.argument !== undefined || parts.full !== undefined) {
    return { misread: { code: 'condition/argument', expected: `${name}<=number and nothing else` } };
  }
  const misbound = boundMisread(name, LIMITS[name].bound, parts.bound, parts.unit);
  if (misbound || parts.bound === undefined) {
    return { misread: misbound ?? { code: 'condition/bound', expected: `${name}<=number` } };
  }
  return { limit: { name, bound: parts.bound } };
}

function boundMisread(
  name: string,
  wanted: Bound | undefined,
  bound: number | undefined,
  unit = '',
): Misread | undefined {
  if (wanted === undefined) {
    return bound === undefined ? undefined : { code: 'condition/bound', expected: `"${name}" without a bound` };
  }
  if (bound === undefined || bound === 0 || unit !== UNITS[wanted]) {
    return { code: 'condition/bound', expected: `<= and a number of at least 1 followed by "${UNITS[wanted]}"` };
  }
  return undefined;
}

/** Null if the argument is right, else what was expected, to stand behind the condition's name. */
function argumentMisread(
  kind: string,
  argument: string | undefined,
  { vocabulary, agreement }: ReadContext,
): string | null {
  if (kind === 'none') return argument === undefined ? null : ' without ":"';
  if (argument === undefined) return `: followed by a ${kind}`;
  const signed = agreement === null ? undefined : vocabulary.agreements.get(agreement);
  switch (kind) {
    case 'word':
      return WORD.test(argument) ? null : ': and lower-case letters, digits and hyphens';
    case 'network':
      return vocabulary.networks.has(argument)
        ? null
        : `: and a network of gateway.yaml (${[...vocabulary.networks].join(', ')})`;
    case 'purpose':
      if (!isPurpose(argument)) return ': and a W3C DPV purpose of the sector "law"';
      return !signed || signed.purposes.some((p) => purposeWithin(argument, p))
        ? null
        : `: and a purpose within the agreement's (${signed.purposes.join(', ')})`;
    case 'legal-basis':
      return !signed || signed.legalBases.includes(argument)
        ? null
        : `: and a legal basis of the agreement (${signed.legalBases.join(', ')})`;
    case 'undertaking': {
      const known = signed?.undertakings.map((u) => u.id) ?? [];
      return known.includes(argument)
        ? null
        : `: and an undertaking of the agreement (${known.join(', ') || 'it has none'})`;
    }
    case 'hours': {
      const [, h1, m1, h2, m2] = HOURS.exec(argument) ?? [];
      const from = Number(h1) * 60 + Number(m1);
      const to = Number(h2) * 60 + Number(m2);
      return from < to && to <= 24 * 60 ? null : ': and hours of one day such as 07:00-19:00';
    }
    case 'day':
      return isDay(argument) ? null : ': and a day such as 2027-03-01';
    case 'scheme':
      return isScheme(argument) ? null : `: and an identifier scheme (${SCHEMES.join(', ')})`;
    default:
      return ' not used here';
  }
}
