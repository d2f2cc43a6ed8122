import type { JsonObject } from '../../domain/json.ts';
import type { Evaluation } from './ports.ts';

/** The only type of the profile that can carry a field plan; its members are told in docs/authzen.md. */
export const OBLIGATION_TYPES = ['custom'] as const;

/** An obligation of the AuthZEN Profile for Obligations, draft 1 (3 July 2026), section 4. */
export type Obligation = { readonly id: string; readonly type: 'custom'; readonly properties: JsonObject };

/** What goes with an allowed question: which field may be shown how, how many records, under which terms. */
export function obligationsOf(granted: NonNullable<Evaluation['granted']>): readonly Obligation[] {
  const { fields, terms, maxRows, held } = granted;
  const found: readonly (JsonObject | null)[] = [
    fields.length === 0 ? null : { action: 'field-plan', fields, maxRows },
    terms.length === 0 ? null : { action: 'terms', terms },
    held ? { action: 'review' } : null,
  ];
  return found.flatMap((properties) =>
    properties === null
      ? []
      : [{ id: String(properties['action']), type: 'custom', properties: { vendor: 'five-safes', ...properties } }],
  );
}

/**
 * Whether the enforcement point can fulfil them, as far as it says (section 8 of the profile). Types that this decision
 * point does not issue are as if they had not been named.
 * @param declared `context.supported_obligations` of the request; undefined: nothing is known.
 */
export function canFulfil(obligations: readonly Obligation[], declared: unknown): boolean {
  if (!Array.isArray(declared)) return true;
  return obligations.every(({ type }) => declared.includes(type));
}
