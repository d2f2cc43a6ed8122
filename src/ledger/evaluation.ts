import type { Caller } from '../domain/caller.ts';
import type { Facts } from '../domain/facts.ts';
import type { Findings } from '../domain/finding.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Person } from '../domain/partnership.ts';
import type { Versions } from '../domain/versions.ts';
import type { EntryDraft } from './entry.ts';

/** One evaluation, as it is recorded. */
export interface RecordedEvaluation {
  /** As the request named them. */
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: boolean;
  /** Null: it could not be made; then `error` says why. */
  readonly judged: {
    readonly person: string;
    readonly project: string;
    readonly purpose: string;
    readonly case: string | null;
    readonly scheme: string;
    readonly full: boolean;
    readonly output: string;
    readonly dataset: string;
    readonly holder: string;
    /** Sign-in and address were stated by the enforcement point, not proved. */
    readonly stated: boolean;
    readonly findings: Findings;
    readonly facts: Facts;
  } | null;
  readonly error: string | null;
}

export interface RecordedEvaluations {
  readonly exchange: ExchangeId;
  readonly caller: Caller;
  readonly person: Person;
  readonly address: string;
  /** Path of the request. */
  readonly route: string;
  /** `X-Request-ID`, if one was sent. */
  readonly request: string | null;
  readonly versions: Versions;
  readonly evaluations: readonly RecordedEvaluation[];
}

/** What an enforcement point was told. Written before it is told. No identifier was named, so there is no subject part. */
export function evaluationDraft(recorded: RecordedEvaluations): EntryDraft {
  const { exchange, caller, person, address, route, request, versions, evaluations } = recorded;
  const judged = evaluations.flatMap((one) => one.judged ?? []);
  const shared = sharedFacts(judged);
  const legs = new Map(judged.map(({ dataset, holder }) => [dataset, { dataset, holder }]));
  return {
    kind: 'evaluation',
    exchange,
    accountability: {
      who: {
        issuer: caller.issuer,
        subject: caller.subject,
        person: person.id,
        partner: person.partner,
        address,
        token: caller.tokenId ?? null,
      },
      route,
      request,
      // The facts beside name the agreement that says how long this is kept; where all are errors there is none.
      project: judged[0]?.project ?? '',
      case: null,
      legs: [...legs.values()],
      versions: { ...versions },
      facts: shared,
      evaluations: evaluations.map(
        ({ judged: told, ...asked }): JsonObject => ({ ...asked, judged: lineOf(told, shared) }),
      ),
    },
    subject: null,
  };
}

type Line = NonNullable<RecordedEvaluation['judged']>;

function knownFacts(facts: Facts): readonly (readonly [string, JsonValue])[] {
  return Object.entries(facts).filter((e): e is [string, JsonValue] => e[1] !== undefined);
}

/** Facts that are the same in all of them stand once: a search of a hundred people says a hundred times the same hour. */
function sharedFacts(judged: readonly Line[]): JsonObject {
  const [first, ...rest] = judged;
  const known = first === undefined ? [] : knownFacts(first.facts);
  return Object.fromEntries(
    known.filter(([name, value]) => {
      const text = JSON.stringify(value);
      return rest.every(({ facts }) => JSON.stringify(facts[name]) === text);
    }),
  );
}

/** Findings by what decided them; their words follow from it. Facts beside the shared ones. */
function lineOf(judged: RecordedEvaluation['judged'], shared: JsonObject): JsonObject | null {
  if (judged === null) return null;
  const { findings, facts, ...line } = judged;
  const told = Object.entries(findings).map(([safe, { verdict, rule, code }]) => [safe, { verdict, rule, code }]);
  const own = knownFacts(facts).filter(([name]) => !Object.hasOwn(shared, name));
  return { ...line, findings: Object.fromEntries(told), facts: Object.fromEntries(own) };
}
