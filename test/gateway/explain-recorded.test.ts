import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fiveSafes, temporary } from '../cli/command.ts';
import { type Auditors, type Reader, startAuditors } from './auditors.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

const safe = z.looseObject({
  verdict: z.string(),
  rule: z.string().nullable(),
  decided: z.looseObject({ rule: z.string(), place: z.string().optional() }).nullable(),
  nearest: z.array(z.unknown()),
  change: z.array(z.string()),
});
const told = z.record(z.string(), safe);
const EXPLAINED = z.looseObject({
  recorded: z.strictObject({
    exchange: z.string(),
    time: z.string(),
    result: z.string().nullable(),
    rulebook: z.string(),
    atHand: z.boolean(),
    say: z.string(),
  }),
  explanations: z.array(
    z.looseObject({
      dataset: z.string(),
      caller: told,
      compliance: told.optional(),
      auditor: z.looseObject({ safes: told, facts: z.record(z.string(), z.json()) }).optional(),
    }),
  ),
  rulebook: z.string(),
});
const STATED = { use: 'lawfulness', reason: 'complaint 31' };

let auditors: Auditors;
let p: Partnership;
let refused: string;
beforeAll(async () => {
  auditors = await startAuditors();
  p = await startPartnership(auditors.edits);
  const { body } = await p.ask('mara.lindqvist', question({ case: 'nonsense' }));
  refused = body.exchange ?? '';
});
afterAll(async () => {
  await p.stop();
  await auditors.stop();
});

async function own(as: Reader, exchange: string) {
  return auditors.post(p, as, '/v1/explain', { exchange });
}
async function read(as: Reader, exchange: string, body: unknown = STATED) {
  return auditors.post(p, as, `/v1/audit/exchanges/${exchange}/explanation`, body);
}
function parse(text: string) {
  const explained = EXPLAINED.parse(JSON.parse(text));
  const [leg] = explained.explanations;
  if (leg === undefined) throw new Error('nothing explained');
  return { ...explained, leg };
}

describe('an asker', () => {
  test('has a refusal of the past explained, and it is recorded as a reading before', async () => {
    const before = p.entries().length;
    const answer = await own('mara.lindqvist', refused);
    expect(answer.status, answer.text).toBe(200);
    const { recorded, leg, rulebook } = parse(answer.text);
    expect(recorded).toMatchObject({ exchange: refused, result: 'refused', rulebook, atHand: true });
    expect(leg.caller['projects']).toMatchObject({
      verdict: 'refuse',
      rule: 'J1',
      decided: { rule: 'J1', conditions: expect.arrayContaining([expect.objectContaining({ met: 'unmet' })]) },
      change: ['Give the case reference in the form KP-####-@@.'],
    });
    expect(leg.caller['people']).toMatchObject({ verdict: 'allow', rule: 'P1', change: [] });
    expect(leg).not.toHaveProperty('compliance');
    expect(answer.text).not.toMatch(/harbour|"J2"|\.csv|caller\.|clock\./);
    expect(p.entries().slice(before)).toMatchObject([
      { kind: 'reading', details: { who: { person: 'mara-lindqvist' }, query: { explained: refused } } },
    ]);
  });

  test('an answered question too, as it was decided', async () => {
    const { body } = await p.ask('mara.lindqvist', question());
    const { recorded, leg } = parse((await own('mara.lindqvist', body.exchange ?? '')).text);
    expect(recorded.result).toBe('released');
    expect(Object.values(leg.caller).map(({ verdict }) => verdict)).toEqual(Array(5).fill('allow'));
  });

  test('another’s exchange, an unknown one and what is no id are the same 404', async () => {
    const before = p.entries().filter((entry) => entry.kind === 'reading').length;
    for (const [as, id] of [
      ['joris.maes', refused],
      ['mara.lindqvist', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
      ['mara.lindqvist', 'no-id'],
    ] as const) {
      const { status, body } = await own(as, id);
      expect([status, body.code]).toEqual([404, 'exchange/unknown']);
    }
    expect(p.entries().filter((entry) => entry.kind === 'reading').length).toBe(before);
  });

  test('an exchange and a question at once are refused, and so is an exchange that is no text', async () => {
    const both = await auditors.post(p, 'mara.lindqvist', '/v1/explain', { ...question(), exchange: refused });
    const number = await auditors.post(p, 'mara.lindqvist', '/v1/explain', { exchange: 7 });
    expect([both.status, both.body.code, number.status]).toEqual([400, 'request/malformed', 400]);
  });
});

describe('through the audit API', () => {
  test('a compliance officer of the asker: place, condition, fact and value', async () => {
    const { leg } = parse((await read('tomas.brandt', refused)).text);
    expect(leg.compliance?.['projects']).toMatchObject({
      decided: { rule: 'J1', place: expect.stringMatching(/^vehicle-tracing\.csv:\d+$/) },
      change: [expect.stringMatching(/^J1 .*enquiry\.case is "nonsense"/)],
    });
    expect(leg).not.toHaveProperty('auditor');
  });

  test('an auditor appointed for the agreement: the facts as recorded, and one reading', async () => {
    const before = p.entries().length;
    const { leg } = parse((await read('piet.verhoeven', refused)).text);
    expect(leg.auditor?.facts).toMatchObject({ 'caller.person': 'mara-lindqvist', 'enquiry.case': 'nonsense' });
    expect(p.entries().slice(before)).toMatchObject([
      { kind: 'reading', details: { use: 'lawfulness', reason: 'complaint 31', query: { explained: refused } } },
    ]);
  });

  test('from a holder’s side: the findings of its legs, no row and no fact', async () => {
    const { body } = await p.ask('mara.lindqvist', question());
    const { text } = await read('hanna.sorel', body.exchange ?? '');
    const { leg } = parse(text);
    expect(JSON.parse(text)).toMatchObject({ side: 'holder' });
    expect(Object.values(leg.caller).map(({ decided, nearest }) => [decided, nearest])).toEqual(
      Array(5).fill([null, []]),
    );
    expect(text).not.toMatch(/mara|KP-2026|caller\./);
  });

  test('whom it does not concern it does not exist for: 404, recorded all the same', async () => {
    const before = p.entries().length;
    const { status, body } = await read('joris.maes', refused);
    expect([status, body.code]).toEqual([404, 'exchange/unknown']);
    expect(
      p
        .entries()
        .slice(before)
        .map(({ kind }) => kind),
    ).toEqual(['reading', 'bad-request']);
    expect((await read('mara.lindqvist', refused, {})).status).toBe(400);
    expect((await read('nils.okafor', refused)).body.code).toBe('audit/not-entitled');
  });

  test('five-safes log explain and explain --exchange', async () => {
    const run = async (as: Reader, args: readonly string[]) => {
      const { token, dpopJwk } = await auditors.access(p, as);
      return fiveSafes([...args], temporary(), {
        FIVE_SAFES_TOKEN: token,
        FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk),
        FIVE_SAFES_GATEWAY: p.gateway.url,
      });
    };
    const log = await run('tomas.brandt', ['log', 'explain', refused, '--use', 'lawfulness', '--reason', 'complaint']);
    expect(log.code, log.err).toBe(0);
    expect(log.err).toMatch(/^dealer-sales of northgate-motors: was refused$/m);
    expect(log.err).toMatch(/^ {2}For a compliance officer$/m);
    expect(log.err).toMatch(/^This reading is recorded as entry \d+\.$/m);
    const mine = await run('mara.lindqvist', ['explain', '--exchange', refused]);
    expect(mine.code, mine.err).toBe(1);
    expect(mine.err).toMatch(/^Exchange .*: refused$/m);
    expect(mine.err).toMatch(/^ {4}projects +Give the case reference in the form KP-####-@@\.$/m);
    const both = await run('mara.lindqvist', ['explain', '--exchange', refused, '--case', 'x']);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('--case does not go with --exchange')]);
  });
});

test('after another rulebook came into force the findings are told without their rows, and that is said', async () => {
  const page = join(p.root, 'policies', 'vehicle-tracing.csv');
  const text = readFileSync(page, 'utf8');
  try {
    await p.running().stop();
    appendFileSync(page, '// One more remark.\n');
    await p.restart();
    const { recorded, leg, rulebook } = parse((await own('mara.lindqvist', refused)).text);
    expect(recorded.atHand).toBe(false);
    expect(recorded.rulebook).not.toBe(rulebook);
    expect(recorded.say).toContain('Other rules are in force now');
    expect(leg.caller['projects']).toMatchObject({ verdict: 'refuse', rule: 'J1', decided: null, nearest: [] });
    expect(leg.caller['projects']?.change).toEqual(['Give the case reference in the form KP-####-@@.']);
  } finally {
    writeFileSync(page, text);
  }
});
