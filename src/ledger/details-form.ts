import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';

/*
 * The details of an exchange's entries, as `record.ts` writes them, read again. A file is a boundary: what is read is
 * parsed. Members that a later version adds are let through, those named here must be as they are.
 */

/** What is read came out of a JSON parser, so its members are JSON already: to look at each again costs more than to open it. */
const json = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const finding = z.looseObject({
  verdict: z.enum(['allow', 'hold', 'refuse', 'not-judged']),
  rule: z.string().nullable(),
  code: z.string(),
  say: z.string(),
  remedy: z.string().optional(),
});
const findings = z.looseObject({
  people: finding,
  projects: finding,
  settings: finding,
  data: finding,
  outputs: finding,
});
const planned = z.looseObject({ field: z.string(), treatment: z.string(), rule: z.string().nullable() });
const permit = z.looseObject({
  plan: z.array(planned),
  maxRows: z.number(),
  terms: z.array(z.string()),
});
const decidedLeg = z.looseObject({
  dataset: z.string(),
  holder: z.string(),
  findings,
  permit: permit.nullable(),
});
const concludedLeg = z.looseObject({
  dataset: z.string(),
  holder: z.string(),
  state: z.string(),
  code: z.string().optional(),
  rows: z.number().optional(),
  findings: findings.optional(),
});
const common = {
  who: z.looseObject({
    issuer: z.string(),
    subject: z.string(),
    person: z.string().nullable(),
    partner: z.string().nullable(),
    address: z.string(),
    token: z.string().nullable(),
  }),
  project: z.string(),
  purpose: z.looseObject({ term: z.string(), iri: z.string(), vocabulary: z.string() }),
  case: z.string().nullable(),
  justification: z.string(),
  output: z.string(),
  versions: z.looseObject({
    rulebook: z.string(),
    registry: z.string(),
    configuration: z.string(),
    build: z.string(),
  }),
  facts: z.array(json),
};

/** Accountability details of an `asked` entry. */
export const askedDetails = z.looseObject({ ...common, legs: z.array(decidedLeg) });
/** Of an `outcome` whose intent stands at `asked`. */
export const concludedDetails = z.looseObject({
  asked: z.number(),
  outcome: z.string(),
  answer: z.string(),
  legs: z.array(concludedLeg),
});
/** Of an `outcome` that no intent precedes: nobody was asked. */
export const refusedDetails = z.looseObject({
  ...common,
  outcome: z.string(),
  answer: z.string(),
  legs: z.array(z.looseObject({ ...decidedLeg.shape, state: z.string(), code: z.string().optional() })),
});
/** Of an `outcome` that recovery wrote after a crash. */
export const interruptedDetails = z.looseObject({ code: z.string(), interrupted: z.literal(true) });
/** Subject details of both kinds: the identifier that was searched for. */
export const subjectDetails = z.looseObject({
  by: z.looseObject({ scheme: z.string(), value: z.string(), full: z.boolean().optional() }),
});

/** Of an `explain` entry: what the rules say of a question that was put to nobody. */
export const explainDetails = z.looseObject({
  ...common,
  legs: z.array(z.looseObject({ dataset: z.string(), holder: z.string(), findings })),
});

export type AskedDetails = z.output<typeof askedDetails>;
export type ConcludedDetails = z.output<typeof concludedDetails>;
export type RefusedDetails = z.output<typeof refusedDetails>;
export type ExplainDetails = z.output<typeof explainDetails>;
export type SubjectDetails = z.output<typeof subjectDetails>;
