import { expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts.ts';
import { buildRulebook, type Rulebook } from '../../src/rulebook/rulebook.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { examplePolicies } from '../builders.ts';
import { HARBOUR_DENIED, vocabulary } from './example-vocabulary.ts';

async function rulebookWith(page: string): Promise<Rulebook> {
  const sources = examplePolicies().set('holder-northgate-motors.csv', page);
  const built = await buildRulebook(sources, vocabulary(), evaluateCondition);
  if ('flaws' in built) throw new Error(JSON.stringify(built.flaws));
  return built.rulebook;
}

const facts = (partner: string): Facts => ({ 'caller.partner': partner, 'caller.roles': ['investigator'] });

function deniedBy(rulebook: Rulebook, dataset: string, partner: string) {
  const ask = rulebook.rulesFor('vehicle-tracing', dataset);
  const heard = ask?.({ dataset, output: 'records', facts: facts(partner) }).projects.evaluated ?? [];
  return heard.filter((e) => e.rule.verdict === 'deny' && e.fires).map((e) => e.rule.id);
}

test("a holder's own page denies its datasets, whatever the agreement allows, and nobody else's", async () => {
  const rulebook = await rulebookWith(HARBOUR_DENIED);
  expect(deniedBy(rulebook, 'dealer-sales', 'harbour-police')).toContain('H1');
  expect(deniedBy(rulebook, 'dealer-sales', 'kestrel-police')).not.toContain('H1');
  expect(deniedBy(rulebook, 'tidewater-sales', 'harbour-police')).not.toContain('H1');
});

test('a holder cannot allow on its own page, nor speak of the datasets of others', async () => {
  await expect(rulebookWith(HARBOUR_DENIED.replace('deny', 'allow'))).rejects.toThrow('page/deny-only');
  await expect(rulebookWith(HARBOUR_DENIED.replace('dealer-sales', 'tidewater-sales'))).rejects.toThrow('what/unknown');
});
