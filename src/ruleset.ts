import type { Caller } from './domain/caller.ts';
import { ConfigurationError } from './domain/configuration-error.ts';
import { exchangeId } from './domain/ids.ts';
import type { LegDecision } from './domain/leg.ts';
import type { Acceptance, Attested, Person, Project } from './domain/partnership.ts';
import { treatmentText } from './domain/plan.ts';
import { SAFES } from './domain/safe.ts';
import { DAY, HOUR, type Instant, SECOND } from './domain/time.ts';
import type { Digest } from './domain/versions.ts';
import type { Ruleset, Submission } from './exchange.ts';
import type { Registry } from './registry/registry.ts';
import { type ExpectedCase, readExpected, type Told, tryExpected } from './rulebook/expected.ts';
import { type Flaw, flaw, flawText } from './rulebook/flaw.ts';
import { buildRulebook, EXPECTED_SUFFIX, type Rulebook, type RulebookSources } from './rulebook/rulebook.ts';
import type { Vocabulary } from './rulebook/vocabulary.ts';
import { evaluateCondition } from './safes/conditions/index.ts';
import { type Authorities, decide } from './safes/decide.ts';
import { explain } from './safes/explain/explain.ts';
import { judgeResult, judgeSpent } from './safes/outputs.ts';

/** What persons and holders have changed through the gateway: read for every decision. */
export interface LiveFacts {
  acceptedBy(person: string): readonly Acceptance[];
  isPaused(dataset: string): boolean;
  /** Another number after each change. */
  version(): number;
}

/** What a ruleset is made of besides the rulebook's files. */
export interface RulesetContext {
  readonly live: LiveFacts;
  readonly registry: Registry;
  readonly networks: readonly string[];
  readonly networksOf: (address: string) => readonly string[];
  readonly configuration: Digest;
  readonly build: Digest;
}

export interface BuiltRuleset {
  readonly ruleset: Ruleset;
  readonly rulebook: Rulebook;
  /** As `ruleset.decide`, with reasons: see `safes/explain/`. */
  explain(submission: Submission, now: Instant): ReturnType<typeof explain>;
}

/**
 * Builds the rulebook, tries its expected decisions, and joins it with the registry to what judges exchanges.
 * @returns the ruleset and its rulebook, or every flaw found; a rulebook with a flaw is never used.
 */
export async function buildRuleset(
  sources: RulebookSources,
  context: RulesetContext,
): Promise<BuiltRuleset | { readonly flaws: readonly Flaw[] }> {
  const { registry } = context;
  const built = await buildRulebook(sources, vocabularyOf(registry, context.networks), evaluateCondition);
  if ('flaws' in built) return built;
  const { rulebook } = built;
  const flaws = rulebook.pages
    .filter((page) => page.kind === 'agreement')
    .flatMap((page) => selfTest(page.name, sources, registry, rulebook));
  if (flaws.length > 0) return { flaws };

  const { live } = context;
  const authorities: Authorities = { ...registry, ...live, roles: rulebook.roles, rulesFor: rulebook.rulesFor };
  const petition = (submission: Submission, now: Instant) => ({
    ...submission,
    now,
    networks: context.networksOf(submission.channel.address),
  });
  const judge = (submission: Submission, now: Instant) => decide(authorities, petition(submission, now));
  const ruleset: Ruleset = Object.freeze({
    versions: {
      rulebook: rulebook.digest,
      registry: registry.digest,
      configuration: context.configuration,
      build: context.build,
    },
    decide: judge,
    judgeResult,
    judgeSpent,
    stillPermits: rechecker(judge, live),
  } satisfies Ruleset);
  return { ruleset, rulebook, explain: (submission, now) => explain(authorities, petition(submission, now)) };
}

/** A permit this young is as good as new, unless somebody changed something since. */
const FRESH_MS = SECOND;

/** Decides again where facts can have changed: registry and rules are those of this ruleset for its whole life. */
function rechecker(judge: Ruleset['decide'], live: LiveFacts): Ruleset['stillPermits'] {
  return (permit, submission, now) => {
    if (permit.liveVersion === live.version() && now - permit.granted < FRESH_MS) return true;
    const alone = { ...submission, enquiry: { ...submission.enquiry, datasets: [permit.dataset] } };
    return judge(alone, now).legs.some((leg) => leg.permit !== null);
  };
}

/** As `buildRuleset`, for programs that cannot go on without rules. */
export async function requireRuleset(sources: RulebookSources, context: RulesetContext) {
  const built = await buildRuleset(sources, context);
  if ('flaws' in built) throw new ConfigurationError(built.flaws.map(flawText));
  return built;
}

/** The names that pages may use, as registry and configuration have them. */
export function vocabularyOf(registry: Registry, networks: readonly string[]): Vocabulary {
  return {
    partners: new Set(registry.partners.map((p) => p.id)),
    networks: new Set(networks),
    agreements: new Map(registry.agreements.map((a) => [a.id, { ...a, parties: new Set(a.parties) }])),
    datasets: new Map(
      registry.datasets.map((d) => [
        d.id,
        {
          holder: d.holder,
          fields: new Map(Object.entries(d.fields).map(([path, spec]) => [path, spec.type])),
          schemes: new Set(Object.keys(d.identifiers)),
        },
      ]),
    ),
  };
}

function selfTest(
  agreement: string,
  sources: RulebookSources,
  registry: Registry,
  rulebook: Rulebook,
): readonly Flaw[] {
  const file = `${agreement}${EXPECTED_SUFFIX}`;
  const text = sources.get(file);
  if (text === undefined)
    return [flaw({ file, line: 1, column: 1 }, 'expected/missing', `expected decisions beside ${agreement}.csv`)];
  const { cases, flaws } = readExpected(file, text);
  return [...flaws, ...tryExpected(cases, (expected) => tell(expected, registry, rulebook))];
}

/** Decides an expected case with the real judges, for a person that exists only here. */
function tell(expected: ExpectedCase, registry: Registry, rulebook: Rulebook): Told {
  const project = registry.project(expected.project);
  if (project === undefined) throw new Error(`there is no project "${expected.project}"`);
  if (registry.dataset(expected.dataset) === undefined) throw new Error(`there is no dataset "${expected.dataset}"`);
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
  return tellLeg(leg);
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
  const kept = permit.plan
    .filter((p) => p.treatment !== null)
    .map((p) => `${p.field}=${treatmentText(p.treatment)}@${p.rule}`);
  return {
    ...said,
    outputs: [said.outputs, ...rows, ...permit.terms].join(' '),
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
  const unknown = standing.find(
    (w) => !/^(member|suspended|paused|accreditation:.+|(training|undertaking):.+@\d{4}-\d{2}-\d{2})$/.test(w),
  );
  if (unknown !== undefined) throw new Error(`"${unknown}" is not understood in "standing"`);
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
