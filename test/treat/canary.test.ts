import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Treatment } from '../../src/domain/plan.ts';
import { permitFor, planOf, rawOf, treat } from './builders.ts';

/** A value nobody else has: made of syllables, so that no detector knows it by its form. */
const canary = fc
  .array(fc.constantFrom('zor', 'quim', 'plex', 'vard', 'umbro'), { minLength: 2, maxLength: 3 })
  .map((syllables) => syllables.join(''));
const treatments: readonly (Treatment | null)[] = [
  null,
  ...(['drop', 'null', 'mask', 'pseudonym'] as const).map((name) => ({ name })),
  { name: 'constant', argument: 'on request' },
  { name: 'format', argument: '##X' },
];
/** Ways in which people write what they have read elsewhere. */
const written = fc.constantFrom<(value: string) => string>(
  (value) => value,
  (value) => value.toUpperCase(),
  (value) => `${value}'s`,
  (value) => [...value].join('\u200b'),
  (value) => `${value.slice(0, 1)}\u0301${value.slice(1)}`,
  (value) => value.replace('o', 'о'),
  (value) => `(${value})`,
);

/** Letters that a reader would recognise, whatever stands between or upon them. */
function read(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replaceAll('о', 'o')
    .toLowerCase();
}

it('what one field withholds is in no other part of the answer, notes included', () => {
  const line = fc.record({ secret: canary, treatment: fc.constantFrom(...treatments), as: written });
  const field = fc.constantFrom('buyer.name', 'buyer.address.street', 'vehicle.colour', 'owners[].name', 'remark');
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(field, line), { selector: ([f]) => f, minLength: 1 }),
      fc.array(fc.constantFrom('seen', 'by', 'the', 'dealer,', 'paid', '-'), { minLength: 3, maxLength: 3 }),
      (lines, prose) => {
        const of = (name: string) => lines.find(([f]) => f === name)?.[1].secret ?? null;
        const told = lines.map(([, { secret, as }], i) => `${prose[i % 3]} ${as(secret)}`).join(' ');
        const record = {
          buyer: { name: of('buyer.name'), address: { street: of('buyer.address.street') } },
          vehicle: { colour: of('vehicle.colour') },
          owners: [{ name: 'Somebody Else' }, { name: of('owners[].name') }],
          remark: of('remark'),
          notes: told,
        };
        const plan = planOf({ ...Object.fromEntries(lines.map(([f, l]) => [f, l.treatment])), notes: 'scrub' });
        const answer = read(JSON.stringify(treat(permitFor(plan), rawOf(record))));
        for (const [, { secret }] of lines) expect(answer).not.toContain(secret);
      },
    ),
    { numRuns: 1_000 },
  );
});

it.each([
  [
    'names in any case and spelling',
    { buyer: { name: 'Zoë Müller-Ölmann' } },
    'ZOE MULLER called',
    '[name] [name] called',
  ],
  ['names also where the plan shows them', { buyer: { name: 'Oda Fennimore' } }, "Fennimore's car", "[name]'s car"],
  [
    'all parts of an address',
    { buyer: { address: { street: '12 Demo Lane' } } },
    'in Demo Lane, no. 12',
    'in [address] [address], no. 12',
  ],
  ['numbers with other separators', { buyer: { phone: '+00 555 01' } }, 'ring 0055501', 'ring [phone]'],
  [
    'plates that have no known form',
    { vehicle: { registration: 'TW-101-A' } },
    'plate tw 101 a',
    'plate [registration]',
  ],
  ['numbers, however grouped', { sale: { price: 8450 } }, 'paid 8,450 in cash', 'paid [withheld] in cash'],
  ['short names beside each other', { buyer: { name: 'Bo Li' } }, 'Bo Li came', '[name] came'],
  ['not what the plan shows of things', { vehicle: { make: 'Tessel' } }, 'a Tessel', 'a Tessel'],
])('known values: %s', (_, record, notes, expected) => {
  const plan = planOf({ 'vehicle.make': 'keep', 'buyer.name': 'keep', notes: 'scrub' });
  expect(treat(permitFor(plan), rawOf({ ...record, notes })).records).toMatchObject([{ notes: expected }]);
});

it('a pseudonym is the same within a project, and tells nothing across projects', () => {
  const plan = planOf({ 'buyer.name': 'pseudonym' });
  const shown = (name: string, project?: string) =>
    treat(permitFor(plan, 'records', project), rawOf({ buyer: { name } })).records;
  const named = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.normalize('NFC').trim() !== '');
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(named, (name) => {
      const [one] = shown(name);
      expect(one).toEqual({ buyer: { name: expect.stringMatching(/^p1-[\w-]{20}$/) } });
      expect(shown(` ${name.normalize('NFD')}\n`)).toEqual([one]);
      expect(shown(name, 'op-slipway')).not.toEqual([one]);
      const canonical = name.normalize('NFC').trim();
      expect(seen.get(JSON.stringify(one)) ?? canonical).toBe(canonical);
      seen.set(JSON.stringify(one), canonical);
    }),
  );
  expect(shown('  ')).toEqual([{ buyer: { name: null } }]);
});

it('treats a record alike each time', () => {
  const plan = planOf({ 'buyer.name': 'pseudonym', notes: 'scrub' });
  const raw = rawOf({ buyer: { name: 'Oda Fennimore' }, notes: 'Oda, 01632 960111' });
  expect(treat(permitFor(plan), raw)).toEqual(treat(permitFor(plan), raw));
});
