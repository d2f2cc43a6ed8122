import type { ConditionName } from '../../domain/catalogue.ts';
import type { Facts, NamedFact } from '../../domain/facts.ts';
import { SCHEMES } from '../../domain/identifier.ts';
import { isPurpose, PURPOSES, purposeWithin } from '../../domain/purpose.ts';
import type { Condition } from '../../domain/rule.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../domain/time.ts';

/**
 * The parameters that conditions look at, cut into classes: two values of one class are the same to every condition of
 * both versions, so that one of each class stands for all. `null` always stands for the missing fact. What is chosen for
 * one parameter never depends on another: conditions that compare an instant with now look at the distance alone.
 */
export type Choice = string | number | boolean | null;

/** The day of a question where it does not matter. */
const SOME_DAY: Instant = Date.UTC(2026, 0, 1);

interface Parameter {
  /** Representatives, one a class; the ones that conditions like to see first. */
  classes(conditions: readonly Condition[]): readonly Choice[];
  /** What is known where this value was chosen. @param now of the question. */
  facts(choice: Exclude<Choice, null>, now: Instant): Facts;
}

type Flag = 'caller.suspended' | 'project.member' | 'token.bound' | 'enquiry.full' | 'dataset.paused';

const flag = (name: Flag): Parameter => ({
  classes: () => [true, false, null],
  facts: (choice): Partial<Record<Flag, boolean>> => ({ [name]: choice === true }),
});

/** An instant in the past that conditions want no older than so much. Chosen is the age in ms. */
const age = (name: NamedFact | 'token.auth-time', unit: number): Parameter => ({
  classes: (conditions) => {
    const bounds = conditions.map(({ bound = 0 }) => bound * unit);
    // Just before, at and just after each bound; −1 lies in the future.
    return [...new Set([0, ...bounds.flatMap((b) => [b - 1, b, b + 1]), -1]), null];
  },
  facts: (choice, now) => ({ [name]: now - Number(choice) }),
});

const term = (name: 'agreement' | 'project'): Parameter => ({
  classes: () => ['in force', 'over', 'to come', null],
  facts: (choice, now) => {
    const from = choice === 'to come' ? now + 1 : now - DAY;
    return { [`${name}.from`]: from, [`${name}.until`]: choice === 'over' ? now : now + DAY };
  },
});

const purpose: Parameter = {
  classes: (conditions) => {
    const classes = new Map<string, string>();
    for (const asked of [...PURPOSES, 'none of the vocabulary']) {
      const fits = conditions.map(({ argument = '' }) => (purposeWithin(asked, argument) ? '+' : '-')).join('');
      if (!classes.has(fits)) classes.set(fits, asked);
    }
    return [...[...classes.values()].sort((a, b) => Number(isPurpose(b)) - Number(isPurpose(a))), null];
  },
  facts: (choice) => ({ 'enquiry.purpose': String(choice) }),
};

const legalBasis: Parameter = {
  classes: (conditions) => [...new Set(conditions.map((c) => c.argument ?? '')), 'another', null],
  facts: (choice) => ({ 'project.legal-basis': String(choice) }),
};

const caseReference: Parameter = {
  classes: () => [true, false, null],
  facts: (choice) => ({ 'project.case-pattern': '#', 'enquiry.case': choice === true ? '1' : 'x' }),
};

const accreditation = (name: NamedFact): Parameter => ({
  classes: () => [DAY, 1, 0, null],
  facts: (choice, now) => ({ [name]: now + Number(choice) }),
});

/** Minutes of the day at which some hours begin or end: nothing changes in between. */
const minute: Parameter = {
  classes: (conditions) => {
    const bounds = conditions.flatMap(({ argument = '' }) =>
      argument.split('-').map((clock) => {
        const [hour, past] = clock.split(':');
        return Number(hour) * 60 + Number(past);
      }),
    );
    const all = [0, ...bounds.flatMap((b) => [b - 1, b, b + 1])].filter((m) => m >= 0 && m < 24 * 60);
    return [...new Set(all), null];
  },
  facts: () => ({ 'agreement.time-zone': 'UTC' }),
};

/** The day of review of a page, and the day after: from then on it has lapsed. */
const day: Parameter = {
  classes: (conditions) => {
    const days = conditions.map(({ argument = '' }) => Date.parse(argument)).sort((a, b) => a - b);
    return [...new Set(days.flatMap((d) => [d, d + DAY])), null];
  },
  facts: () => ({ 'agreement.time-zone': 'UTC' }),
};

/** A scheme that is named, or that the dataset can be searched by, or one more. */
const scheme = (searchable: readonly string[]): Parameter => ({
  classes: (conditions) => {
    const named = new Set([...searchable, ...conditions.map((c) => c.argument ?? '')]);
    const other = SCHEMES.find((known) => !named.has(known)) ?? 'none of them';
    return [...named, other, null];
  },
  facts: (choice) => ({ 'enquiry.scheme': String(choice) }),
});

export const SCHEME = 'enquiry.scheme';
export const MINUTE_OF_DAY = 'clock.minute';
export const DATE = 'clock.day';
const NETWORKS = 'channel.networks';

/** One factor or more: whether `mfa` is among the methods. */
const methods: Parameter = {
  classes: () => [true, false, null],
  facts: (choice) => ({ 'token.amr': choice === true ? ['pwd', 'mfa'] : ['pwd'] }),
};

const networks: Parameter = { classes: () => [true, null], facts: () => ({}) };
const network: Parameter = { classes: () => [true, false], facts: () => ({}) };

/** By condition, the parameters it looks at, in the order in which they must be known. */
const LOOKS_AT: Readonly<Record<ConditionName, (argument: string) => Readonly<Record<string, Parameter>>>> = {
  suspended: () => ({ 'caller.suspended': flag('caller.suspended') }),
  accreditation: (name) => ({ [`accreditation.${name}`]: accreditation(`accreditation.${name}`) }),
  training: (name) => ({ [`training.${name}`]: age(`training.${name}`, DAY) }),
  undertaking: (name) => ({ [`undertaking.${name}`]: age(`undertaking.${name}`, DAY) }),
  member: () => ({ 'project.member': flag('project.member') }),
  'agreement-in-force': () => ({ 'agreement.term': term('agreement') }),
  'project-in-force': () => ({ 'project.term': term('project') }),
  'page-lapsed': () => ({ [DATE]: day }),
  purpose: () => ({ 'enquiry.purpose': purpose }),
  'legal-basis': () => ({ 'project.legal-basis': legalBasis }),
  case: () => ({ 'enquiry.case': caseReference }),
  mfa: () => ({ 'token.amr': methods }),
  'auth-age': () => ({ 'token.auth-time': age('token.auth-time', HOUR) }),
  network: (name) => ({ [NETWORKS]: networks, [`${NETWORKS}/${name}`]: network }),
  hours: () => ({ [MINUTE_OF_DAY]: minute }),
  'bound-token': () => ({ 'token.bound': flag('token.bound') }),
  by: () => ({ [SCHEME]: scheme([]), 'enquiry.full': flag('enquiry.full') }),
  paused: () => ({ 'dataset.paused': flag('dataset.paused') }),
};

/** Names of the parameters that a condition looks at. */
export function looksAt({ name, argument = '' }: Condition): readonly string[] {
  return Object.keys(LOOKS_AT[name](argument));
}

/**
 * Classes of every parameter that one of the conditions looks at.
 * @param conditions of all rows of both versions that concern the question. @param searchable schemes of the dataset.
 */
export function classesOf(
  conditions: readonly Condition[],
  searchable: readonly string[],
): ReadonlyMap<string, readonly Choice[]> {
  const lookers = new Map<string, Condition[]>([[SCHEME, []]]);
  const parameters = new Map<string, Parameter>();
  for (const condition of conditions) {
    for (const [variable, parameter] of Object.entries(LOOKS_AT[condition.name](condition.argument ?? ''))) {
      const known = lookers.get(variable);
      if (known === undefined) lookers.set(variable, [condition]);
      else known.push(condition);
      parameters.set(variable, parameter);
    }
  }
  parameters.set(SCHEME, scheme(searchable));
  return new Map([...parameters].map(([variable, p]) => [variable, p.classes(lookers.get(variable) ?? [])]));
}

/** The instant of the question, in UTC. */
export function instantOf(choose: (variable: string) => Choice): Instant {
  const [date, time] = [choose(DATE), choose(MINUTE_OF_DAY)];
  return (typeof date === 'number' ? date : SOME_DAY) + (typeof time === 'number' ? time * MINUTE : 0);
}

/** The facts that a condition reads, where these were chosen. */
export function conditionFacts(condition: Condition, choose: (variable: string) => Choice): Facts {
  const at = instantOf(choose);
  const { argument = '' } = condition;
  let facts: Facts = { 'clock.now': at };
  for (const [variable, parameter] of Object.entries(LOOKS_AT[condition.name](argument))) {
    const choice = choose(variable);
    if (choice !== null) facts = { ...facts, ...parameter.facts(choice, at) };
  }
  if (condition.name !== 'network' || choose(NETWORKS) === null) return facts;
  return { ...facts, [NETWORKS]: choose(`${NETWORKS}/${argument}`) === true ? [argument] : [] };
}
