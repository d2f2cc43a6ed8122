import type { DecidedExchange } from '../../ledger/exchange-text.ts';
import { createCounters } from './counters.ts';
import { decideAgain } from './decide-again.ts';
import { type Draft, UNDETERMINED, type Undetermined } from './draft.ts';
import type { ReplayStep } from './recorded.ts';
import type { ReplayReport } from './report.ts';
import { changes, counting } from './tally.ts';

export interface ReplayOptions {
  /** The steps are a sample, drawn with this seed out of so many exchanges. Budgets are then not counted. */
  readonly sample?: { readonly seed: number; readonly of: number };
  /** Told now and then. */
  readonly progress?: (done: { readonly exchanges: number; readonly at: number }) => void;
}

const TELL_EVERY = 1_000;

/**
 * Decides recorded questions again with a draft, from their frozen facts, and tells what would have been decided and
 * released otherwise. Streamed: what is kept grows with the names and kinds of change met, not with the log.
 * @param log opened exchanges in the order of their first entries. To open them is a reading of the log: its entry is
 * durable before the first step. @throws whatever `log` throws.
 */
export async function replay(
  draft: Draft,
  log: AsyncIterable<ReplayStep> | Iterable<ReplayStep>,
  { sample, progress }: ReplayOptions = {},
): Promise<ReplayReport> {
  const count = { read: 0, erased: 0, unreadable: 0, replayed: 0, exact: 0, same: 0 };
  const undetermined = new Map<Undetermined, number>();
  const [newlyAllowed, newlyRefused, plans, terms, limits, otherwise] = [
    counting(),
    counting(),
    counting(),
    counting(),
    counting(),
    counting(),
  ];
  const fields = changes<{ field: string }>();
  const [termChanges, limitChanges] = [changes<object>(), changes<object>()];
  const counters = sample === undefined ? createCounters() : null;
  const roles = rolesAsked(draft);

  const put = (exchange: DecidedExchange) => {
    const { versions } = exchange;
    const exact = versions.registry === draft.registry.digest && versions.configuration === draft.configuration;
    for (const leg of exchange.legs) {
      const again = decideAgain(draft, exchange, leg, roles, counters);
      if (again.kind === 'undetermined') {
        undetermined.set(again.why, (undetermined.get(again.why) ?? 0) + 1);
        continue;
      }
      count.replayed += 1;
      if (exact) count.exact += 1;
      const befallen = { exchange, leg };
      if (again.kind === 'same') count.same += 1;
      else if (again.kind === 'newly-allowed') newlyAllowed.add(befallen, again.safes);
      else if (again.kind === 'newly-refused') newlyRefused.add(befallen, again.safes);
      else {
        if (again.fields.length > 0) plans.add(befallen, ['data']);
        for (const { field, from, to } of again.fields) fields.add(leg, from, to, { field });
        if (again.terms !== null) {
          terms.add(befallen, ['outputs']);
          termChanges.add(leg, again.terms.from, again.terms.to, {});
        }
        if (again.limit !== null) {
          limits.add(befallen, ['outputs']);
          limitChanges.add(leg, `rows<=${again.limit.from}`, `rows<=${again.limit.to}`, {});
        }
        if (again.safes.length > 0) otherwise.add(befallen, again.safes);
      }
    }
  };

  for await (const step of log) {
    count.read += 1;
    if (progress !== undefined && count.read % TELL_EVERY === 0) progress({ exchanges: count.read, at: step.at });
    if ('problem' in step) count.unreadable += 1;
    else if ('who' in step.exchange) put(step.exchange);
    else count.erased += 1;
  }

  const { rulebook, registry, configuration, build } = draft;
  const why = Object.keys(UNDETERMINED) as Undetermined[];
  const open = Object.fromEntries(why.map((one) => [one, undetermined.get(one) ?? 0])) as Record<Undetermined, number>;
  return {
    draft: { rulebook: rulebook.digest, registry: registry.digest, configuration, build },
    sample: sample ?? null,
    exchanges: { read: count.read, erased: count.erased, unreadable: count.unreadable },
    legs: { replayed: count.replayed, exact: count.exact, same: count.same, undetermined: open },
    newlyAllowed: newlyAllowed.tally(),
    newlyRefused: newlyRefused.tally(),
    plans: { ...plans.tally(), fields: fields.all() },
    terms: { ...terms.tally(), changes: termChanges.all() },
    limits: { ...limits.tally(), changes: limitChanges.all() },
    otherwise: otherwise.tally(),
  };
}

/** Roles that a row of the draft is for. */
function rolesAsked({ rulebook }: Draft): ReadonlySet<string> {
  const who = rulebook.pages.flatMap((page) => page.rules.flatMap((rule) => rule.who));
  return new Set(who.flatMap((part) => (part.kind === 'role' ? part.role : [])));
}
