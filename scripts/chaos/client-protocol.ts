import { z } from 'zod';
import { DPOP_JWK } from '../../demo/parties/possession.ts';

/** What the trial and its client say to each other, one JSON line each. */

/** The client's first argument. */
export const CLIENT_OPTIONS = z.strictObject({
  url: z.string(),
  access: z.strictObject({ token: z.string(), dpopJwk: DPOP_JWK.nullable() }),
  /** The client's own log, synced line by line. */
  log: z.string(),
  seed: z.int(),
  atOnce: z.int().min(1),
});

export const TO_CLIENT = z.discriminatedUnion('do', [
  /**
   * Kill the process once so many answers have arrived: at a share of the usual time after the first byte of the next
   * question, or, with null, wait for somebody else to do it.
   */
  z.strictObject({ do: z.literal('kill'), pid: z.int(), answers: z.int(), share: z.number().nullable() }),
  /** The gateway is there again. */
  z.strictObject({ do: z.literal('ask') }),
]);
export type ToClient = z.infer<typeof TO_CLIENT>;

export const FROM_CLIENT = z.discriminatedUnion('said', [
  z.strictObject({ said: z.literal('ready') }),
  /** So many answers of any kind have arrived: a kill from outside may come. */
  z.strictObject({ said: z.literal('enough') }),
  /** Nothing is under way any more. */
  z.strictObject({
    said: z.literal('dead'),
    /** Questions of which at least a byte was sent and whose answer never arrived whole. */
    unanswered: z.int(),
    /** Whether the question that the kill was timed on was answered whole. */
    released: z.boolean(),
  }),
]);
export type FromClient = z.infer<typeof FROM_CLIENT>;

/** A line of the client's log. */
export const ANSWER_LINE = z.strictObject({ status: z.int(), text: z.string() });
