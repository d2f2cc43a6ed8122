import { z } from 'zod';
import { PROPOSAL_STATES } from '../../domain/rulebook-life.ts';

/** What the routes under `/v1/rulebook` answer. */
const id = z.string();
const digest = z.string();
const time = z.string();
const entry = z.int().min(0);
const report = z.record(z.string(), z.unknown());

const finding = z.strictObject({
  severity: z.enum(['error', 'warning', 'note']),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  code: z.string(),
  expected: z.string(),
  remedy: z.string().optional(),
});

const approval = z.strictObject({ person: id, partner: id, time, note: z.string() });

const members = {
  proposal: id,
  version: digest,
  state: z.enum(PROPOSAL_STATES),
  kind: z.enum(['start', 'draft', 'rollback']),
  author: z.string(),
  partner: z.string(),
  /** Empty where the submission is `withheld`. */
  message: z.string(),
  submission: z
    .strictObject({
      round: z.int().min(1),
      submitter: id,
      time,
      base: digest,
      tests: digest,
      replay: digest,
      path: z.enum(['ordinary', 'own', 'emergency']),
      partners: z.array(id),
      grounds: z.array(z.string()),
      /** It changes pages to which the reader is no party: whom it widens for, on what grounds, and who approved is not told. */
      withheld: z.boolean(),
    })
    .nullable(),
  approvals: z.array(approval),
  missing: z.array(id),
  enough: z.boolean(),
  at: time.nullable(),
  activated: time.nullable(),
  reviewBy: time.nullable(),
  reviewer: id.nullable(),
  reviewOverdue: z.boolean(),
};
export const proposal = z.strictObject(members);
export const movedProposal = z.strictObject({ ...members, entry });

export const rulebook = z.strictObject({
  source: z.enum(['files', 'store']),
  active: digest,
  since: time.nullable(),
  inFiles: z.string().nullable(),
  reviewOverdue: z.boolean(),
  proposals: z.array(proposal),
});

const head = {
  version: digest,
  parent: digest.nullable(),
  author: z.string(),
  message: z.string(),
  time,
  proposals: z.array(proposal),
};
export const versions = z.strictObject({ versions: z.array(z.strictObject(head)) });
export const version = z.strictObject({ ...head, files: z.array(z.string()), withheld: z.int().min(0) });
export const files = z.strictObject({
  version: digest,
  files: z.record(z.string(), z.string()),
  withheld: z.int().min(0),
});
export const diff = z.strictObject({
  before: digest,
  after: digest,
  changes: z.array(z.record(z.string(), z.unknown())),
  sentences: z.array(z.string()),
});
export const findings = z.strictObject({
  version: digest,
  usable: z.boolean(),
  findings: z.array(finding),
  found: z.int().min(0),
});
export const draft = z.strictObject({
  proposal: id,
  version: digest,
  state: z.enum(PROPOSAL_STATES),
  entry,
  findings: z.array(finding),
});
export const replay = z.strictObject({
  replay: id,
  version: digest,
  base: digest,
  state: z.enum(['running', 'done', 'failed']),
  done: z.int().min(0),
  total: z.int().min(0),
  digest: digest.nullable(),
  report: report.nullable(),
});
export const attached = z.strictObject({ proposal: id, version: digest, digest, report });
export const whatIf = z.strictObject({
  version: digest,
  person: id,
  allowed: z.boolean(),
  explanations: z.array(
    z.strictObject({
      dataset: id,
      holder: id,
      allowed: z.boolean(),
      compliance: z.record(z.string(), z.unknown()),
      output: z
        .strictObject({
          fields: z.array(z.strictObject({ field: z.string(), treatment: z.string(), rule: z.string().nullable() })),
          maxRows: z.int().min(0),
          terms: z.array(z.string()),
        })
        .nullable(),
    }),
  ),
});
