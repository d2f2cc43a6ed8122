import { z } from 'zod';
import { FAULT_CODES } from '../domain/faults.ts';
import { LEG_STATES } from '../domain/leg.ts';
import { REASON_CODES } from '../domain/reasons.ts';
import { UNKNOWN_CALLER_REASONS } from '../domain/unknown-caller.ts';
import { PROBLEM_CODES } from './problem.ts';

/** Every schema that has a name in the OpenAPI document. Without transforms, so that it can be told as JSON Schema. */
export const WIRE = z.registry<{ readonly id: string; readonly description?: string }>();

/** Gives a schema its name in the OpenAPI document. */
export function named<T extends z.ZodType>(id: string, description: string, schema: T): T {
  WIRE.add(schema, { id, description });
  return schema;
}

export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const exchangeId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
const legCode = z.enum([...FAULT_CODES, ...REASON_CODES]);

export const findingShape = {
  verdict: z.enum(['allow', 'hold', 'refuse', 'not-judged']),
  rule: z.string().nullable(),
  code: z.enum(REASON_CODES),
  say: z.string(),
  remedy: z.string().optional(),
};
const finding = named(
  'Finding',
  'What one Safe says: the verdict, the rule that decided, why.',
  z.strictObject(findingShape),
);
const findings = named(
  'Findings',
  'Five findings, always.',
  z.strictObject({ people: finding, projects: finding, settings: finding, data: finding, outputs: finding }),
);

const leg = named(
  'Leg',
  'The part of an exchange at one dataset.',
  z.strictObject({
    dataset: z.string(),
    holder: z.string(),
    state: z.enum(LEG_STATES),
    code: legCode.optional(),
    findings,
    hit: z.boolean().optional(),
    records: z.array(z.record(z.string(), z.unknown())).optional(),
    fields: z
      .array(z.strictObject({ field: z.string(), treatment: z.string(), rule: z.string().nullable() }))
      .optional(),
    terms: z.array(z.string()).optional(),
  }),
);

const receipt = named(
  'Receipt',
  'Evidence that the outcome was in the log before it was told. `entry` is the Merkle leaf at `index` (RFC 6962), `checkpoint` a C2SP signed note.',
  z.strictObject({
    index: z.int().min(0),
    checkpoint: z.string(),
    proof: z.array(z.string()),
    digest,
    entry: z.string(),
    salt: z.string(),
    witnessed: z.boolean(),
  }),
);

export const exchangeAnswer = named(
  'ExchangeAnswer',
  'What became of an exchange. The digest of the receipt covers `legs` in canonical form (RFC 8785).',
  z.strictObject({
    exchange: exchangeId,
    outcome: z.enum(['released', 'none', 'held', 'partial']),
    legs: z.array(leg).min(1),
    rulebook: digest,
    receipt,
  }),
);

export const standing = named(
  'Standing',
  'How an exchange stands: state and receipt, never data.',
  z.strictObject({
    exchange: exchangeId,
    outcome: z.enum(['open', 'released', 'none', 'held', 'partial', 'refused', 'fault']),
    legs: z.array(
      z.strictObject({
        dataset: z.string(),
        holder: z.string(),
        state: z.enum([...LEG_STATES, 'open']),
        code: legCode.optional(),
      }),
    ),
    receipt: receipt.optional(),
  }),
);

export const problem = named(
  'Problem',
  'RFC 9457. `code` is a closed list; a refusal carries its legs and a receipt over them.',
  z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(PROBLEM_CODES),
    detail: z.string(),
    reason: z.enum(Object.keys(UNKNOWN_CALLER_REASONS)).optional(),
    errors: z.array(z.strictObject({ path: z.string(), code: z.string(), expected: z.string() })).optional(),
    exchange: exchangeId.optional(),
    outcome: z.enum(['refused', 'fault']).optional(),
    legs: z.array(leg).optional(),
    rulebook: digest.optional(),
    receipt: receipt.optional(),
  }),
);
