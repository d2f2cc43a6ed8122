import { z } from 'zod';
import {
  ERASED_PARTS,
  ERASURE_GROUNDS,
  type ErasureGround,
  HOLD_SCOPES,
  type StoredErasure,
  type StoredHold,
} from '../../ledger/erasure.ts';

/** Rows about erasures and holds: parsed when read, since a file is a boundary. */
export interface ErasureRow {
  readonly id: string;
  readonly proposer: string;
  readonly exchanges: string;
}
export interface HoldRow {
  readonly id: string;
}

const isGround = (text: string): text is ErasureGround => text in ERASURE_GROUNDS;
const erasureShape = z.object({
  id: z.string(),
  state: z.enum(['proposed', 'done', 'expired']),
  parts: z.enum(ERASED_PARTS),
  ground: z.string().refine(isGround),
  exchanges: z.array(z.string()),
  proposer: z.string(),
  partner: z.string(),
  proposed: z.number(),
  approver: z.string().nullable(),
});
const holdShape = z.object({
  id: z.string(),
  state: z.enum(['set', 'lifting', 'lifted']),
  scope: z.enum(HOLD_SCOPES),
  key: z.string(),
  person: z.string(),
  partner: z.string(),
  since: z.number(),
  lifter: z.string().nullable(),
  lifterPartner: z.string().nullable(),
  lifting: z.number().nullable(),
});

/** @throws z.ZodError where the row holds anything else. */
export function erasureFromRow(row: ErasureRow): StoredErasure {
  return erasureShape.parse({ ...row, exchanges: JSON.parse(row.exchanges) });
}

/** @throws z.ZodError where the row holds anything else. */
export function holdFromRow(row: HoldRow): StoredHold {
  return holdShape.parse(row);
}
