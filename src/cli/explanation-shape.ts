import { z } from 'zod';

/** What `explain` reads of an explanation. */

const condition = z.object({
  condition: z.string(),
  met: z.string(),
  say: z.string(),
  facts: z.record(z.string(), z.json()).optional(),
});

const row = z.object({
  rule: z.string(),
  text: z.string(),
  level: z.string().optional(),
  place: z.string().optional(),
  conditions: z.array(condition),
});
export type ExplainedRow = z.output<typeof row>;

const safe = z.object({
  verdict: z.string(),
  rule: z.string().nullable(),
  say: z.string(),
  decided: row.nullable(),
  denies: z.array(row),
  nearest: z.array(row),
  change: z.array(z.string()),
});
const safes = z.object({ people: safe, projects: safe, settings: safe, data: safe, outputs: safe });
export type ExplainedSafes = z.output<typeof safes>;

export const explainedLegs = z.array(
  z.object({
    dataset: z.string(),
    holder: z.string(),
    allowed: z.boolean(),
    caller: safes,
    compliance: safes.optional(),
    auditor: z.object({ safes }).optional(),
  }),
);
export type ExplainedLegs = z.output<typeof explainedLegs>;

export const recordedShape = z.object({
  exchange: z.string(),
  time: z.string().nullable(),
  result: z.string().nullable(),
  rulebook: z.string(),
  say: z.string(),
});
export type Recorded = z.output<typeof recordedShape>;

export const explanationShape = z.object({
  exchange: z.string(),
  allowed: z.boolean(),
  person: z.string().optional(),
  recorded: recordedShape.optional(),
  explanations: explainedLegs,
  versions: z.record(z.string(), z.string()).optional(),
});
export type Explanation = z.output<typeof explanationShape>;
