import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Partnership, question, type Subject, startPartnership } from './partnership.ts';

/** Tomas answers for the rules at Kestrel, Joris audits for Harbour, and so did Nils, who is suspended. */
const ROLES = [
  ['{ name: senior-investigator,', '{ name: compliance-officer,'],
  [
    'subject: joris.maes }\n    roles:\n      - { name: investigator,',
    'subject: joris.maes }\n    roles:\n      - { name: auditor,',
  ],
  [
    'subject: nils.okafor }\n    roles:\n      - { name: investigator,',
    'subject: nils.okafor }\n    roles:\n      - { name: auditor,',
  ],
] as const;

const row = z.looseObject({
  rule: z.string(),
  text: z.string(),
  place: z.string().optional(),
  conditions: z.array(z.looseObject({ condition: z.string(), met: z.string(), say: z.string() })),
});
const told = z.record(
  z.string(),
  z.looseObject({
    verdict: z.string(),
    rule: z.string().nullable(),
    code: z.string(),
    say: z.string(),
    decided: row.nullable(),
    nearest: z.array(row),
    change: z.array(z.string()),
    roles: z.array(z.string()).optional(),
  }),
);
const EXPLAINED = z.strictObject({
  exchange: z.string(),
  allowed: z.boolean(),
  person: z.string().optional(),
  explanations: z.array(
    z.strictObject({
      dataset: z.string(),
      holder: z.string(),
      allowed: z.boolean(),
      caller: told,
      compliance: told.optional(),
      auditor: z.strictObject({ safes: told, facts: z.record(z.string(), z.json()) }).optional(),
    }),
  ),
  rulebook: z.string(),
  versions: z.record(z.string(), z.string()).optional(),
  entry: z.int(),
});

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership({ 'partners.yaml': ROLES });
});
afterAll(() => p.stop());

function post(as: Subject | null, body: unknown) {
  const headers = { 'content-type': 'application/json' };
  return p.send('/v1/explain', as, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function explained(as: Subject, body: unknown) {
  const answer = await post(as, body);
  expect(answer.status, answer.text).toBe(200);
  const parsed = EXPLAINED.parse(JSON.parse(answer.text));
  const [leg] = parsed.explanations;
  if (leg === undefined) throw new Error('nothing explained');
  return { ...parsed, leg, text: answer.text };
}

describe('an investigator', () => {
  test('sees what would decide, in the words of a caller alone; no holder hears of it', async () => {
    const { allowed, leg, versions } = await explained('mara.lindqvist', question());
    expect(allowed).toBe(true);
    expect(leg).not.toHaveProperty('compliance');
    expect(leg).not.toHaveProperty('auditor');
    expect(versions).toBeUndefined();
    expect(leg.caller['people']).toMatchObject({ verdict: 'allow', rule: 'P1', decided: { rule: 'P1' }, change: [] });
    expect(p.dealer.calls).toEqual([]);
  });

  test('what is told is what an exchange then says', async () => {
    const changed = question({ case: 'nonsense', purpose: 'LegalComplaintManagement' });
    const { leg, allowed } = await explained('mara.lindqvist', changed);
    const refused = await p.ask('mara.lindqvist', changed);
    expect([allowed, refused.status]).toEqual([false, 403]);
    for (const [safe, finding] of Object.entries(refused.body.legs?.[0]?.findings ?? {})) {
      expect(leg.caller[safe]).toMatchObject(finding);
    }
    expect(leg.caller['projects']?.change).toEqual([
      'Give a purpose that the agreement allows: SuspectedCrimeInvestigation or a narrower one.',
      'Give the case reference in the form KP-####-@@.',
    ]);
  });

  test('no row of another partner and no place of a rule is told to a caller', async () => {
    const { text } = await explained('mara.lindqvist', question({ case: 'nonsense' }));
    // An id of an exchange may hold any two characters.
    expect(text).not.toMatch(/harbour|"J2"|analyst|\.csv|caller\.|clock\./);
  });

  test('may not name another person', async () => {
    const { status, body } = await post('mara.lindqvist', question({ person: 'tomas-brandt' }));
    expect([status, body.code]).toEqual([400, 'request/unknown-field']);
  });
});

describe('a compliance officer', () => {
  test('learns for which roles there is a rule, and that none is for this one', async () => {
    const { leg, allowed } = await explained('tomas.brandt', question());
    expect(allowed).toBe(false);
    expect(leg.caller['people']).toMatchObject({ code: 'people/no-rule', nearest: [] });
    expect(leg.caller['people']).not.toHaveProperty('roles');
    expect(leg.compliance?.['people']?.roles).toEqual(['investigator', 'senior-investigator']);
    expect(leg).not.toHaveProperty('auditor');
  });

  test('may ask for a person of the own organisation: place, condition, fact and value', async () => {
    const { leg, person } = await explained('tomas.brandt', question({ person: 'mara-lindqvist', case: 'KP' }));
    expect(person).toBe('mara-lindqvist');
    expect(leg.caller['people']).toMatchObject({ verdict: 'allow', rule: 'P1' });
    expect(leg.compliance?.['projects']).toMatchObject({
      verdict: 'refuse',
      decided: { rule: 'J1', place: expect.stringMatching(/^vehicle-tracing\.csv:\d+$/) },
      change: [expect.stringMatching(/^J1 \(vehicle-tracing\.csv:\d+\): case is unmet, .*enquiry\.case is "KP"/)],
    });
    // The sign-in is that of the one who asks: Tomas has no second factor.
    expect(leg.caller['settings']?.code).toBe('settings/mfa');
  });

  test('not for one of another organisation, which is as if there were none', async () => {
    const other = await post('tomas.brandt', question({ person: 'nils-okafor' }));
    const none = await post('tomas.brandt', question({ person: 'nobody-at-all' }));
    for (const { status, body } of [other, none]) {
      expect([status, body.code, body.errors?.[0]?.path]).toEqual([400, 'request/malformed', 'person']);
    }
    expect(other.body.detail).toBe(none.body.detail);
  });
});

test('an auditor sees rows, facts as recorded, and the digests of what decided', async () => {
  const asked = question({ project: 'op-slipway', case: 'HP/26/00042', person: 'nils-okafor' });
  const { leg, versions, rulebook } = await explained('joris.maes', asked);
  expect(leg.caller['people']?.code).toBe('people/suspended');
  expect(leg.auditor?.facts).toMatchObject({ 'caller.person': 'nils-okafor', 'caller.suspended': true });
  expect(leg.auditor?.safes['people']?.decided).toMatchObject({
    place: expect.stringMatching(/^everywhere\.csv:\d+$/),
    conditions: [{ condition: 'suspended', met: 'met', facts: { 'caller.suspended': true } }],
  });
  expect(leg).not.toHaveProperty('compliance');
  expect(Object.keys(versions ?? {}).toSorted()).toEqual(['build', 'configuration', 'registry', 'rulebook']);
  expect(versions?.['rulebook']).toBe(rulebook);
});

test('an auditor who is suspended reads the words of a caller alone, and names nobody', async () => {
  const { leg, versions } = await explained('nils.okafor', question({ project: 'op-slipway', case: 'HP/26/00042' }));
  expect(leg.caller['people']?.code).toBe('people/suspended');
  expect(leg).not.toHaveProperty('auditor');
  expect(versions).toBeUndefined();
  const { status, body } = await post('nils.okafor', question({ project: 'op-slipway', person: 'joris-maes' }));
  expect([status, body.code]).toEqual([400, 'request/unknown-field']);
});

test('an account that nobody registered is told so, and no more', async () => {
  const { leg } = await explained('nobody.registered', question());
  expect(leg.caller['people']).toMatchObject({ verdict: 'refuse', code: 'people/unknown', decided: null });
  expect(leg.caller['data']).toMatchObject({ verdict: 'not-judged', nearest: [] });
});

test('each is one entry: who, about whom, what was asked, what was found; and the log verifies', async () => {
  const before = p.entries().length;
  const { exchange, entry } = await explained('tomas.brandt', question({ person: 'mara-lindqvist' }));
  const [recorded, ...more] = p.entries().slice(before);
  expect(more).toEqual([]);
  expect(recorded).toMatchObject({
    kind: 'explain',
    exchange,
    index: entry,
    details: {
      who: { person: 'tomas-brandt', partner: 'kestrel-police' },
      about: 'mara-lindqvist',
      readers: ['compliance'],
      justification: 'engine found without a car',
      legs: [{ dataset: 'dealer-sales', findings: { people: { verdict: 'allow' } } }],
    },
  });
  expect(JSON.stringify(recorded?.details)).not.toContain('permit');
  expect((await p.verify()).verified).toBe(true);
  const { status } = await p.send(`/v1/exchanges/${exchange}`, 'tomas.brandt');
  expect(status).toBe(404);
});

test('who is not known is not told anything; another method is none', async () => {
  expect((await post(null, question())).status).toBe(401);
  expect((await p.send('/v1/explain', 'mara.lindqvist')).status).toBe(405);
});

test('after thirty in a minute a caller is turned away, and nobody else is', async () => {
  const statuses: number[] = [];
  let retryAfter: string | null = null;
  // Sixty-one: a minute that ends meanwhile cannot let them all through.
  for (let i = 0; i < 61 && retryAfter === null; i++) {
    const { status, headers } = await post('nils.okafor', {});
    statuses.push(status);
    retryAfter = headers.get('retry-after');
  }
  expect(new Set(statuses)).toEqual(new Set([400, 429]));
  // Two of them were asked above, perhaps within the minute.
  expect(statuses.length).toBeGreaterThan(28);
  expect(Number(retryAfter)).toBeGreaterThan(0);
  expect(Number(retryAfter)).toBeLessThanOrEqual(60);
  expect((await post('mara.lindqvist', question())).status).toBe(200);
});
