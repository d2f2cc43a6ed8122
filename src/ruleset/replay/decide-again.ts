import type { Dataset } from '../../domain/dataset.ts';
import { toldPlan } from '../../domain/plan.ts';
import { SAFES, type Safe } from '../../domain/safe.ts';
import type { OpenedExchange, OpenedLeg } from '../../ledger/opened.ts';
import type { Granted } from '../../safes/decide.ts';
import { type FactsJudged, judgeFacts } from '../judge-facts.ts';
import type { Counters } from './counters.ts';
import { asksForUngathered, type Draft, rolesUnder, type Undetermined } from './draft.ts';
import { frozenFacts } from './recorded.ts';

/** A field that is treated otherwise. */
export interface FieldChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** What the draft does to one leg. */
export type Again =
  | { readonly kind: 'undetermined'; readonly why: Undetermined }
  | { readonly kind: 'same' }
  /** `safes`: which refused then. */
  | { readonly kind: 'newly-allowed'; readonly safes: readonly Safe[] }
  /** `safes`: which refuse now. */
  | { readonly kind: 'newly-refused'; readonly safes: readonly Safe[] }
  | {
      readonly kind: 'changed';
      /** Safes whose finding says something else: another rule, or another reason. */
      readonly safes: readonly Safe[];
      readonly fields: readonly FieldChange[];
      readonly terms: { readonly from: string; readonly to: string } | null;
      readonly limit: { readonly from: number; readonly to: number } | null;
    };

type RecordedPermit = NonNullable<OpenedLeg['permit']>;

const undetermined = (why: Undetermined): Again => ({ kind: 'undetermined', why });
const SAME: Again = { kind: 'same' };

/**
 * Decides a recorded leg again, from the facts that were sealed with it, and compares. Nothing of today's registry is
 * looked at but which fields and identifiers the dataset has.
 * @param counters uses of the draft's budgets in the stretch replayed so far; null: not counted.
 * @param asked roles that a row of the draft is for.
 */
export function decideAgain(
  draft: Draft,
  { versions, output }: Pick<OpenedExchange, 'versions' | 'output'>,
  leg: OpenedLeg,
  asked: ReadonlySet<string>,
  counters: Counters | null,
): Again {
  if (versions.build !== draft.build) return undetermined('build');
  const sameRegistry = versions.registry === draft.registry.digest;
  // Nobody known, no project, no agreement: no rule was asked, and none of any version would be.
  if (Object.keys(leg.facts).length === 0) return sameRegistry ? SAME : undetermined('registry');
  const recorded = frozenFacts(leg.facts);
  if (recorded === null) return undetermined('form');
  const dataset = draft.registry.dataset(leg.dataset);
  const ask = draft.rulebook.rulesFor(recorded['agreement.id'] ?? '', leg.dataset);
  if (dataset === undefined || ask === null || (leg.permit !== null && !plans(leg.permit, dataset)))
    return undetermined('dataset');
  const facts = rolesUnder(draft, recorded, versions.rulebook, asked);
  if (facts === null) return undetermined('roles');
  if (asksForUngathered(draft, versions, ask, facts, leg.dataset)) return undetermined('facts');
  const judged = judgeFacts(ask, dataset, output === 'hit' ? 'hit' : 'records', facts);
  const spent =
    counters !== null && judged.granted !== null && !counters.reserve(judged.budgets, facts['clock.now'] ?? 0);
  return compared(leg, judged, { spent, sameRules: versions.rulebook === draft.rulebook.digest });
}

/** Datasets by permits whose plans name their fields: most legs share one with many others. */
const planned = new WeakMap<RecordedPermit, Dataset>();

/** Whether the plan says of each field that the dataset has now, and of no other, what was to happen to it. */
function plans(permit: RecordedPermit, dataset: Dataset): boolean {
  if (planned.get(permit) === dataset) return true;
  const fields = Object.keys(dataset.fields);
  const same = permit.plan.every(({ field }, i) => field === fields[i] && permit.plan.length === fields.length);
  if (same) planned.set(permit, dataset);
  return same;
}

interface Spending {
  /** More was asked in the stretch replayed than the draft's budgets leave. */
  readonly spent: boolean;
  /** The very version decided that is tried. */
  readonly sameRules: boolean;
}

function compared(leg: OpenedLeg, judged: FactsJudged, { spent, sameRules }: Spending): Again {
  const { permit, findings } = leg;
  const { granted } = judged;
  if (permit === null) {
    if (granted !== null) {
      return { kind: 'newly-allowed', safes: SAFES.filter((safe) => findings[safe].verdict !== 'allow') };
    }
    return changed({ safes: SAFES.filter((safe) => differs(safe, leg, judged)), fields: [], terms: null, limit: null });
  }
  if (granted === null) {
    return { kind: 'newly-refused', safes: SAFES.filter((safe) => judged.findings[safe].verdict !== 'allow') };
  }
  if (leg.code === 'outputs/budget') {
    if (!sameRules && !spent) return undetermined('budget');
  } else if (spent) return { kind: 'newly-refused', safes: ['outputs'] };
  if (leg.code === 'outputs/too-many-rows' && granted.maxRows > permit.maxRows) return undetermined('rows');
  if (leg.rows !== null && leg.rows > granted.maxRows) return { kind: 'newly-refused', safes: ['outputs'] };
  return otherwiseGranted(leg, permit, judged, granted);
}

/** By what is granted now and what was granted then: most legs share both with many others. */
const remembered = new WeakMap<
  Granted,
  WeakMap<RecordedPermit, { readonly by: readonly object[]; readonly is: Again }>
>();

/** Both grant: how the answers differ. */
function otherwiseGranted(leg: OpenedLeg, permit: RecordedPermit, judged: FactsJudged, granted: Granted): Again {
  const known = remembered.get(granted)?.get(permit);
  if (known?.by[0] === leg.findings && known.by[1] === judged.findings) return known.is;
  const is = grantsCompared(leg, permit, judged, granted);
  const permits = remembered.get(granted) ?? new WeakMap();
  remembered.set(granted, permits.set(permit, { by: [leg.findings, judged.findings], is }));
  return is;
}

function grantsCompared(leg: OpenedLeg, permit: RecordedPermit, judged: FactsJudged, granted: Granted): Again {
  const plan = toldPlan(granted.plan);
  const fields = plan.flatMap(({ field, treatment }, i): FieldChange[] => {
    const from = permit.plan[i]?.treatment ?? 'withheld';
    return from === treatment ? [] : [{ field, from, to: treatment }];
  });
  const otherRule = plan.some(({ rule }, i) => (permit.plan[i]?.rule ?? null) !== rule);
  const safes = SAFES.filter((safe) => differs(safe, leg, judged) || (safe === 'data' && otherRule));
  const [was, is] = [permit.terms, granted.terms].map((terms) => terms.toSorted().join(' '));
  return changed({
    safes,
    fields,
    terms: was === is ? null : { from: was ?? '', to: is ?? '' },
    limit: permit.maxRows === granted.maxRows ? null : { from: permit.maxRows, to: granted.maxRows },
  });
}

function changed(change: Omit<Extract<Again, { kind: 'changed' }>, 'kind'>): Again {
  const { safes, fields, terms, limit } = change;
  if (safes.length === 0 && fields.length === 0 && terms === null && limit === null) return SAME;
  return { kind: 'changed', ...change };
}

/** What the result made of the outputs finding is compared elsewhere: its rule is still that of the terms. */
function differs(safe: Safe, { permit, findings }: OpenedLeg, judged: FactsJudged): boolean {
  const [was, is] = [findings[safe], judged.findings[safe]];
  if (was.rule !== is.rule) return true;
  if (permit !== null && safe === 'outputs') return is.verdict !== 'allow';
  return was.verdict !== is.verdict || was.code !== is.code;
}
