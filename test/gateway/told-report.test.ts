import { expect, test } from 'vitest';
import { reportForOthers } from '../../src/gateway/rulebook/told-report.ts';

const tally = {
  ...{ legs: 2, answers: 1, safes: { data: 2 }, exchanges: 2 },
  ...{ partners: { 'kestrel-police': 2 }, persons: { 'mara-lindqvist': 2 }, datasets: { 'dealer-sales': 2 } },
};
const fields = [{ dataset: 'dealer-sales', field: 'buyer.name', from: 'keep', to: 'withheld', legs: 2, answers: 1 }];
const report = {
  version: 'sha256:1',
  agreements: ['vehicle-tracing'],
  exchanges: { read: 2, erased: 0, unreadable: 0 },
  ...{ newlyAllowed: tally, newlyRefused: tally, plans: { ...tally, fields }, terms: tally, limits: tally },
  otherwise: tally,
  sentences: ['1 answer would have lost buyer.name (dealer-sales)'],
};

test('a party to every agreement that was replayed is told all but people', () => {
  const rest = { ...tally, persons: {} };
  expect(reportForOthers(report, (agreement) => agreement === 'vehicle-tracing')).toEqual({
    ...report,
    ...{ newlyAllowed: rest, newlyRefused: rest, plans: { ...rest, fields }, terms: rest, limits: rest },
    otherwise: rest,
    withheld: ['persons'],
  });
});

test.each([
  ['who is no party to one', report],
  ['of a report that does not say of which it was made', { ...report, agreements: null }],
])('%s is told numbers alone', (_, made) => {
  const told = reportForOthers(made, () => false);
  expect(told).toMatchObject({ exchanges: { read: 2 }, plans: { legs: 2, answers: 1, safes: { data: 2 } } });
  expect(told).toMatchObject({
    plans: { partners: {}, fields: [] },
    sentences: [],
    withheld: expect.arrayContaining(['datasets']),
  });
  expect(JSON.stringify(told)).not.toMatch(/vehicle-tracing|dealer-sales|buyer|kestrel|mara/);
});
