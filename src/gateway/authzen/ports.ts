import type { Facts } from '../../domain/facts.ts';
import type { Findings } from '../../domain/finding.ts';
import type { Person } from '../../domain/partnership.ts';
import type { ToldField } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { Versions } from '../../domain/versions.ts';
import type { Submission } from '../../exchange.ts';
import type { AuthzenMapping } from '../../registry/authzen-schema.ts';

/** What the rules say of one question at one dataset. No Permit: nothing can be fetched with it. */
export interface Evaluation {
  readonly holder: string;
  readonly findings: Findings;
  readonly facts: Facts;
  /** Null: refused. */
  readonly granted: {
    /** Empty at output level `hit`. */
    readonly fields: readonly ToldField[];
    readonly terms: readonly string[];
    readonly maxRows: number;
    /** A person would review the result before it is released. */
    readonly held: boolean;
  } | null;
}

/** The rules of one moment: every evaluation of one request is made by the same. */
export interface Evaluator {
  readonly versions: Versions;
  /** @param submission of one dataset, which the registry knows. Errors in rules refuse and are logged. */
  evaluate(submission: Submission, now: Instant): Evaluation;
}

/** What the AuthZEN routes need beyond what every route has. */
export interface AuthzenPorts {
  readonly mapping: AuthzenMapping;
  /** Policy decision point identifier: the origin of the gateway. */
  readonly decisionPoint: string;
  /** People of a partner who can sign in, by id. */
  peopleOf(partner: string): readonly Person[];
  /** Datasets of the agreements that the partner is a party of, by id. */
  datasetsOf(partner: string): readonly string[];
  evaluator(): Evaluator;
}
