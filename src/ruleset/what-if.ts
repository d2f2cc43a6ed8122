import type { Caller } from '../domain/caller.ts';
import type { Enquiry } from '../domain/enquiry.ts';
import type { Findings } from '../domain/finding.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { Acceptance } from '../domain/partnership.ts';
import { type ToldField, toldPlan } from '../domain/plan.ts';
import type { Instant } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import type { Registry } from '../registry/registry.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { explain, type LegExplanation } from '../safes/explain/explain.ts';

/** Somebody of the registry, asking from somewhere: what a question on trial is put with. */
export interface Supposition {
  /** Names the trial where findings and budgets need a name; no exchange comes of it. */
  readonly exchange: ExchangeId;
  /** Person id of the registry. */
  readonly person: string;
  readonly at: Instant;
  readonly signIn: Pick<Caller, 'acr' | 'amr' | 'authTime' | 'bound'>;
  /** Names of the networks that the person would ask from. */
  readonly networks: readonly string[];
  readonly enquiry: Enquiry;
}

/** What persons have accepted and holders have paused: as it is now, or as somebody supposes. */
export interface SupposedLive {
  acceptedBy(person: string): readonly Acceptance[];
  isPaused(dataset: string): boolean | undefined;
}

/** One dataset of a question on trial. */
export interface WhatIfLeg {
  readonly dataset: string;
  readonly holder: string;
  readonly allowed: boolean;
  readonly findings: Findings;
  /** For `tellCaller`, `tellCompliance`, `tellAuditor`: deciding rows, near misses, what would have to be different. */
  readonly explanation: LegExplanation;
  /** Null where nothing would be released. */
  readonly output: {
    /** At output level `hit` no field leaves. */
    readonly fields: readonly ToldField[];
    readonly maxRows: number;
    readonly terms: readonly string[];
    /** The bounds of the counters that the question would draw on; `expires` null: for the project's whole life. */
    readonly budgets: readonly { readonly limit: number; readonly expires: Instant | null }[];
  } | null;
}

export interface WhatIf {
  readonly rulebook: Digest;
  readonly legs: readonly WhatIfLeg[];
}

/**
 * What a rulebook, in force or not, would say if a person of the registry asked this from there: all five findings,
 * deciding rows and near misses, field plan and output terms. Nothing is asked, reserved or recorded; whoever offers this
 * to somebody records that it was told, since it tells of a person's facts.
 * @returns undefined where the registry knows no such person or one of the datasets is unknown to it.
 */
export function whatIf(
  rulebook: Rulebook,
  registry: Registry,
  live: SupposedLive,
  supposed: Supposition,
): WhatIf | undefined {
  const person = registry.person(supposed.person);
  const { enquiry, exchange, networks } = supposed;
  if (person === undefined || enquiry.datasets.some((id) => registry.dataset(id) === undefined)) return undefined;
  const { decision, legs } = explain(
    {
      ...registry,
      personOf: () => person,
      roles: rulebook.roles,
      rulesFor: rulebook.rulesFor,
      acceptedBy: (id) => live.acceptedBy(id),
      isPaused: (dataset) => live.isPaused(dataset),
      version: () => 0,
    },
    {
      exchange,
      now: supposed.at,
      caller: { issuer: 'what-if', subject: person.id, ...supposed.signIn },
      networks,
      enquiry,
    },
  );
  return {
    rulebook: rulebook.digest,
    legs: decision.legs.flatMap(({ dataset, holder, findings, permit }, i) => {
      const explanation = legs[i];
      if (explanation === undefined) return [];
      const output = permit && {
        fields: permit.output === 'hit' ? [] : toldPlan(permit.plan),
        maxRows: permit.maxRows,
        terms: permit.terms,
        budgets: permit.budgets.map(({ limit, expires }) => ({ limit, expires })),
      };
      return [{ dataset, holder, allowed: permit !== null, findings, explanation, output }];
    }),
  };
}
