import type { JsonObject } from '../../domain/json.ts';
import type { Standing } from '../entry.ts';
import { type Activity, apiActivity, type EventSource, resourceOf, type Severity, statusOf } from './ocsf.ts';
import { NOT_DISCLOSED } from './ocsf-exchange.ts';

/** An entry with nothing opened: what stands in the tree, and of an exchange what its legs came to. */
export interface FollowedEntry {
  readonly index: number;
  readonly kind: string;
  readonly exchange: string;
  /** RFC 3339. */
  readonly time: string;
  /** Of `outcome`. */
  readonly outcome: { readonly result: string; readonly legs: Standing['legs']; readonly asked: number | null } | null;
}

/** What an operator's security centre should make of each kind; what is not here is `Other` and informational. */
const KINDS: Readonly<Record<string, readonly [Activity, Severity]>> = {
  'bad-request': ['Read', 'Low'],
  unverified: ['Read', 'Low'],
  outage: ['Other', 'High'],
  reading: ['Read', 'Informational'],
  explain: ['Read', 'Informational'],
  evaluation: ['Read', 'Informational'],
  rulebook: ['Update', 'Informational'],
  undertaking: ['Create', 'Informational'],
  pause: ['Update', 'Informational'],
  resume: ['Update', 'Informational'],
  erasure: ['Delete', 'Medium'],
  'legal-hold': ['Update', 'Informational'],
  'log-key': ['Update', 'Medium'],
};

/** Kinds that make no event of their own: the outcome tells of the intent. */
export function isSilent(kind: string): boolean {
  return kind === 'asked';
}

/**
 * An entry as an event that names nobody: no person, no asking partner, no address, no project, case, purpose or
 * justification, no identifier, no field. It says which datasets were asked and what became of it.
 */
export function bareEvent(source: EventSource, entry: FollowedEntry): JsonObject {
  const { index, kind, exchange, time, outcome } = entry;
  const common = {
    exchange,
    index,
    time,
    actor: { app_name: NOT_DISCLOSED },
    source: { name: NOT_DISCLOSED },
  };
  if (outcome === null) {
    const [activity, severity] = KINDS[kind] ?? ['Other', 'Informational'];
    return apiActivity(source, {
      ...common,
      uid: `${index}:${kind}`,
      code: kind,
      activity,
      operation: kind,
      severity,
      status: kind === 'bad-request' || kind === 'unverified' || kind === 'outage' ? 'Failure' : 'Success',
      statusCode: kind,
      message: `Entry ${index}: ${kind}`,
      unmapped: {},
    });
  }
  const codes = [...new Set(outcome.legs.flatMap(({ code }) => code ?? []))];
  return apiActivity(source, {
    ...common,
    uid: `${exchange}:exchange`,
    code: 'exchange',
    activity: 'Read',
    operation: 'exchange',
    ...statusOf(outcome.result),
    statusCode: outcome.result,
    ...(codes.length === 0 ? {} : { statusDetail: codes.join(' ') }),
    message: `Exchange ${exchange}: ${outcome.result}`,
    resources: outcome.legs.map(({ dataset, holder, state, code }) =>
      resourceOf(dataset, holder, { state, ...(code === undefined ? {} : { code }) }),
    ),
    unmapped: { entries: { asked: outcome.asked, outcome: index } },
  });
}
