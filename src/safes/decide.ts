import type { Caller } from '../domain/caller.ts';
import type { Dataset } from '../domain/dataset.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import type { Facts } from '../domain/facts.ts';
import { type Findings, refuses } from '../domain/finding.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { LegDecision } from '../domain/leg.ts';
import type { AskRules, Matches } from '../domain/matching.ts';
import type { Acceptance, Agreement, Person, Project } from '../domain/partnership.ts';
import type { Permit } from '../domain/permit.ts';
import type { FieldPlan } from '../domain/plan.ts';
import type { Safe } from '../domain/safe.ts';
import type { Instant } from '../domain/time.ts';
import { judgeData, planFields } from './data.ts';
import { factsOf } from './facts.ts';
import { finding, type Hearing, type Judge } from './judgement.ts';
import { judgeOutputs, type ReleaseTerms, releaseTerms } from './outputs.ts';
import { judgePeople } from './people.ts';
import { judgeProjects } from './projects.ts';
import { judgeSettings } from './settings.ts';

/** Where facts and rules are looked up: registry and rulebook of one moment. */
export interface Authorities {
  personOf(issuer: string, subject: string): Person | undefined;
  project(id: string): Project | undefined;
  agreement(id: string): Agreement | undefined;
  dataset(id: string): Dataset | undefined;
  readonly roles: ReadonlyMap<string, readonly string[]>;
  rulesFor(agreement: string, dataset: string): AskRules | null;
  /** What the person has accepted. */
  acceptedBy(person: string): readonly Acceptance[];
  /** Undefined: not known. */
  isPaused(dataset: string): boolean | undefined;
  /** Another number after each change of what the two above say. */
  version(): number;
}

/** A question with everything that a decision may depend on. */
export interface Petition {
  readonly exchange: ExchangeId;
  readonly now: Instant;
  readonly caller: Caller;
  readonly networks: readonly string[];
  /** Its datasets are known to the registry; the gateway has seen to that. */
  readonly enquiry: Enquiry;
}

/** What the rows of each Safe said. */
export type Heard = Readonly<Record<Safe, Matches>>;

export interface Decision {
  /** Null: the token is good, but the registry knows nobody under it. */
  readonly person: Person | null;
  readonly legs: readonly LegDecision[];
  /** Facts of each leg, in the order of `legs`; empty where the Safes could not be judged. */
  readonly facts: readonly Facts[];
  /** What the rows of each leg said, in the order of `legs`; null where they were not asked or could not be evaluated. */
  readonly heard: readonly (Heard | null)[];
  /** Errors met while judging, for operators. Each refused its leg. */
  readonly defects: readonly unknown[];
}

const JUDGES: Readonly<Record<Safe, Judge>> = {
  people: judgePeople,
  projects: judgeProjects,
  settings: judgeSettings,
  data: judgeData,
  outputs: judgeOutputs,
};

/**
 * Judges a question: for each dataset five findings, and a Permit if none refuses. Pure; the clock is passed in.
 * A leg whose rules cannot be evaluated is refused; the error is among `defects`. Throws only on a dataset unknown here.
 */
export function decide(authorities: Authorities, petition: Petition): Decision {
  const { caller, enquiry } = petition;
  const person = authorities.personOf(caller.issuer, caller.subject) ?? null;
  const found = authorities.project(enquiry.project);
  // Another partner's project is as if it did not exist, so that names of projects cannot be fished for.
  const project = person !== null && found?.partner === person.partner ? found : undefined;
  const agreement = project && authorities.agreement(project.agreement);

  const liveVersion = authorities.version();
  const defects: unknown[] = [];
  const judged = enquiry.datasets.map((id) => {
    const dataset = authorities.dataset(id);
    if (dataset === undefined) throw new Error('a dataset that the gateway let through is not in the registry');
    const leg = (findings: Findings, permit: Permit | null, facts: Facts, heard: Heard | null = null) => ({
      leg: { dataset: id, holder: dataset.holder, findings, permit },
      facts,
      heard,
    });
    if (person === null) return leg(unknownPerson(), null, {});
    if (project === undefined || agreement === undefined) return leg(unjudged('projects/unknown'), null, {});
    const ask = authorities.rulesFor(agreement.id, id);
    if (ask === null) return leg(unjudged('projects/not-covered'), null, {});
    const accepted = authorities.acceptedBy(person.id);
    const paused = authorities.isPaused(id);
    const facts = factsOf(
      { ...petition, person, roles: authorities.roles, project, agreement, accepted, paused },
      dataset,
    );
    try {
      const hearings = hear(ask, facts, dataset, enquiry);
      const heard = mapSafes((safe) => hearings[safe].matches);
      const findings = mapSafes((safe) => JUDGES[safe](hearings[safe]));
      if (refuses(findings)) return leg(findings, null, facts, heard);
      const plan = planFields(hearings.data);
      return leg(
        findings,
        permit({ ...petition, liveVersion }, dataset, findings, plan, releaseTerms(hearings.outputs)),
        facts,
        heard,
      );
    } catch (error) {
      defects.push(error);
      return leg(
        mapSafes((safe) => finding('refuse', null, `${safe}/rules-failed`)),
        null,
        facts,
      );
    }
  });
  return {
    person,
    legs: judged.map((j) => j.leg),
    facts: judged.map((j) => j.facts),
    heard: judged.map((j) => j.heard),
    defects,
  };
}

function hear(ask: AskRules, facts: Facts, dataset: Dataset, enquiry: Enquiry): Record<Safe, Hearing> {
  const question = { dataset: dataset.id, output: enquiry.output, facts };
  return mapSafes((safe) => ({ facts, dataset, matches: ask(safe, question) }));
}

/** Named one by one, so that a sixth Safe would not compile until it is judged here. */
export function mapSafes<T>(of: (safe: Safe) => T): Record<Safe, T> {
  return {
    people: of('people'),
    projects: of('projects'),
    settings: of('settings'),
    data: of('data'),
    outputs: of('outputs'),
  };
}

function unknownPerson(): Findings {
  return mapSafes((safe) =>
    safe === 'people' ? finding('refuse', null, 'people/unknown') : finding('not-judged', null, `${safe}/not-judged`),
  );
}

/** Without a project there is no agreement, hence no page to judge the other Safes by. */
function unjudged(code: 'projects/unknown' | 'projects/not-covered'): Findings {
  return mapSafes((safe) =>
    safe === 'projects' ? finding('refuse', null, code) : finding('not-judged', null, `${safe}/not-judged`),
  );
}

function permit(
  { exchange, enquiry, now, liveVersion }: Petition & { readonly liveVersion: number },
  dataset: Dataset,
  findings: Findings,
  plan: FieldPlan,
  release: ReleaseTerms,
): Permit {
  return Object.freeze({
    exchange,
    project: enquiry.project,
    dataset: dataset.id,
    holder: dataset.holder,
    by: enquiry.by,
    output: enquiry.output,
    plan,
    maxRows: release.maxRows,
    budgets: release.budgets,
    timeFloorMs: dataset.timeFloorMs,
    terms: release.terms,
    outputsRule: findings.outputs.rule ?? '',
    granted: now,
    liveVersion,
  }) as Permit;
}
