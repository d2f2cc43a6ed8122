import type { LimitName } from '../../domain/catalogue.ts';
import type { Dataset } from '../../domain/dataset.ts';
import type { OutputLevel } from '../../domain/enquiry.ts';
import type { Facts } from '../../domain/facts.ts';
import type { AskRules, Heard } from '../../domain/matching.ts';
import { treatmentText } from '../../domain/plan.ts';
import { type FactsJudged, judgeFacts } from '../judge-facts.ts';
import { covers, showsNoMore } from './openness.ts';
import { type Choice, conditionFacts, DATE, instantOf, MINUTE_OF_DAY } from './parameters.ts';
import { PARTNER, ROLES, roleParameter, type Side } from './rows.ts';

/** A question, told by the facts with which each version would judge it. */
export interface WideningEnquiry {
  readonly agreement: string;
  readonly dataset: string;
  readonly holder: string;
  readonly output: OutputLevel;
  /** Roles are those that follow under the second version. */
  readonly facts: Facts;
}

const NETWORKS = 'channel.networks';

/**
 * Facts in which the parameters have these values. What was not chosen does not matter, and is left as unknown as it can
 * be: its fact is missing, and no role is held.
 */
export function factsFrom(
  chosen: ReadonlyMap<string, Choice>,
  sides: readonly Side[],
  { roles }: Side,
  place: Omit<WideningEnquiry, 'facts'>,
): Facts {
  const value = (variable: string) => chosen.get(variable) ?? null;
  // Without a time zone no hour and no day is known.
  const zoned = [DATE, MINUTE_OF_DAY].every((variable) => chosen.get(variable) !== null);
  const conditions = sides.flatMap((side) => side.rows).flatMap(({ rule }) => rule.conditions);
  let facts: Facts = {};
  for (const condition of conditions) facts = { ...facts, ...conditionFacts(condition, value) };
  const names = new Set(conditions.filter((c) => c.name === 'network').map((c) => c.argument ?? ''));
  const held = [...roles].flatMap(([role, included]) => (value(roleParameter(role)) === true ? included : []));
  const scheme = value('enquiry.scheme');
  const partner = value(PARTNER);
  const { 'agreement.time-zone': _, ...rest } = facts;
  return {
    ...rest,
    'clock.now': instantOf(value),
    'caller.person': 'somebody',
    ...(partner === null ? {} : { 'caller.partner': String(partner) }),
    ...(chosen.get(ROLES) === null ? {} : { 'caller.roles': [...new Set(held)] }),
    ...(value(NETWORKS) === null ? {} : { [NETWORKS]: [...names].filter((n) => value(`${NETWORKS}/${n}`) === true) }),
    'agreement.id': place.agreement,
    ...(zoned ? { 'agreement.time-zone': 'UTC' } : {}),
    'project.id': 'some-project',
    'enquiry.output': place.output,
    ...(scheme === null ? {} : { 'enquiry.scheme': String(scheme) }),
    'dataset.id': place.dataset,
    'dataset.holder': place.holder,
  };
}

interface Given {
  readonly judged: FactsJudged;
  readonly heard: Heard | null;
}

/**
 * What the second version gives more than the first on the same question, in words; empty: nothing.
 * @param facts as each version has them: roles follow from its own file. @param ask null: the version has no such rules.
 */
export function givesMore(
  dataset: Dataset,
  output: OutputLevel,
  before: { readonly ask: AskRules | null; readonly facts: Facts },
  after: { readonly ask: AskRules | null; readonly facts: Facts },
): readonly string[] {
  const judge = ({ ask, facts }: typeof before): Given | null =>
    ask === null
      ? null
      : { judged: judgeFacts(ask, dataset, output, facts), heard: ask({ dataset: dataset.id, output, facts }) };
  const [was, is] = [judge(before), judge(after)];
  if (is === null || is.judged.granted === null) return [];
  if (was === null || was.judged.granted === null) {
    const refusing = Object.entries(was?.judged.findings ?? {}).flatMap(([safe, f]) =>
      f.verdict === 'refuse' ? safe : [],
    );
    return [`a question that was refused${refusing.length === 0 ? '' : ` by ${refusing.join(', ')}`} is allowed`];
  }
  return [...fieldsShown(was.judged, is.judged, output), ...dutiesLighter(was, is)];
}

function fieldsShown(was: FactsJudged, is: FactsJudged, output: OutputLevel): readonly string[] {
  if (output === 'hit') return [];
  const plan = is.granted?.plan ?? [];
  return plan.flatMap(({ field, treatment }) => {
    const known = was.granted?.plan.find((line) => line.field === field)?.treatment ?? null;
    const scrubs = plan.some((line) => line.field !== field && line.treatment?.name === 'scrub');
    if (treatment === null || showsNoMore(treatment, known, scrubs)) return [];
    return [`${field}: ${treatmentText(known)} becomes ${treatmentText(treatment)}`];
  });
}

function dutiesLighter(was: Given, is: Given): readonly string[] {
  const duties = ({ heard }: Given) => {
    const binding = heard?.outputs.evaluated.filter((e) => e.rule.verdict === 'allow' && e.met !== 'unmet') ?? [];
    return binding.flatMap(({ rule }) => [...rule.limits, ...rule.terms]);
  };
  const kept = duties(is);
  const smallest = (name: LimitName) => Math.min(...kept.flatMap((d) => (d.name === name ? (d.bound ?? []) : [])));
  const lost = duties(was).filter((duty) => !kept.some((other) => covers(other, duty)));
  return [
    ...new Set(
      lost.map((duty) => {
        if ('text' in duty) return `the term ${duty.text} is dropped or lightened`;
        const now = smallest(duty.name);
        return `the limit ${duty.name}<=${duty.bound} ${Number.isFinite(now) ? `becomes ${now}` : 'is dropped'}`;
      }),
    ),
  ];
}
