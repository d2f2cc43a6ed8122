import type { Caller } from '../domain/caller.ts';
import { keepText } from '../domain/canonical-json.ts';
import type { Dataset } from '../domain/dataset.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import type { Facts } from '../domain/facts.ts';
import { type Findings, refuses } from '../domain/finding.ts';
import { freeze } from '../domain/freeze.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { LegDecision } from '../domain/leg.ts';
import type { AskRules, Heard } from '../domain/matching.ts';
import type { Acceptance, Agreement, Person, Project } from '../domain/partnership.ts';
import type { Budget, Permit } from '../domain/permit.ts';
import type { FieldPlan } from '../domain/plan.ts';
import type { Safe } from '../domain/safe.ts';
import type { Instant } from '../domain/time.ts';
import { budgetsOf } from './budgets.ts';
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
      const heard = ask({ dataset: id, output: enquiry.output, facts });
      const { findings, granted } = judge(heard, dataset, facts);
      if (granted === null) return leg(findings, null, facts, heard);
      const budgets = budgetsOf(heard.outputs, facts);
      return leg(findings, permit({ ...petition, liveVersion }, dataset, granted, budgets), facts, heard);
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

/** Five findings, and what is granted where none refuses. */
export interface Judged {
  readonly findings: Findings;
  readonly granted: Granted | null;
}

/** What a Permit holds that depends on the rules alone. */
export interface Granted extends ReleaseTerms {
  readonly plan: FieldPlan;
  readonly outputsRule: string;
}

/** Of everything heard that grants, by the scheme searched by: the rest follows from what was heard. */
const remembered = new WeakMap<Heard, Map<string, Judged>>();

/**
 * Judges what the rows said. What grants is the same for everybody of whom the same was heard, so it is worked out once
 * and frozen. A refusal tells of the caller's own facts, and is worked out each time.
 */
export function judge(heard: Heard, dataset: Dataset, facts: Facts): Judged {
  const scheme = facts['enquiry.scheme'] ?? '';
  const known = remembered.get(heard)?.get(scheme);
  if (known !== undefined) return known;
  const hearings = mapSafes((safe): Hearing => ({ facts, dataset, matches: heard[safe] }));
  const findings: Findings = mapSafes((safe) => JUDGES[safe](hearings[safe]));
  if (refuses(findings)) return { findings, granted: null };
  const { maxRows, terms } = releaseTerms(hearings.outputs);
  const granted = {
    plan: freeze(planFields(hearings.data)),
    maxRows,
    terms: keepText(terms),
    outputsRule: findings.outputs.rule ?? '',
  };
  const judged: Judged = Object.freeze({ findings: keepText(findings), granted: Object.freeze(granted) });
  const schemes = remembered.get(heard) ?? new Map<string, Judged>();
  remembered.set(heard, schemes.set(scheme, judged));
  return judged;
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
  { plan, maxRows, terms, outputsRule }: Granted,
  budgets: readonly Budget[],
): Permit {
  return Object.freeze({
    exchange,
    project: enquiry.project,
    dataset: dataset.id,
    holder: dataset.holder,
    by: enquiry.by,
    output: enquiry.output,
    plan,
    maxRows,
    budgets,
    timeFloorMs: dataset.timeFloorMs,
    terms,
    outputsRule,
    granted: now,
    liveVersion,
  }) as Permit;
}
