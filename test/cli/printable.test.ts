import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outline, table, tell } from '../../src/cli/output.ts';
import { printable, printableJson } from '../../src/cli/printable.ts';
import type { World } from '../../src/cli/world.ts';

const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Text in which what a terminal obeys is not rare. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b',
      '\u009b',
      '\u007f',
      '\r',
      '\n',
      '\t',
      '\u202e',
      '\u2028',
      '\ud800',
      '\u{e0001}',
      '"',
      '\\',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

describe('printable', () => {
  test('nothing that a terminal obeys is left', () => {
    fc.assert(fc.property(nasty, (text) => !FORBIDDEN.test(printable(text))));
  });

  test('leaves the letters of all scripts alone, and shows the rest', () => {
    expect(printable('Inês Καλή 東京 🚗')).toBe('Inês Καλή 東京 🚗');
    expect(printable('a\u001b[31mb\r\n\u202ec')).toBe('a\\u{1b}[31mb\\u{d}\\u{a}\\u{202e}c');
  });
});

describe('printable JSON', () => {
  test('is the same value, and nothing in it is obeyed but line ends', () => {
    fc.assert(
      fc.property(fc.array(nasty), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent).replaceAll('\n', '\r\n');
        const shown = printableJson(text);
        expect(JSON.parse(shown)).toEqual(value);
        expect(shown.replaceAll('\n', '')).not.toMatch(FORBIDDEN);
      }),
    );
  });
});

function seen(terminal: boolean) {
  const told = { out: '', err: '' };
  const world: World = {
    env: {},
    directory: '/',
    terminal,
    out: (text) => {
      told.out += text;
    },
    err: (text) => {
      told.err += text;
    },
  };
  return { world, told };
}

describe('a result', () => {
  const result = { json: '{"name":"\u009b2J"}', lines: ['name  \u001b[2J'] };

  test.each([
    ['on a terminal', true, undefined, { out: 'name  \\u{1b}[2J\n', err: '' }],
    ['on a terminal, as JSON', true, true, { out: '{"name":"\\u009b2J"}\n', err: '' }],
    ['for a program', false, undefined, { out: `${result.json}\n`, err: 'name  \\u{1b}[2J\n' }],
    ['for a program, as JSON', false, true, { out: `${result.json}\n`, err: '' }],
  ])('%s', (_, terminal, json, expected) => {
    const { world, told } = seen(terminal);
    tell(world, json, result);
    expect(told).toEqual(expected);
  });
});

describe('layout', () => {
  test('columns line up, also where something had to be escaped', () => {
    expect(
      table(
        [
          ['a', 'b'],
          ['long\u001b', 'c'],
        ],
        ' ',
      ),
    ).toEqual([' a           b', ' long\\u{1b}  c']);
    expect(table([])).toEqual([]);
  });

  test('an outline shows nesting', () => {
    const value = {
      name: 'Oda',
      born: null,
      owners: [
        { name: 'A', towns: ['X', 'Y'] },
        { name: 'B', towns: [] },
      ],
    };
    expect(outline(value)).toEqual([
      'name: Oda',
      'born: (no value)',
      'owners:',
      '  - name: A',
      '    towns:',
      '      - X',
      '      - Y',
      '  - name: B',
      '    towns: (none)',
    ]);
  });
});
