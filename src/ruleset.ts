import { keepText } from './domain/canonical-json.ts';
import { ConfigurationError } from './domain/configuration-error.ts';
import { type Acceptance, inForce } from './domain/partnership.ts';
import type { Permit } from './domain/permit.ts';
import { type Instant, SECOND } from './domain/time.ts';
import type { Digest } from './domain/versions.ts';
import type { Ruleset, Submission } from './exchange.ts';
import type { Registry } from './registry/registry.ts';
import { type Flaw, flawText, type Remark, remark } from './rulebook/flaw.ts';
import { lintRulebook } from './rulebook/lint-version.ts';
import type { LintWorld } from './rulebook/lint-world.ts';
import { buildRulebook, type Rulebook, type RulebookSources } from './rulebook/rulebook.ts';
import { type Breathe, breatheBetweenEvents, inTurns } from './rulebook/turns.ts';
import type { Vocabulary } from './rulebook/vocabulary.ts';
import { selfTest } from './ruleset/self-test.ts';
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
  breathe: Breathe = breatheBetweenEvents,
): Promise<BuiltRuleset | { readonly flaws: readonly Flaw[] }> {
  const tested = await buildTested(sources, context, breathe);
  if (tested.rulebook === null || tested.flaws.length > 0) return { flaws: tested.flaws };
  return rulesetOf(tested.rulebook, context);
}

/** Builds the rulebook and tries what is expected of it. `uncovered` does not keep it from being used. */
async function buildTested(sources: RulebookSources, { registry, networks }: RulesetContext, breathe: Breathe) {
  const built = await buildRulebook(sources, vocabularyOf(registry, networks), evaluateCondition, breathe);
  if ('flaws' in built) return { rulebook: null, flaws: built.flaws, uncovered: [] };
  const { rulebook } = built;
  return { rulebook, ...(await inTurns(selfTest(sources, registry, rulebook, networks), breathe)) };
}

export interface ExaminedVersion {
  /** Null where a flaw keeps the version from being used at all. */
  readonly built: BuiltRuleset | null;
  /** Everything that can be said of it. One of severity `error` keeps it from being submitted. */
  readonly remarks: readonly Remark[];
}

/** As `buildRuleset`, and everything that a compliance officer should know of the version besides, as of `now`. */
export async function examineVersion(
  sources: RulebookSources,
  context: RulesetContext,
  now: Instant,
  breathe: Breathe = breatheBetweenEvents,
): Promise<ExaminedVersion> {
  const { registry, networks } = context;
  const { rulebook, flaws, uncovered } = await buildTested(sources, context, breathe);
  if (rulebook === null) return { built: null, remarks: flaws.map(remark) };
  const linted = await lintRulebook(rulebook, vocabularyOf(registry, networks), worldOf(registry, now), breathe);
  const built = flaws.length > 0 ? null : rulesetOf(rulebook, context);
  return { built, remarks: [...flaws, ...uncovered, ...linted].map(remark) };
}

function rulesetOf(rulebook: Rulebook, context: RulesetContext): BuiltRuleset {
  const { live, registry } = context;
  const authorities: Authorities = { ...registry, ...live, roles: rulebook.roles, rulesFor: rulebook.rulesFor };
  const petition = (submission: Submission, now: Instant) => ({
    ...submission,
    now,
    networks: context.networksOf(submission.channel.address),
  });
  const judge = (submission: Submission, now: Instant) => decide(authorities, petition(submission, now));
  const ruleset: Ruleset = Object.freeze({
    versions: keepText({
      build: context.build,
      configuration: context.configuration,
      registry: registry.digest,
      rulebook: rulebook.digest,
    }),
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
    return judge(alone, now).legs.some((leg) => leg.permit !== null && grants(leg.permit) === grants(permit));
  };
}

/** What may leave, and on which terms: a role that ends meanwhile can withhold a field and leave the question allowed. */
function grants({ plan, maxRows, terms }: Permit): string {
  return JSON.stringify([plan, maxRows, terms]);
}

/** As `buildRuleset`, for programs that cannot go on without rules. */
export async function requireRuleset(sources: RulebookSources, context: RulesetContext) {
  const built = await buildRuleset(sources, context);
  if ('flaws' in built) throw new ConfigurationError(built.flaws.map(flawText));
  return built;
}

/** What is in force at `now`. */
function worldOf({ people, agreements, projects }: Registry, now: Instant): LintWorld {
  const held = (of: (typeof people)[number]['trainings']) => of.filter((a) => inForce(a, now)).map((a) => a.name);
  return {
    now,
    accreditations: new Set(people.flatMap((person) => held(person.accreditations))),
    trainings: new Set(people.flatMap((person) => held(person.trainings))),
    agreements: new Map(
      agreements.map((agreement) => {
        const current = projects.filter((project) => project.agreement === agreement.id && inForce(project, now));
        const legalBases = new Set(current.map((project) => project.legalBasis));
        return [agreement.id, { inForce: inForce(agreement, now), timeZone: agreement.timeZone, legalBases }];
      }),
    ),
  };
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
