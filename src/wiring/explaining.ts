import type { GatewayPorts } from '../gateway/ports.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { explainRecorded } from '../safes/explain/recorded.ts';

/**
 * Explains recorded decisions with the rulebook in force, where that is the one that decided.
 * @param current the rulebook in force at the moment of the question.
 */
export function recordedExplainer(current: () => Rulebook): GatewayPorts['explainRecorded'] {
  return (legs, output, decidedBy) => {
    const rulebook = current();
    const atHand = rulebook.digest === decidedBy;
    return { legs: explainRecorded(atHand ? rulebook : null, legs, output), active: rulebook.digest, atHand };
  };
}
