import { expect, test } from 'vitest';
import { exchangeId } from '../../src/domain/ids.ts';
import { type Supposition, whatIf } from '../../src/ruleset/what-if.ts';
import { tellCompliance } from '../../src/safes/explain/told.ts';
import { enquiry, NOW } from '../builders.ts';
import { CONFIG, context, draftOf } from './log.ts';

const SUPPOSED: Supposition = {
  exchange: exchangeId(NOW, new Uint8Array(10)),
  person: 'mara-lindqvist',
  at: NOW,
  signIn: { amr: ['pwd', 'mfa'], authTime: NOW, bound: true },
  networks: ['police-lan'],
  enquiry: enquiry(),
};

test('a draft is put a question: five findings, near misses, plan and terms, and nothing comes of it', async () => {
  const draft = await draftOf(
    'vehicle-tracing.csv',
    /tidewater-sales\/buyer\.born,( *)-,( *)allow, {3}year/,
    'tidewater-sales/buyer.born,$1-,$2allow,   drop',
  );
  const told = whatIf(draft, CONFIG.registry, context.live, SUPPOSED);
  expect(told).toMatchObject({ rulebook: draft.digest, legs: [{ allowed: true, holder: 'tidewater-cars' }] });
  expect(told?.legs[0]?.output).toMatchObject({
    maxRows: 20,
    terms: ['keep<=30d', 'no-onward'],
    budgets: [{ limit: 50 }],
  });
  expect(told?.legs[0]?.output?.fields).toContainEqual({ field: 'buyer.born', treatment: 'drop', rule: 'D26' });

  const [leg] = whatIf(draft, CONFIG.registry, context.live, { ...SUPPOSED, networks: [] })?.legs ?? [];
  expect(leg).toMatchObject({
    allowed: false,
    output: null,
    findings: { settings: { verdict: 'refuse', rule: 'S1' } },
  });
  expect(leg && tellCompliance(leg.explanation).settings.change.join(' ')).toContain('police-lan');
});

test('of persons and datasets that the registry does not know, nothing is supposed', async () => {
  const draft = await draftOf('vehicle-tracing.csv', /$/, '');
  expect(whatIf(draft, CONFIG.registry, context.live, { ...SUPPOSED, person: 'nobody' })).toBeUndefined();
  const unknown = { ...SUPPOSED, enquiry: enquiry({ datasets: ['none-such'] }) };
  expect(whatIf(draft, CONFIG.registry, context.live, unknown)).toBeUndefined();
});
