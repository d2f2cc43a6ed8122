import type { Caller } from '../domain/caller.ts';
import { exchangeId } from '../domain/ids.ts';
import type { LegDecision } from '../domain/leg.ts';
import type { Acceptance, Attested, Person, Project } from '../domain/partnership.ts';
import { treatmentText } from '../domain/plan.ts';
import { SAFES } from '../domain/safe.ts';
import { DAY, HOUR } from '../domain/time.ts';
import type { Registry } from '../registry/registry.ts';
import { type ExpectedCase, readExpected, type Told, tryExpected, tryPages } from '../rulebook/expected.ts';
import { type Flaw, flaw } from '../rulebook/flaw.ts';
import type { Page } from '../rulebook/page.ts';
import { EXPECTED_SUFFIX, type Rulebook, type RulebookSources } from '../rulebook/rulebook.ts';
import { flatMapSteps, type Steps } from '../rulebook/turns.ts';
import { type Authorities, decide } from '../safes/decide.ts';
import { unknownWord } from './expected-words.ts';
import { strangersAllowed } from './stranger.ts';

export interface SelfTested {
  /** With one of these a version is never used. */
  readonly flaws: readonly Flaw[];
  /** Rules that no expected decision is decided by: with one of these a version cannot be submitted. */
  readonly uncovered: readonly Flaw[];
}

/**
 * Tries what is expected of each page, and that nobody gets in whom no row mentions.
 * @param networks names of those that there are.
 */
export function* selfTest(
  sources: RulebookSources,
  registry: Registry,
  rulebook: Rulebook,
  networks: readonly string[],
): Steps<SelfTested> {
  const flaws: (readonly Flaw[])[] = [];
  const uncovered: (readonly Flaw[])[] = [];
  const decidedAbove = new Set<string>();
  for (const page of rulebook.pages) {
    if (page.kind !== 'agreement') continue;
    const file = `${page.name}${EXPECTED_SUFFIX}`;
    const text = sources.get(file);
    if (text === undefined) {
      const place = { file, line: 1, column: 1 };
      flaws.push([flaw(place, 'expected/missing', `expected decisions beside ${page.file}`)]);
      continue;
    }
    const { cases, pages, flaws: misread } = readExpected(file, text, registry.agreement(page.name)?.timeZone);
    yield;
    const decided = new Set<string>();
    const known = { registry, roles: rulebook.roles, networks };
    const tell = (expected: ExpectedCase) => {
      const unknown = unknownWord(expected, known);
      if (unknown !== undefined) throw new Error(unknown);
      const leg = decideCase(expected, registry, rulebook);
      for (const id of decidingRules(leg)) decided.add(id);
      return tellLeg(leg);
    };
    flaws.push(misread, yield* tryExpected(cases, tell), tryPages(pages, rulebook.pages));
    flaws.push(yield* strangersAllowed(page, registry, rulebook));
    uncovered.push(yield* without(page, decided));
    for (const id of decided) decidedAbove.add(id);
  }
  for (const page of rulebook.pages) {
    if (page.kind !== 'agreement') uncovered.push(yield* without(page, decidedAbove));
  }
  return { flaws: flaws.flat(), uncovered: uncovered.flat() };
}

/** An allow row decides what it allows or treats, a deny row what it refuses. */
function* without(page: Page, decided: ReadonlySet<string>): Steps<readonly Flaw[]> {
  return yield* flatMapSteps(page.rules, ({ id, verdict, place }) => {
    if (decided.has(`${verdict} ${id}`)) return [];
    return [
      flaw(
        place,
        'expected/uncovered',
        `an expected decision in which ${id} ${verdict === 'deny' ? 'refuses' : 'allows'}`,
      ),
    ];
  });
}

/** A refusal can name the allow row that came nearest, which then did not decide: hence the verdict before each id. */
function decidingRules({ findings, permit }: LegDecision): readonly string[] {
  const found = SAFES.map((safe) => `${findings[safe].verdict === 'allow' ? 'allow' : 'deny'} ${findings[safe].rule}`);
  return [...found, ...(permit?.plan ?? []).map((field) => `allow ${field.rule}`)];
}

/** Decides an expected case with the real judges, for a person that exists only here. */
function decideCase(expected: ExpectedCase, registry: Registry, rulebook: Rulebook): LegDecision {
  const project = registry.project(expected.project);
  if (project === undefined) throw new Error(`there is no project "${expected.project}"`);
  const person = inventPerson(expected);
  const members = expected.standing.includes('member') ? [person.id] : [];
  const authorities: Authorities = {
    ...registry,
    personOf: () => person,
    project: (id): Project | undefined => (id === project.id ? { ...project, members } : undefined),
    roles: rulebook.roles,
    rulesFor: rulebook.rulesFor,
    acceptedBy: () => acceptances(expected, registry),
    isPaused: () => expected.standing.includes('paused'),
    version: () => 0,
  };
  const { legs, defects } = decide(authorities, {
    exchange: exchangeId(expected.at, new Uint8Array(10)),
    now: expected.at,
    caller: inventCaller(expected),
    networks: expected.networks,
    enquiry: {
      project: expected.project,
      purpose: expected.purpose,
      ...(expected.caseReference === undefined ? {} : { case: expected.caseReference }),
      justification: 'expected decision',
      datasets: [expected.dataset],
      by: { scheme: expected.scheme, value: 'EXPECTED', full: expected.full },
      output: expected.output,
    },
  });
  const [leg] = legs;
  if (leg === undefined || defects.length > 0) throw new Error('the rules could not be evaluated');
  return leg;
}

function tellLeg({ findings, permit }: LegDecision): Told {
  const said = Object.fromEntries(
    SAFES.map((safe) => {
      const { verdict, code, rule } = findings[safe];
      const parts = verdict === 'allow' ? [verdict, rule] : [verdict, code, rule];
      return [safe, parts.filter((p) => p !== null).join(' ')];
    }),
  ) as Record<(typeof SAFES)[number], string>;
  if (permit === null) return { ...said, plan: '-' };
  const rows = permit.output === 'records' ? [`rows<=${permit.maxRows}`] : [];
  const budgets = permit.budgets.map((b) => `${b.expires === null ? 'per-project' : 'per-day'}<=${b.limit}`);
  const kept = permit.plan
    .filter((p) => p.treatment !== null)
    .map((p) => `${p.field}=${treatmentText(p.treatment)}@${p.rule}`);
  return {
    ...said,
    outputs: [said.outputs, ...rows, ...budgets.toSorted(), ...permit.terms].join(' '),
    plan: permit.output === 'hit' ? 'exists' : kept.join(' '),
  };
}

function inventCaller(expected: ExpectedCase): Caller {
  const hours = expected.signIn.map((w) => /^(\d+)h$/.exec(w)?.[1]).find((h) => h !== undefined);
  return {
    issuer: 'expected',
    subject: 'expected',
    amr: expected.signIn.includes('mfa') ? ['pwd', 'mfa'] : ['pwd'],
    ...(hours === undefined ? {} : { authTime: expected.at - Number(hours) * HOUR }),
    bound: expected.signIn.includes('bound'),
  };
}

/** `undertaking:x@2026-06-01`: accepted that day, in its present version. */
function acceptances({ standing }: ExpectedCase, registry: Registry): readonly Acceptance[] {
  return standing.flatMap((word) => {
    const [, undertaking, day] = /^undertaking:(.+)@(\d{4}-\d{2}-\d{2})$/.exec(word) ?? [];
    if (undertaking === undefined || day === undefined) return [];
    const version = registry.agreements.flatMap((a) => a.undertakings).find((u) => u.id === undertaking)?.version ?? 0;
    return [{ person: EXPECTED_PERSON, undertaking, version, accepted: Date.parse(day) }];
  });
}

const EXPECTED_PERSON = 'expected-person';

function inventPerson({ at, partner, roles, standing }: ExpectedCase): Person {
  const attested = (name: string, from = at - DAY): Attested => ({
    name,
    source: 'expected',
    approver: 'expected',
    from,
    until: at + 365 * DAY,
  });
  const marked = (mark: string) => standing.filter((w) => w.startsWith(mark)).map((w) => w.slice(mark.length));
  return {
    id: EXPECTED_PERSON,
    name: 'Expected Person',
    partner,
    identities: [],
    roles: roles.map((role) => attested(role)),
    accreditations: marked('accreditation:').map((name) => attested(name)),
    trainings: marked('training:').map((word) =>
      attested(word.split('@')[0] ?? '', Date.parse(word.split('@')[1] ?? '')),
    ),
    suspensions: standing.includes('suspended') ? [attested('expected')] : [],
  };
}
