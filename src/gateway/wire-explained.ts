import { z } from 'zod';
import { exchangeId, findingShape, named } from './wire-schemas.ts';

/** Wordings differ by reader, so rows are described only as far as every reader gets them. */
const explainedRow = named(
  'ExplainedRow',
  'A row of the page and how its conditions fared.',
  z.looseObject({ rule: z.string(), text: z.string(), conditions: z.array(z.looseObject({ condition: z.string() })) }),
);
const explainedSafe = named(
  'ExplainedSafe',
  'What one Safe says, and what would change it.',
  z.strictObject({
    ...findingShape,
    // A recorded finding may be of an earlier version.
    code: z.string(),
    decided: explainedRow.nullable(),
    denies: z.array(explainedRow),
    nearest: z.array(explainedRow),
    change: z.array(z.string()),
    roles: z.array(z.string()).optional(),
  }),
);
const explainedLeg = named(
  'ExplainedLeg',
  'The five Safes of one leg, explained.',
  z.strictObject({
    people: explainedSafe,
    projects: explainedSafe,
    settings: explainedSafe,
    data: explainedSafe,
    outputs: explainedSafe,
  }),
);
export const recordedExplained = named(
  'RecordedDecision',
  'The recorded decision that is explained: `rulebook` decided; unless it is `atHand`, its rows cannot be told.',
  z.strictObject({
    exchange: exchangeId,
    time: z.string().nullable(),
    // Null: kept from a holder, where it tells of others' legs too.
    result: z.string().nullable(),
    rulebook: z.string(),
    atHand: z.boolean(),
    say: z.string(),
  }),
);

export const explainedLegs = z.array(
  z.strictObject({
    dataset: z.string(),
    holder: z.string(),
    allowed: z.boolean(),
    caller: explainedLeg,
    compliance: explainedLeg.optional(),
    auditor: z.strictObject({ safes: explainedLeg, facts: z.record(z.string(), z.unknown()) }).optional(),
  }),
);
