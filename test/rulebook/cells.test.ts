import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_PAGE_CHARACTERS, readCells } from '../../src/rulebook/cells.ts';

test('cells are trimmed, comments and blank lines passed over, places kept', () => {
  const { rows, flaws } = readCells(
    'f.csv',
    '\uFEFF// a, comment\r\n\r\n a , "b ""x"", y" ,c\n   // another\nd,"two\nlines",\n',
  );
  expect(flaws).toEqual([]);
  expect(rows.map((row) => row.map((c) => `${c.line}:${c.column} ${c.text}`))).toEqual([
    ['3:2 a', '3:6 b "x", y', '3:20 c'],
    ['5:1 d', '5:3 two\nlines', '6:8 '],
  ]);
});

test('a line of blanks is no place to hide a row', () => {
  const { rows } = readCells('f.csv', `${' '.repeat(500)}a,b\n`);
  expect(rows[0]?.map((c) => c.text)).toEqual(['a', 'b']);
});

test('outsized pages and cells are flaws: csv/size', () => {
  expect(readCells('f.csv', 'x'.repeat(MAX_PAGE_CHARACTERS + 1)).flaws.map((f) => f.code)).toEqual(['csv/size']);
  expect(readCells('f.csv', 'x'.repeat(5000)).flaws.map((f) => f.code)).toEqual(['csv/size']);
});

test('what is quoted by RFC 4180 is read back', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é', '/') }).map((s) => s.trim());
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (table) => {
      const text = table.map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')).join('\r\n');
      const { rows, flaws } = readCells('f.csv', text);
      expect(flaws).toEqual([]);
      expect(rows.map((row) => row.map((c) => c.text))).toEqual(table);
    }),
  );
});
