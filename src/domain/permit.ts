import type { Brand } from './brand.ts';
import type { OutputLevel } from './enquiry.ts';
import type { Identifier } from './identifier.ts';
import type { ExchangeId } from './ids.ts';
import type { FieldPlan } from './plan.ts';
import type { Instant } from './time.ts';

/** One counter that bounds how often may be asked. */
export interface Budget {
  /** Opaque: names neither person nor project. */
  readonly key: string;
  readonly limit: number;
  /** Epoch ms after which the counter may be forgotten; null: never. */
  readonly expires: Instant | null;
}

/**
 * Leave to ask one holder one question. Nothing is fetched without one; it is made in `safes/decide.ts` alone, when no
 * Safe refuses. The holder's request is built from this and never from what the caller sent.
 */
export type Permit = Brand<
  {
    readonly exchange: ExchangeId;
    /** Project under which is asked: pseudonyms are the same within one. */
    readonly project: string;
    readonly dataset: string;
    readonly holder: string;
    readonly by: Identifier;
    readonly output: OutputLevel;
    readonly plan: FieldPlan;
    readonly maxRows: number;
    /** Counters of which the intent must reserve one use each. */
    readonly budgets: readonly Budget[];
    /** An answer `none` leaves no sooner than this many milliseconds after `granted`. */
    readonly timeFloorMs: number;
    readonly terms: readonly string[];
    /** Rule that decided the outputs finding. */
    readonly outputsRule: string;
    readonly granted: Instant;
    /** Of what persons and holders had changed when it was given. */
    readonly liveVersion: number;
  },
  'Permit'
>;
