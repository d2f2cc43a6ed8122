import { expect, test } from 'vitest';
import type { Person } from '../../src/domain/partnership.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { requireRuleset } from '../../src/ruleset.ts';
import { examplePolicies, NOW } from '../builders.ts';
import { CONFIG, context, submissionOf } from './log.ts';

const ASKED = { subject: 'mara.lindqvist', caller: {}, address: '127.0.0.1', enquiry: { datasets: ['dealer-sales'] } };

/** Names of buyers are for senior investigators alone. Mara is one until then, and an investigator for long. */
async function ruleset(until: number) {
  const sources = examplePolicies();
  const edit = (file: string, was: RegExp, is: string) => sources.set(file, (sources.get(file) ?? '').replace(was, is));
  edit('vehicle-tracing.csv', /(D7, {2})role:investigator,/, '$1role:senior-investigator,');
  edit('vehicle-tracing.expected.csv', /^(.*, investigator, .*) buyer\.name=keep@D7/gm, '$1');
  const { registry } = context;
  const known = registry.person('mara-lindqvist');
  if (known === undefined) throw new Error('no Mara');
  const senior = { name: 'senior-investigator', source: 's', approver: 'ruth-adeyemi', from: NOW - MINUTE, until };
  const mara: Person = { ...known, roles: [...known.roles, senior] };
  const personOf: typeof registry.personOf = (issuer, subject) =>
    subject === 'mara.lindqvist' ? mara : registry.personOf(issuer, subject);
  return (await requireRuleset(sources, { ...context, registry: { ...registry, personOf } })).ruleset;
}

test('a question goes on as long as the same fields may leave on the same terms', async () => {
  const { decide, stillPermits } = await ruleset(NOW + 2 * MINUTE);
  const submission = submissionOf(ASKED);
  const permit = decide(submission, NOW).legs[0]?.permit;
  if (permit === undefined || permit === null) throw new Error('not permitted');
  expect(permit.plan).toContainEqual({ field: 'buyer.name', treatment: { name: 'keep' }, rule: 'D7' });
  expect(stillPermits(permit, submission, NOW + 2 * MINUTE - 1)).toBe(true);

  // Asked now, she would be answered without the names.
  const later = decide(submission, NOW + 2 * MINUTE).legs[0]?.permit;
  expect(later?.plan).toContainEqual({ field: 'buyer.name', treatment: null, rule: null });
  expect(stillPermits(permit, submission, NOW + 2 * MINUTE)).toBe(false);
  expect(CONFIG.registry.person('mara-lindqvist')?.roles).toHaveLength(1);
});
