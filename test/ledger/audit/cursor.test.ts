import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursors } from '../../../src/ledger/audit/cursor.ts';

const cursors = createCursors(Buffer.alloc(32, 7), randomBytes);
const CURSOR = {
  reading: 9,
  reader: 'piet-verhoeven',
  size: 10,
  before: 4,
  limit: 50,
  query: { by: { vin: 'JTEZU5JR8D5050504' } },
  expires: 1,
};

describe('a cursor', () => {
  test('opens for its reader, and shows nothing', () => {
    const text = cursors.seal(CURSOR);
    expect(cursors.open(text, 'piet-verhoeven')).toEqual(CURSOR);
    expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('JTEZ');
    expect(cursors.seal(CURSOR)).not.toBe(text);
  });

  test('does not open for anybody else, nor for another gateway', () => {
    const text = cursors.seal(CURSOR);
    expect(cursors.open(text, 'mara-lindqvist')).toBeUndefined();
    expect(createCursors(Buffer.alloc(32, 8), randomBytes).open(text, 'piet-verhoeven')).toBeUndefined();
  });

  test('does not open once a single bit of it is another', () => {
    const bytes = Buffer.from(cursors.seal(CURSOR), 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const forged = Buffer.from(bytes);
        const at = Math.floor(bit / 8);
        forged[at] = (forged[at] ?? 0) ^ (1 << (bit % 8));
        return cursors.open(forged.toString('base64url'), 'piet-verhoeven') === undefined;
      }),
    );
  });

  test.each(['', 'x', '!', 'a'.repeat(10_000)])('any other text is none: %#', (text) => {
    expect(cursors.open(text, 'piet-verhoeven')).toBeUndefined();
  });
});
