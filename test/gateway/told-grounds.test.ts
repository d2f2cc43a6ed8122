import { expect, test } from 'vitest';
import { groundsFor } from '../../src/gateway/rulebook/told-grounds.ts';

const GROUNDS = [
  'deal, cars (hit): a question that was refused by people is allowed',
  'trade, boats (records): price: withheld becomes keep; the term keep<=9d is dropped (deal, O1)',
  'police: takes on keep<=30d (deal, O1)',
  'police: takes on no-onward (trade, O2)',
];

test.each([
  [['deal', 'trade'], GROUNDS],
  [['deal'], [GROUNDS[0], GROUNDS[2], 'On pages to which your organisation is no party: 2.']],
  [[], ['On pages to which your organisation is no party: 4.']],
])('grounds for those who see %j', (agreements, told) => {
  expect(groundsFor({ sees: (file) => agreements.some((id) => file === `${id}.csv`) }, GROUNDS)).toEqual(told);
});

test('a ground of which it cannot be told what it is about is withheld', () => {
  expect(groundsFor({ sees: () => true }, ['something else'])).toHaveLength(1);
  expect(groundsFor({ sees: () => true }, ['something else'])[0]).toMatch(/: 1\.$/);
});
