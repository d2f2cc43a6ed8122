import type { Dataset } from '../domain/dataset.ts';
import type { OutputLevel } from '../domain/enquiry.ts';
import type { Facts } from '../domain/facts.ts';
import type { Findings } from '../domain/finding.ts';
import type { AskRules } from '../domain/matching.ts';
import type { Budget } from '../domain/permit.ts';
import { budgetsOf } from '../safes/budgets.ts';
import { type Granted, judge, mapSafes } from '../safes/decide.ts';
import { finding } from '../safes/judgement.ts';

/** What rules say of one leg on facts that are given: as `decide`, but there is no Permit and nobody can be asked. */
export interface FactsJudged {
  readonly findings: Findings;
  readonly granted: Granted | null;
  /** Counters that a question would draw on; empty where nothing is granted. */
  readonly budgets: readonly Budget[];
  /** Why the rules could not be evaluated; undefined where they could. */
  readonly defect?: unknown;
}

/**
 * Judges a leg on facts that somebody froze or supposed, with the judges that decide in earnest. Pure.
 * @param ask the rows of one agreement for one dataset. Never throws: rules that cannot be evaluated refuse.
 */
export function judgeFacts(ask: AskRules, dataset: Dataset, output: OutputLevel, facts: Facts): FactsJudged {
  try {
    const heard = ask({ dataset: dataset.id, output, facts });
    const { findings, granted } = judge(heard, dataset, facts);
    return { findings, granted, budgets: granted === null ? [] : budgetsOf(heard.outputs, facts) };
  } catch (defect) {
    const findings = mapSafes((safe) => finding('refuse', null, `${safe}/rules-failed`));
    return { findings, granted: null, budgets: [], defect };
  }
}
