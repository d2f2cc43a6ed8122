import type { Brand } from './brand.ts';
import type { OutputLevel } from './enquiry.ts';
import type { Identifier } from './identifier.ts';
import type { ExchangeId } from './ids.ts';
import type { FieldPlan } from './plan.ts';
import type { Instant } from './time.ts';

/**
 * Leave to ask one holder one question. Nothing is fetched without one; it is made in `safes/decide.ts` alone, when no
 * Safe refuses. The holder's request is built from this and never from what the caller sent.
 */
export type Permit = Brand<
  {
    readonly exchange: ExchangeId;
    readonly dataset: string;
    readonly holder: string;
    readonly by: Identifier;
    readonly output: Exclude<OutputLevel, 'statistics'>;
    readonly plan: FieldPlan;
    readonly maxRows: number;
    /** `review`: a person looks at the answer before it is released. */
    readonly disposition: 'release' | 'review';
    readonly terms: readonly string[];
    /** Rule that decided the outputs finding. */
    readonly outputsRule: string;
    readonly granted: Instant;
  },
  'Permit'
>;
