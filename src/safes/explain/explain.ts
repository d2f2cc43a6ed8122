import { OUTPUT_LEVELS, type OutputLevel } from '../../domain/enquiry.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Finding } from '../../domain/finding.ts';
import type { AskRules, Evaluated, Heard } from '../../domain/matching.ts';
import type { Safe } from '../../domain/safe.ts';
import { type Authorities, type Decision, decide, mapSafes, type Petition } from '../decide.ts';

/** A row that was heard, and what of it is not fulfilled. */
export interface HeardRow {
  readonly row: Evaluated;
  /** The output level of which the row speaks, where it is not the one asked. */
  readonly level: OutputLevel | null;
}

/** A finding as it is told: one that was recorded may have a code of an earlier version. */
export type ToldFinding = Omit<Finding, 'code'> & { readonly code: string };

/** Why one Safe said what it said. */
export interface SafeExplanation {
  readonly finding: ToldFinding;
  /** The row that the finding names. */
  readonly decider: HeardRow | null;
  /** Deny rows that fire besides it: each would refuse alone. */
  readonly denies: readonly HeardRow[];
  /** Allow rows that did not fire, fewest unfulfilled conditions first; `decider` is not among them. */
  readonly nearest: readonly HeardRow[];
  /** Roles with which an allow row would be for the caller; null where one is. */
  readonly roles: readonly string[] | null;
}

export interface LegExplanation {
  readonly dataset: string;
  readonly holder: string;
  /** Whether the question would be put to the holder. */
  readonly allowed: boolean;
  readonly facts: Facts;
  readonly safes: Readonly<Record<Safe, SafeExplanation>>;
}

/** As many nearest rows as are told for each Safe. */
const NEAREST = 3;

/**
 * Decides a question and explains the decision. What is explained is what the decision itself heard; beyond that the same
 * rules are asked what they would say at the other output level, and of somebody with another role. No Permit gets out.
 * @returns the decision for the record, and an explanation for each leg.
 */
export function explain(
  authorities: Authorities,
  petition: Petition,
): { readonly decision: Decision; readonly legs: readonly LegExplanation[] } {
  const decision = decide(authorities, petition);
  const legs = decision.legs.map((leg, i) => {
    const facts = decision.facts[i] ?? {};
    const agreement = facts['agreement.id'];
    const ask = agreement === undefined ? null : authorities.rulesFor(agreement, leg.dataset);
    const heard = decision.heard[i] ?? null;
    const safes =
      ask === null || heard === null
        ? mapSafes((safe) => unheard(leg.findings[safe]))
        : mapSafes((safe) =>
            explainSafe({ safe, leg, facts, heard, ask, output: petition.enquiry.output, authorities }),
          );
    return { dataset: leg.dataset, holder: leg.holder, allowed: leg.permit !== null, facts, safes };
  });
  return { decision, legs };
}

/** Conditions and the like of the row that are not fulfilled: what a caller is away from it. */
export function openIn({ row, level }: HeardRow): number {
  const conditions = row.conditions.filter((c) => c.met !== 'met').length;
  return conditions + (level === null ? 0 : 1) + (row.who === 'met' ? 0 : 1);
}

/** No rows were asked: the finding is all there is. */
export function unheard(finding: ToldFinding): SafeExplanation {
  return { finding, decider: null, denies: [], nearest: [], roles: null };
}

interface Heading {
  readonly safe: Safe;
  readonly leg: { readonly dataset: string; readonly findings: Readonly<Record<Safe, ToldFinding>> };
  readonly facts: Facts;
  readonly heard: Heard;
  readonly ask: AskRules;
  readonly output: OutputLevel;
  readonly authorities: Pick<Authorities, 'roles'>;
}

/** Why one Safe said what it said, from what its rows were heard to say. */
export function explainSafe(heading: Heading): SafeExplanation {
  const { safe, leg, heard } = heading;
  const finding = leg.findings[safe];
  const here = heard[safe].evaluated.map((row): HeardRow => ({ row, level: null }));
  const decider = here.find(({ row }) => row.rule.id === finding.rule) ?? null;
  const rest = here.filter((h) => h !== decider);
  const allows = here.some(({ row }) => row.rule.verdict === 'allow' && row.who === 'met');
  const failing = rest.filter(({ row }) => row.rule.verdict === 'allow' && !row.fires);
  // Where a row allows, no other is needed. A field can be withheld all the same, since each has its own row.
  const open = !here.some(({ row }) => row.rule.verdict === 'allow' && row.fires);
  const wanting = finding.verdict === 'allow' && safe === 'data' ? failing : [];
  const candidates = open ? [...failing, ...nearly(heading)] : wanting;
  return {
    finding,
    decider,
    denies: rest.filter(({ row }) => row.rule.verdict === 'deny' && row.fires),
    nearest: candidates.toSorted((a, b) => openIn(a) - openIn(b)).slice(0, NEAREST),
    roles: allows ? null : rolesProvided(heading),
  };
}

/** Allow rows that speak of the same dataset at another output level. */
function nearly({ safe, leg, facts, heard, ask, output }: Heading): readonly HeardRow[] {
  const known = new Set(heard[safe].evaluated.map((e) => e.rule.id));
  return OUTPUT_LEVELS.filter((level) => level !== output).flatMap((level) =>
    ask({ dataset: leg.dataset, output: level, facts: { ...facts, 'enquiry.output': level } })
      [safe].evaluated.filter((e) => e.rule.verdict === 'allow' && !known.has(e.rule.id))
      .map((row) => ({ row, level })),
  );
}

/** The rules themselves are asked, role by role: who is meant by a row is known in one place alone. */
function rolesProvided({ safe, leg, facts, ask, output, authorities }: Heading): readonly string[] {
  return [...authorities.roles].flatMap(([role, included]) => {
    const question = { dataset: leg.dataset, output, facts: { ...facts, 'caller.roles': included } };
    const meant = ask(question)[safe].evaluated.some((e) => e.rule.verdict === 'allow' && e.who === 'met');
    return meant ? [role] : [];
  });
}
