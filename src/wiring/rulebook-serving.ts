import type { ExchangeId } from '../domain/ids.ts';
import type { GatewayPorts } from '../gateway/ports.ts';
import { rolesForDuties } from '../registry/duties.ts';
import type { BuiltRuleset } from '../ruleset.ts';
import { rolesInForce } from '../safes/facts.ts';
import { recordedExplainer } from './explaining.ts';

/** The one reference to what decides. Who begins something takes it once, and goes on with what was taken. */
export interface Serving {
  /** @throws Error before there is one. */
  current(): BuiltRuleset;
  /** The same, or null before there is one. */
  built(): BuiltRuleset | null;
  /**
   * @param entry index of the entry that made it active: two activations are in force in the order in which the log has
   * them, whichever is heard of first.
   */
  swap(next: BuiltRuleset, entry: number): void;
  /** What else looks at the rules: each takes the reference once. */
  views(newId: () => ExchangeId): Pick<GatewayPorts, 'rolesOf' | 'explain' | 'explainRecorded' | 'foresee'>;
}

export function createServing(first: BuiltRuleset | null): Serving {
  let serving = first;
  let since = -1;
  const current = () => {
    if (serving === null) throw new Error('no version of the rulebook is active yet');
    return serving;
  };
  return {
    current,
    built: () => serving,
    swap(next, entry) {
      if (entry <= since) return;
      [serving, since] = [next, entry];
    },
    views: (newId) => ({
      rolesOf: (person, now) => rolesForDuties(person, rolesInForce(person, current().rulebook.roles, now), now),
      explain: (submission, now) => {
        const { explain, ruleset } = current();
        return { ...explain(submission, now), versions: ruleset.versions };
      },
      explainRecorded: recordedExplainer(() => current().rulebook),
      foresee: (caller, channel, enquiry, now) =>
        current().ruleset.decide({ exchange: newId(), caller, asker: '', channel, enquiry }, now).legs,
    }),
  };
}
