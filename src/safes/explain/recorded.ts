import { OUTPUT_LEVELS } from '../../domain/enquiry.ts';
import type { Facts } from '../../domain/facts.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { AskRules } from '../../domain/matching.ts';
import type { Safe } from '../../domain/safe.ts';
import { type Authorities, mapSafes } from '../decide.ts';
import { explainSafe, type LegExplanation, type ToldFinding, unheard } from './explain.ts';
import { frozenFacts } from './frozen-facts.ts';

/** One leg of a decision as the log has it. */
export interface RecordedLeg {
  readonly dataset: string;
  readonly holder: string;
  /** As at the end: those of the result where it changed them. */
  readonly findings: Readonly<Record<Safe, ToldFinding>>;
  /** Whether the question was put to the holder. */
  readonly allowed: boolean;
  /** Empty where none could be gathered. */
  readonly facts: JsonObject;
}

/**
 * Explains decisions of the past from the facts that were sealed with them. Nothing of today's registry is looked at.
 * @param rules of the version that decided; null where it is not at hand: then each finding is told by itself.
 * @param output level that was asked for, as recorded.
 */
export function explainRecorded(
  rules: Pick<Authorities, 'rulesFor' | 'roles'> | null,
  legs: readonly RecordedLeg[],
  output: string,
): readonly LegExplanation[] {
  return legs.map((leg) => {
    const { dataset, holder, allowed, findings } = leg;
    const facts = frozenFacts(leg.facts);
    const told = { dataset, holder, allowed, facts: facts ?? {} };
    const heard = facts === null || rules === null ? null : asked(rules, leg, facts, output);
    if (facts === null || rules === null || heard === null) {
      return { ...told, safes: mapSafes((safe) => unheard(findings[safe])) };
    }
    return { ...told, safes: mapSafes((safe) => explainSafe({ safe, leg, facts, authorities: rules, ...heard })) };
  });
}

/** What the rows of that version say of those facts; null where there were none to ask. */
function asked(rules: { rulesFor: Authorities['rulesFor'] }, { dataset }: RecordedLeg, facts: Facts, output: string) {
  const level = OUTPUT_LEVELS.find((known) => known === output);
  const agreement = facts['agreement.id'];
  const ask: AskRules | null = agreement === undefined ? null : rules.rulesFor(agreement, dataset);
  if (ask === null || level === undefined) return null;
  return { ask, output: level, heard: ask({ dataset, output: level, facts }) };
}
