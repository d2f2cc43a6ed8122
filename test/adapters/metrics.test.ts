import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createMetrics } from '../../src/adapters/metrics/metrics.ts';

const metrics = createMetrics(['dealer-sales'], {
  ledger: () => null,
  ledgerUp: () => false,
  feed: () => null,
  csvKept: () => 0,
});
afterAll(() => metrics.close());

test('faults by dataset and code; what cannot be told is NaN', async () => {
  metrics.exchange({ outcome: 'fault', legs: [{ dataset: 'dealer-sales', state: 'fault', code: 'holder/timeout' }] });
  metrics.appended(3);
  const { text } = await metrics.text();
  expect(text).toContain('five_safes_holder_faults_total{dataset="dealer-sales",code="holder/timeout"} 1');
  expect(text).toContain('five_safes_ledger_append_seconds_bucket{le="0.005"} 1');
  expect(text).toContain('five_safes_ledger_up 0');
  expect(text).toContain('five_safes_ledger_entries Nan');
});

test('whatever a line holds, labels are of closed lists: the number of series stays the same', async () => {
  const odd = fc.oneof(fc.string(), fc.constantFrom('fault', 'refused', 'dealer-sales', 'people/x'), fc.anything());
  fc.assert(
    fc.property(odd, fc.array(fc.record({ dataset: odd, state: odd, code: odd })), (outcome, legs) => {
      metrics.exchange({ outcome, legs, person: 'zqmarigold' });
    }),
  );
  metrics.exchange({ outcome: 'partial', legs: [{ dataset: 'zqmarigold', state: 'fault', code: 'zqmarigold' }] });
  const { text } = await metrics.text();
  expect(text).not.toContain('zqmarigold');
  const labels = new Set([...text.matchAll(/(?:outcome|safe|dataset|code)="([^"]*)"/g)].map((match) => match[1]));
  for (const label of labels) expect(label).toMatch(/^(other|dealer-sales|[a-z]+|[a-z]+\/[a-z-]+)$/);
});
