import type { Brand } from './brand.ts';
import type { CanonicalRecord } from './dataset.ts';
import type { JsonObject } from './json.ts';

/** What a holder answered, in canonical typed fields: every declared field present or null, nothing else. Made in `adapters/holders`. */
export type Raw = Brand<{ readonly records: readonly CanonicalRecord[] }, 'Raw'>;

/** What may leave: built from nothing, adding what the field plan keeps or treats. Made in `treat/treat.ts` alone. */
export type Treated = Brand<
  {
    /** How many records matched; at output level `hit` the records themselves are not here. */
    readonly rows: number;
    readonly records: readonly JsonObject[];
  },
  'Treated'
>;
