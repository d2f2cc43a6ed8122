import { expect, test } from 'vitest';
import { placeInYaml } from '../../src/cli/yaml-place.ts';

const TEXT = `# People and fields
people:
  - id: mara
    roles:
      - { name: investigator, until: 2028-01-01 }
fields:
  sale: { from: a }
  sale.price: { from: b, type: number }
`;

test.each([
  ['people: expected a list', 2, 1],
  ['people[0].id: expected a word', 3, 5],
  ['people[0].roles[0].until: expected a date', 5, 31],
  ['people[0].roles[0].approver: expected text', 5, 9],
  ['people[7].id: expected a word', 2, 1],
  ['fields.sale.price.type: expected text', 8, 26],
  ['fields.sale.from: expected text', 7, 11],
  ['nothing of this: expected something', 1, 1],
  ['Nested mappings are not allowed at line 3, column 5:', 3, 5],
])('%s', (problem, line, column) => {
  expect(placeInYaml(TEXT, problem)).toEqual({ line, column });
});

test('a text that is no mapping has its places at the start', () => {
  for (const text of ['', '- a', 'x: [', ': :'])
    expect(placeInYaml(text, 'a.b: expected')).toEqual({ line: 1, column: 1 });
});
