import { z } from 'zod';
import { PROPOSAL_STATES, type Proposal } from '../../domain/rulebook-life.ts';
import type { Digest } from '../../domain/versions.ts';
import { isDigest } from '../../ledger/compose.ts';

/** Rows about proposals: parsed when read, since a file is a boundary. */
export interface ProposalRow {
  readonly id: string;
  readonly revision: number;
  readonly state: string;
  readonly version: string;
  readonly told: string;
}

export const digestText = z.string().refine((text): text is Digest => isDigest(text));
const instant = z.number();
const submission = z.strictObject({
  round: z.int().min(1),
  submitter: z.string(),
  time: instant,
  base: digestText,
  tests: digestText,
  replay: digestText,
  needs: z.strictObject({ path: z.enum(['ordinary', 'own', 'emergency']), partners: z.array(z.string()) }),
  grounds: z.array(z.string()),
  entry: z.string(),
});
const approval = z.strictObject({
  person: z.string(),
  partner: z.string(),
  round: z.int().min(1),
  time: instant,
  note: z.string(),
});
const proposal = z.strictObject({
  id: z.string(),
  revision: z.int().min(1),
  state: z.enum(PROPOSAL_STATES),
  kind: z.enum(['start', 'draft', 'rollback']),
  version: digestText,
  author: z.string(),
  partner: z.string(),
  message: z.string(),
  time: instant,
  submission: submission.nullable(),
  approvals: z.array(approval),
  at: instant.nullable(),
  activated: instant.nullable(),
  reviewBy: instant.nullable(),
  reviewer: z.string().nullable(),
});

/** @throws z.ZodError where the row holds anything else, Error where its columns contradict each other. */
export function proposalFromRow(row: ProposalRow): Proposal {
  const told = proposal.parse(JSON.parse(row.told));
  if (told.id !== row.id || told.revision !== row.revision || told.state !== row.state || told.version !== row.version)
    throw new Error(`the proposal ${row.id} contradicts itself`);
  return told;
}
