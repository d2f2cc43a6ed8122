import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../src/treat/free-text/fold.ts';
import { NOTHING_KNOWN } from '../../src/treat/free-text/known-values.ts';
import { findIn, scrub } from '../../src/treat/free-text/scrub.ts';
import { type FoundKind, melt } from '../../src/treat/free-text/spans.ts';
import { cut } from '../../src/treat/free-text/words.ts';

const scrubbed = (text: string) => scrub(text, NOTHING_KNOWN);

describe('scrub', () => {
  it.each([
    // E-mail, also where somebody tries to hide it.
    ['write to oda@mail.example, please', 'write to [e-mail], please'],
    ['Oda.F+x@mail.example.', '[e-mail].'],
    ['oda @ mail.example', '[e-mail]'],
    ['oda(at)mail.example', '[e-mail]'],
    ['<oda@mail.example>', '<[e-mail]>'],
    ['o\u200bda@ma\u00adil.example', '[e-mail]'],
    ['оdа@mаil.example', '[e-mail]'],
    ['oda＠mail．example', '[e-mail]'],
    ['jörg@bücher.example', '[e-mail]'],
    ['oda@mail.example.01632 960111', '[e-mail].[phone]'],
    ['oda@mail..example', '[e-mail]'],
    ['a@b@mail.example', 'a@[e-mail]'],
    ['3 tyres @ 50.00 each', '3 tyres @ 50.00 each'],
    // Telephone numbers.
    ['call 01632 960111 now', 'call [phone] now'],
    ['call +44 (0)1632 960-111 now', 'call [phone] now'],
    ['+00 555 0101', '[phone]'],
    ['(555) 010-0123', '[phone]'],
    ['٠١٦٣٢٩٦٠١١١', '[phone]'],
    ['555-0101', '[phone]'],
    // Accounts and cards (published test numbers), by their check digits.
    ['to GB82 WEST 1234 5698 7654 32 today', 'to [iban] today'],
    ['DE89370400440532013000', '[iban]'],
    ['NL91ABNA0417164300 or BE68 5390 0754 7034', '[iban] or [iban]'],
    ['card 4111 1111 1111 1111 paid', 'card [card] paid'],
    ['card 4111-1111-1111-1112 paid', 'card [number] paid'],
    ['ref 123456789', 'ref [number]'],
    // Chassis numbers.
    ['WVWZZZ1KZ8W386001', '[vin]'],
    ['chassis wvwzzz1kz8w386001.', 'chassis [vin].'],
    ['WVW ZZZ 1KZ 8W 386001', '[vin]'],
    ['WVW\u200bZZZ1KZ8W386001', '[vin]'],
    ['ＷＶＷＺＺＺ１ＫＺ８Ｗ３８６００１', '[vin]'],
    ['ԜVWZZZ1KZ8W386001', '[vin]'],
    // Dates.
    ['born 14/03/1979.', 'born [date].'],
    ['born 1979-03-14T10:00:00Z', 'born [date]:00:00Z'],
    ['born 14.3.79', 'born [date]'],
    ['born 14 March 1979', 'born [date]'],
    ['born 14th of March, 1979', 'born [date]'],
    ['born March 14, 1979', 'born [date]'],
    ['le 14 février 1979', 'le [date]'],
    ['am 14. März 1979', 'am [date]'],
    ['19790314', '[date]'],
    ['tyres 225/45 R17, 2 keys', 'tyres 225/45 R17, 2 keys'],
    // What has no telling form stays.
    ['', ''],
    ['Part exchange agreed; "as seen".', 'Part exchange agreed; "as seen".'],
    ['paid 450 EUR, we do 12 months warranty', 'paid 450 EUR, we do 12 months warranty'],
    ['mileage 91200, price 8,450', 'mileage 91200, price 8,450'],
  ])('%j becomes %j', (text, expected) => {
    expect(scrubbed(text)).toBe(expected);
  });

  it.each([
    ['GB', 'AB12 CDE'],
    ['GB', 'ab12cde'],
    ['GB', 'A123 BCD'],
    ['GB', 'ABC 123D'],
    ['NI', 'AIZ 1234'],
    ['IE', '141-D-12345'],
    ['NL', '12-AB-CD'],
    ['NL', 'XX-99-99'],
    ['NL', '1-ABC-23'],
    ['NL', 'AB-123-C'],
    ['DE', 'M-AB 1234'],
    ['DE', 'HH AB 12'],
    ['DE', 'B-MW 123H'],
    ['FR', 'AB-123-CD'],
    ['FR', '1234 AB 75'],
    ['BE', '1-ABC-234'],
    ['BE', 'ABC-123'],
    ['ES', '1234 BCD'],
    ['ES', 'M-1234-AB'],
    ['IT', 'AB 123 CD'],
    ['IT', 'ab123cd'],
    ['PL', 'WA 12345'],
    ['PL', 'KR 12A34'],
    ['PL', 'WPI 1234A'],
    ['SE', 'ABC 123'],
    ['SE', 'ABC 12D'],
    ['NO', 'AB 12345'],
    ['DK', 'AB 12 345'],
    ['FI', 'ABC-123'],
    ['PT', 'AA-00-AA'],
    ['AT', 'W-1234A'],
    ['CH', 'ZH 123456'],
    ['CZ', '1A2 3456'],
  ])('finds a registration of %s: %s', (_, registration) => {
    expect(scrubbed(`drives ${registration}, blue`)).toBe('drives [registration], blue');
  });

  it('says of overlapping finds the longest and leaves nothing of any', () => {
    const text = cut(fold('one two three four'));
    const at = (kind: FoundKind, start: number, end: number) => ({ kind, start, end });
    expect(melt(text, [at('date', 8, 13), at('phone', 4, 13), at('name', 14, 18)])).toEqual([
      at('phone', 4, 13),
      at('name', 14, 18),
    ]);
    expect(melt(text, [at('date', 0, 3), at('vin', 0, 3)])).toEqual([at('vin', 0, 3)]);
    expect(melt(text, [at('number', 0, 18), at('date', 4, 7)])).toEqual([at('date', 0, 18)]);
    expect(melt(text, [at('date', 5, 6)])).toEqual([at('date', 4, 7)]);
    expect(scrubbed('tel 01632 960111 12/03/1979')).not.toMatch(/\d/);
  });

  it('is blind to how a text is dressed', () => {
    const plain = fc.constantFrom('WVWZZZ1KZ8W386001', 'oda@mail.example', '+441632960111', 'DE89370400440532013000');
    const unseen = fc.constantFrom('', '\u200b', '\u200d', '\u00ad', '\u2060', '\ufe0f', '\u0301');
    const wide = (c: string) => (c >= '!' && c <= '~' ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c);
    fc.assert(
      fc.property(plain, fc.infiniteStream(fc.tuple(fc.boolean(), unseen)), (text, dress) => {
        const dressed = [...text].map((c) => {
          const { value } = dress.next();
          return value === undefined ? c : (value[0] ? wide(c) : c) + value[1];
        });
        expect(scrubbed(`see ${dressed.join('')} there`)).toMatch(/^see \[[a-z-]+\] there$/);
      }),
    );
  });

  const bits = fc.constantFrom(
    'oda@mail.example',
    '01632 960111',
    'AB12',
    'CDE',
    ' ',
    '-',
    '.',
    '12',
    '[',
    ']',
    'é',
    '@',
    '(',
    '+',
    'a',
    '1979',
    '😀',
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(bits, { maxLength: 14 }).map((parts) => parts.join('')),
  );

  it('finds in order, apart from each other, and leaves the rest as it was', () => {
    fc.assert(
      fc.property(text, (t) => {
        const finds = findIn(t, NOTHING_KNOWN);
        let from = 0;
        let left = '';
        for (const { start, end } of finds) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeGreaterThan(start);
          left += t.slice(from, start);
          from = end;
        }
        left += t.slice(from);
        expect(scrubbed(t).replace(/\[(e-mail|iban|card|vin|phone|registration|date|number)\]/g, '')).toBe(
          left.replace(/\[(e-mail|iban|card|vin|phone|registration|date|number)\]/g, ''),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds nothing more in what it has scrubbed', () => {
    fc.assert(
      fc.property(text, (t) => {
        expect(scrubbed(scrubbed(t))).toBe(scrubbed(t));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('folding', () => {
  it('keeps places, and gives every decimal digit its value', () => {
    for (let code = 0; code < 0x20000; code++) {
      const character = String.fromCodePoint(code);
      if (!/\p{Nd}/u.test(character)) continue;
      expect(fold(character).text).toMatch(/^\d$/);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (t) => {
        const { text, starts, ends } = fold(t);
        for (let i = 0; i < text.length; i++) {
          expect(starts[i]).toBeLessThan(ends[i] ?? 0);
          if (i > 0) expect(starts[i]).toBeGreaterThanOrEqual(starts[i - 1] ?? 0);
        }
      }),
    );
  });
});
