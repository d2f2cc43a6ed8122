import { z } from 'zod';

/** What `ask` reads of an answer or problem: all optional, since a refusal, a replay and a fault each say less. */

const finding = z.object({
  verdict: z.string(),
  rule: z.string().nullable(),
  code: z.string(),
  say: z.string(),
  remedy: z.string().optional(),
});

const leg = z.object({
  dataset: z.string(),
  holder: z.string(),
  state: z.string(),
  code: z.string().optional(),
  findings: z.record(z.string(), finding).optional(),
  hit: z.boolean().optional(),
  records: z.array(z.json()).optional(),
  fields: z.array(z.object({ field: z.string(), treatment: z.string(), rule: z.string().nullable() })).optional(),
  terms: z.array(z.string()).optional(),
});
export type AnsweredLeg = z.output<typeof leg>;

export const answerShape = z.object({
  exchange: z.string().optional(),
  outcome: z.string().optional(),
  legs: z.array(leg).optional(),
  receipt: z.object({ index: z.int(), checkpoint: z.string(), witnessed: z.boolean() }).optional(),
  /** Of problems, RFC 9457. */
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  reason: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), expected: z.string() })).optional(),
});
export type Answer = z.output<typeof answerShape>;
