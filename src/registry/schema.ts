import { z } from 'zod';
import { LEGAL_BASES } from '../domain/legal-basis.ts';
import { isPurpose } from '../domain/purpose.ts';
import type { Instant } from '../domain/time.ts';
import { dataset } from './dataset-schema.ts';
import { EXCLUSIVE, HOLDER_SEES } from './duties.ts';
import { distinct, instant, line, word } from './words.ts';

function ordered(term: { readonly from: Instant; readonly until: Instant }): boolean {
  return term.from < term.until;
}
const ORDERED = { path: ['until'], error: 'expected a later moment than "from"' };

const attested = z
  .strictObject({ name: word, source: line, approver: word, from: instant, until: instant })
  .refine(ordered, ORDERED);

const person = z.strictObject({
  id: word,
  name: line,
  partner: word,
  identities: z.array(z.strictObject({ issuer: z.string().min(1), subject: z.string().min(1).max(255) })),
  roles: z.array(attested).default([]),
  accreditations: z.array(attested).default([]),
  trainings: z.array(attested).default([]),
  suspensions: z.array(attested).default([]),
});

export const partnersSchema = z.strictObject({
  partners: z.array(z.strictObject({ id: word, name: line })).min(1),
  people: z.array(person),
});

const legalBasis = z.enum(LEGAL_BASES);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}

const agreement = z
  .strictObject({
    id: word,
    title: line,
    parties: distinct(word, 2),
    purposes: distinct(
      z.string().refine(isPurpose, 'expected a purpose of the W3C DPV law module, such as SuspectedCrimeInvestigation'),
      1,
    ),
    legalBases: distinct(legalBasis, 1),
    datasets: distinct(word, 1),
    from: instant,
    until: instant,
    review: instant,
    timeZone: z.string().refine(isTimeZone, 'expected an IANA time zone, such as Europe/Amsterdam'),
    keepLogDays: z.int().min(1).max(36_500),
    auditors: z
      .array(z.strictObject({ partner: word, role: z.enum(EXCLUSIVE).default('auditor'), scope: z.literal('all') }))
      .default([]),
    holderSees: distinct(z.enum(HOLDER_SEES)).default([]),
    undertakings: z
      .array(z.strictObject({ id: word, version: z.int().min(1), title: line, text: z.string().min(1).max(10_000) }))
      .default([])
      .refine((all) => new Set(all.map((u) => u.id)).size === all.length, 'expected each undertaking once'),
  })
  .refine(ordered, ORDERED)
  .refine(({ from, review, until }) => from < review && review <= until, {
    path: ['review'],
    error: 'expected a moment within the term of the agreement',
  });

const project = z
  .strictObject({
    id: word,
    title: line,
    agreement: word,
    partner: word,
    members: distinct(word),
    legalBasis,
    casePattern: z
      .string()
      .max(64)
      .regex(
        /^(?=.*[#@])[A-Z0-9#@/ .:_-]+$/,
        'expected a pattern such as KP-####-@@: # a digit, @ a letter, else capitals, digits and separators',
      ),
    from: instant,
    until: instant,
  })
  .refine(ordered, ORDERED);

export const agreementsSchema = z.strictObject({
  agreements: z.array(agreement).min(1),
  projects: z.array(project),
});

export const datasetsSchema = z.strictObject({ datasets: z.array(dataset).min(1) });

export type PartnersDocument = z.output<typeof partnersSchema>;
export type AgreementsDocument = z.output<typeof agreementsSchema>;
export type DatasetsDocument = z.output<typeof datasetsSchema>;
