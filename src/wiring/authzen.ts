import type { Config } from '../config.ts';
import { holds } from '../domain/finding.ts';
import { toldPlan } from '../domain/plan.ts';
import type { Ruleset } from '../exchange.ts';
import type { AuthzenPorts } from '../gateway/authzen/ports.ts';
import type { LogLine } from '../gateway/ports.ts';

/**
 * The AuthZEN decision point over the ruleset in force. Permits end here: what goes on says only what they would grant.
 * @param current the ruleset in force at the moment of the question.
 */
export function authzenPorts(config: Config, current: () => Ruleset, log: LogLine): AuthzenPorts {
  const { registry, authzen, origin } = config;
  const signingIn = registry.people.filter((person) => person.identities.length > 0);
  const people = Map.groupBy(
    signingIn.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ({ partner }) => partner,
  );
  const datasets = new Map(
    registry.partners.map(({ id }) => {
      const agreements = registry.agreements.filter(({ parties }) => parties.includes(id));
      return [id, [...new Set(agreements.flatMap((agreement) => agreement.datasets))].toSorted()];
    }),
  );
  return {
    mapping: authzen,
    decisionPoint: origin,
    peopleOf: (partner) => people.get(partner) ?? [],
    datasetsOf: (partner) => datasets.get(partner) ?? [],
    evaluator() {
      const ruleset = current();
      return {
        versions: ruleset.versions,
        evaluate(submission, now) {
          const { legs, facts, defects } = ruleset.decide(submission, now);
          for (const defect of defects)
            log('defect', { error: defect instanceof Error ? defect.stack : String(defect) });
          const [leg] = legs;
          if (leg === undefined) throw new Error('a question without a dataset was evaluated');
          const { holder, findings, permit } = leg;
          const granted =
            permit === null
              ? null
              : {
                  fields: permit.output === 'records' ? toldPlan(permit.plan) : [],
                  terms: permit.terms,
                  maxRows: permit.maxRows,
                  held: holds(findings),
                };
          return { holder, findings, facts: facts[0] ?? {}, granted };
        },
      };
    },
  };
}
