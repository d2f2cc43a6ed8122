import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Partnership, type Subject, startPartnership } from './partnership.ts';
import { TODO } from './todo.ts';

/** Tomas answers for the rules at Kestrel. Of the agreement `todo` Harbour is no party. */
const EDITS = {
  ...TODO,
  'gateway.yaml': [
    ...(TODO['gateway.yaml'] ?? []).filter(([was]) => was === 'issuers:\n'),
    ['evaluationsPerMinute: 600', 'evaluationsPerMinute: 150'] as const,
  ],
  'partners.yaml': [
    ...(TODO['partners.yaml'] ?? []),
    ['{ name: senior-investigator,', '{ name: compliance-officer,'] as const,
  ],
};
const obligation = z.strictObject({ id: z.string(), type: z.literal('custom'), properties: z.looseObject({}) });
const CONTEXT = z.looseObject({
  obligations: z.array(obligation).optional(),
  error: z.strictObject({ status: z.int(), message: z.string() }).optional(),
  findings: z.record(z.string(), z.looseObject({ code: z.string() })).optional(),
});
const DECISION = z.strictObject({ decision: z.boolean(), context: CONTEXT.optional() });
const DECISIONS = z.strictObject({ evaluations: z.array(DECISION) });
const FOUND = z.strictObject({
  page: z.strictObject({ next_token: z.string(), count: z.int() }),
  context: CONTEXT.optional(),
  results: z.array(z.looseObject({ id: z.string().optional(), name: z.string().optional() })),
});

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership(EDITS);
});
afterAll(() => p.stop());

function post(as: Subject | null, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return p.send(`/access/v1/${path}`, as, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
async function ok<T>(shape: z.ZodType<T>, as: Subject, path: string, body: unknown): Promise<T> {
  const { status, text } = await post(as, path, body);
  expect(status, text).toBe(200);
  return shape.parse(JSON.parse(text));
}

const context = {
  project: 'op-gearbox',
  purpose: 'SuspectedCrimeInvestigation',
  case: 'KP-2026-AB',
  by: { scheme: 'vin', full: true },
};
const subject = (id: string) => ({ type: 'person', id });
const action = { name: 'ask', properties: { output: 'records' } };
const resource = { type: 'dataset', id: 'dealer-sales' };
const request = (changes: Readonly<Record<string, unknown>> = {}) => ({
  subject: subject('mara-lindqvist'),
  action,
  resource,
  context,
  ...changes,
});

describe('one evaluation', () => {
  test('is decided by the rulebook, with field plan and terms as obligations; no holder hears of it', async () => {
    const { decision, context: told } = await ok(DECISION, 'mara.lindqvist', 'evaluation', request());
    expect(decision).toBe(true);
    expect(told?.obligations).toMatchObject([
      {
        id: 'field-plan',
        properties: {
          vendor: 'five-safes',
          action: 'field-plan',
          fields: expect.arrayContaining([{ field: 'buyer.born', treatment: 'year', rule: 'D8' }]),
          maxRows: 20,
        },
      },
      { id: 'terms', properties: { action: 'terms', terms: ['keep<=30d', 'no-onward'] } },
    ]);
    expect(p.dealer.calls).toEqual([]);
  });

  test('is recorded before it is told: who, about whom, five findings, facts; no Permit, and the log verifies', async () => {
    const before = p.entries().length;
    const answer = await post('mara.lindqvist', 'evaluation', request(), { 'x-request-id': 'bfe9eb29' });
    const [entry, ...more] = p.entries().slice(before);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      kind: 'evaluation',
      exchange: answer.headers.get('five-safes-exchange'),
      details: {
        who: { person: 'mara-lindqvist', partner: 'kestrel-police' },
        route: '/access/v1/evaluation',
        request: 'bfe9eb29',
        project: 'op-gearbox',
        facts: { 'caller.person': 'mara-lindqvist', 'dataset.id': 'dealer-sales' },
        evaluations: [
          {
            subject: 'person mara-lindqvist',
            decision: true,
            judged: {
              person: 'mara-lindqvist',
              stated: false,
              findings: { people: { verdict: 'allow', rule: 'P1' } },
            },
          },
        ],
      },
    });
    expect(JSON.stringify(entry?.details)).not.toContain('permit');
    expect((await p.verify()).verified).toBe(true);
  });

  test('what an exchange refuses it denies, and tells oneself why', async () => {
    const refused = request({ context: { ...context, case: 'nonsense' } });
    const { decision, context: told } = await ok(DECISION, 'mara.lindqvist', 'evaluation', refused);
    expect([decision, told?.findings?.['projects']?.code]).toEqual([false, 'projects/case']);
    expect(told).not.toHaveProperty('obligations');
  });

  test('an account stands for its person', async () => {
    const account = { type: 'account', id: 'mara.lindqvist', properties: { issuer: p.issuers.kestrel, role: 'none' } };
    const { decision } = await ok(DECISION, 'mara.lindqvist', 'evaluation', request({ subject: account }));
    expect(decision).toBe(true);
  });

  test('an enforcement point that says it cannot fulfil the obligations is denied', async () => {
    const supporting = (supported_obligations: unknown) => request({ context: { ...context, supported_obligations } });
    const judge = async (supported: unknown) =>
      (await ok(DECISION, 'mara.lindqvist', 'evaluation', supporting(supported))).decision;
    expect([await judge(['notification']), await judge(['custom', 'other']), await judge('custom')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test.each([
    ['project', { ...context, project: undefined }],
    ['purpose', { ...context, purpose: 'Fun' }],
    ['by', { ...context, by: undefined }],
    ['by.scheme', { ...context, by: { scheme: 'nose', full: true } }],
  ])('without a proper context.%s it is denied and says so', async (place, changed) => {
    const told = await ok(DECISION, 'mara.lindqvist', 'evaluation', request({ context: changed }));
    expect(told).toMatchObject({ decision: false, context: { error: { status: 400 } } });
    expect(told.context?.error?.message).toContain(`context.${place}`);
  });

  test('a fragment is no whole identifier: full is not taken for granted', async () => {
    const fragment = request({ context: { ...context, by: { scheme: 'vin' } } });
    const { decision, context: told } = await ok(DECISION, 'mara.lindqvist', 'evaluation', fragment);
    expect([decision, told?.findings?.['outputs']?.code]).toEqual([false, 'outputs/by']);
  });
});

describe('about a colleague', () => {
  const signedIn = { amr: ['pwd', 'mfa'], auth_time: Math.floor(Date.now() / 1_000) - 60, bound: true };
  const stated = { ...context, sign_in: signedIn, address: '10.20.0.7' };

  test('nothing of sign-in and network is known unless it is stated', async () => {
    const about = (changed: unknown) => request({ subject: subject('mara-lindqvist'), context: changed });
    const silent = await ok(DECISION, 'tomas.brandt', 'evaluation', about(context));
    expect([silent.decision, silent.context?.findings?.['settings']?.code]).toEqual([false, 'settings/mfa']);
    const elsewhere = await ok(DECISION, 'tomas.brandt', 'evaluation', about({ ...stated, address: '192.0.2.1' }));
    expect(elsewhere.context?.findings?.['settings']?.code).toBe('settings/network');
    expect((await ok(DECISION, 'tomas.brandt', 'evaluation', about(stated))).decision).toBe(true);
  });

  test('what is stated of oneself counts for nothing', async () => {
    const own = request({ subject: subject('tomas-brandt'), context: stated });
    const { context: told } = await ok(DECISION, 'tomas.brandt', 'evaluation', own);
    expect(told?.findings?.['settings']?.code).toBe('settings/mfa');
  });

  test('one who neither answers for the rules nor audits learns that, and not why', async () => {
    const about = request({ subject: subject('tomas-brandt'), context: stated });
    const told = await ok(DECISION, 'mara.lindqvist', 'evaluation', about);
    expect(told).toEqual({ decision: false, context: { reason_user: { 403: 'The rules do not allow it.' } } });
  });

  test('somebody of another organisation and nobody are told alike, byte for byte', async () => {
    const answers = ['joris-maes', 'nils-okafor', 'nobody-at-all'].map((id) =>
      post('tomas.brandt', 'evaluation', request({ subject: subject(id), context: stated })),
    );
    const told = new Set((await Promise.all(answers)).map(({ text }) => text));
    expect([...told]).toEqual([
      JSON.stringify({ decision: false, context: { error: { status: 404, message: 'The subject is not known.' } } }),
    ]);
  });

  test('a dataset of others’ agreements and none at all are told alike', async () => {
    const harbour = { ...context, project: 'op-slipway', case: 'HP/26/00042' };
    const ask = (id: string, as: Subject, person: string) =>
      post(
        as,
        'evaluation',
        request({ subject: subject(person), resource: { type: 'dataset', id }, context: harbour }),
      );
    const theirs = await ask('todo-list', 'joris.maes', 'joris-maes');
    const none = await ask('no-such-list', 'joris.maes', 'joris-maes');
    expect(theirs.text).toBe(none.text);
    expect(theirs.text).toContain('The resource is not known.');
    expect((await ask('todo-list', 'mara.lindqvist', 'mara-lindqvist')).text).not.toBe(none.text);
  });
});

describe('what is no request', () => {
  const { subject: who, action: what, resource: which } = request();
  const BAD: readonly (readonly [string, string, unknown])[] = [
    ['no subject', 'evaluation', { action: what, resource: which }],
    ['no action', 'evaluation', { subject: who, resource: which }],
    ['no resource', 'evaluation', { subject: who, action: what }],
    ['a subject without type', 'evaluation', request({ subject: { id: 'x' } })],
    ['a subject without id', 'evaluation', request({ subject: { type: 'person' } })],
    ['an action without name', 'evaluation', request({ action: {} })],
    ['a resource without id', 'evaluation', request({ resource: { type: 'dataset' } })],
    ['a subject that is a text', 'evaluation', request({ subject: 'mara' })],
    ['a context that is a list', 'evaluation', request({ context: [] })],
    ['properties that are a text', 'evaluation', request({ action: { name: 'ask', properties: 'x' } })],
    ['a list', 'evaluation', []],
    ['no JSON', 'evaluation', '{'],
    ['nothing', 'evaluation', ''],
    ['evaluations that are none', 'evaluations', { subject: who, evaluations: 'x' }],
    ['no evaluations, and no whole one', 'evaluations', { subject: who, evaluations: [] }],
    ['another semantic', 'evaluations', { ...request(), evaluations: [{}], options: { evaluations_semantic: 'any' } }],
    ['too many', 'evaluations', { ...request(), evaluations: Array(101).fill({}) }],
    ['a search for subjects without action', 'search/subject', { subject: { type: 'person' }, resource: which }],
    ['a resource without id in it', 'search/subject', request({ resource: { type: 'dataset' } })],
    ['a search for resources without subject', 'search/resource', { action: what, resource: { type: 'dataset' } }],
    ['a search for actions without resource', 'search/action', { subject: who }],
    ['a limit below zero', 'search/subject', request({ page: { limit: -1 } })],
    ['a made-up token', 'search/subject', request({ page: { token: 'bm90' } })],
  ];
  test.each(BAD)('%s is 400, and comes back with its id', async (_, path, body) => {
    const answer = await post('mara.lindqvist', path, body, { 'x-request-id': 'it is mine' });
    expect([answer.status, answer.body.code]).toEqual([400, 'request/malformed']);
    expect(answer.headers.get('x-request-id')).toBe('it is mine');
  });

  test('another media type too; members that the specification does not know are let through', async () => {
    const answer = await post('mara.lindqvist', 'evaluation', request(), { 'content-type': 'text/plain' });
    expect(answer.status).toBe(400);
    const more = request({ extra: 1, subject: { ...who, identity: 'x' } });
    expect((await ok(DECISION, 'mara.lindqvist', 'evaluation', more)).decision).toBe(true);
  });

  test('who is not known, not registered or suspended is told nothing, with the id of the request', async () => {
    const told = async (as: Subject | null) => {
      const { status, body, headers } = await post(as, 'evaluation', request(), { 'x-request-id': 'r-1' });
      return [status, body.code, headers.get('x-request-id')];
    };
    expect(await told(null)).toEqual([401, 'people/unknown', 'r-1']);
    expect(await told('nobody.registered')).toEqual([403, 'people/unregistered', 'r-1']);
    expect(await told('nils.okafor')).toEqual([403, 'people/suspended', 'r-1']);
    expect((await p.send('/access/v1/evaluation', 'mara.lindqvist')).status).toBe(405);
    expect((await post('mara.lindqvist', 'evaluation', request())).headers.get('x-request-id')).toBeNull();
  });
});

describe('several evaluations', () => {
  const denied = { context: { ...context, case: 'nonsense' } };
  const run = async (evaluations: readonly unknown[], semantic?: string) => {
    const options = semantic === undefined ? {} : { options: { evaluations_semantic: semantic, other: 1 } };
    const body = { ...request(), evaluations, ...options };
    const told = await ok(DECISIONS, 'mara.lindqvist', 'evaluations', body);
    return told.evaluations.map(({ decision }) => decision);
  };

  test('each semantic, and all of them where none is named', async () => {
    const three = [{}, denied, { resource: { type: 'dataset', id: 'tidewater-sales' } }];
    expect(await run(three)).toEqual([true, false, true]);
    expect(await run(three, 'execute_all')).toEqual([true, false, true]);
    expect(await run(three, 'deny_on_first_deny')).toEqual([true, false]);
    expect(await run(three, 'permit_on_first_permit')).toEqual([true]);
    expect(await run([denied, {}, {}], 'permit_on_first_permit')).toEqual([false, true]);
  });

  test('one that lacks something is denied by itself, and counts as a denial', async () => {
    const broken = { resource: { type: 'dataset' } };
    expect(await run([broken, {}])).toEqual([false, true]);
    expect(await run([broken, {}], 'deny_on_first_deny')).toEqual([false]);
  });

  test('are one entry', async () => {
    const before = p.entries().length;
    await run([{}, denied, {}]);
    const [entry, ...more] = p.entries().slice(before);
    expect([entry?.kind, more.length]).toEqual(['evaluation', 0]);
    expect(entry?.details['evaluations']).toHaveLength(3);
    // What differs stands with each, the rest once.
    expect(entry?.details['facts']).not.toHaveProperty('enquiry.case');
    expect(entry?.details['evaluations']).toMatchObject([
      { judged: { facts: { 'enquiry.case': 'KP-2026-AB' } } },
      { judged: { facts: { 'enquiry.case': 'nonsense' } } },
      {},
    ]);
  });

  test('without any it is one', async () => {
    expect((await ok(DECISION, 'mara.lindqvist', 'evaluations', request())).decision).toBe(true);
    expect((await ok(DECISION, 'mara.lindqvist', 'evaluations', { ...request(), evaluations: [] })).decision).toBe(
      true,
    );
  });
});

describe('search', () => {
  const now = Math.floor(Date.now() / 1_000);
  const signedIn = { ...context, sign_in: { amr: ['mfa'], auth_time: now - 60, bound: true }, address: '10.20.0.7' };

  test('gives people of the own organisation alone, and of each what an evaluation then says', async () => {
    const body = request({ subject: { type: 'person' }, context: signedIn });
    const { results, page } = await ok(FOUND, 'tomas.brandt', 'search/subject', body);
    expect([results.map(({ id }) => id), page.next_token]).toEqual([['mara-lindqvist'], '']);
    for (const { id } of results) {
      const again = request({ subject: subject(id ?? ''), context: signedIn });
      expect((await ok(DECISION, 'tomas.brandt', 'evaluation', again)).decision).toBe(true);
    }
  });

  test('pages follow each other by token, and nothing else may change on the way', async () => {
    const todo = {
      subject: { type: 'person' },
      action: { name: 'ask', properties: { output: 'hit' } },
      resource: { type: 'dataset', id: 'todo-list' },
      context: { project: 'op-todo', purpose: 'CrimeDetection', by: { scheme: 'vehicle-id', full: true } },
    };
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = token === undefined ? { limit: 2 } : { token };
      const found = await ok(FOUND, 'mara.lindqvist', 'search/subject', { ...todo, page });
      expect(found.results.length).toBeLessThanOrEqual(2);
      expect(found.page.count).toBe(found.results.length);
      seen.push(...found.results.map(({ id }) => id));
      const first = token === undefined;
      token = found.page.next_token === '' ? undefined : found.page.next_token;
      if (!first) continue;
      expect(token).toBeDefined();
      for (const changed of [{ context: {} }, { page: { token, limit: 3 } }]) {
        const bad = await post('mara.lindqvist', 'search/subject', { ...todo, page: { token }, ...changed });
        expect(bad.status).toBe(400);
      }
      const others = await post('tomas.brandt', 'search/subject', { ...todo, page: { token } });
      expect(others.status).toBe(400);
    } while (token !== undefined);
    expect(seen).toEqual(['beth', 'jerry', 'morty', 'rick', 'summer']);
  });

  test('gives datasets and actions', async () => {
    const which = request({ resource: { type: 'dataset' } });
    const { results } = await ok(FOUND, 'mara.lindqvist', 'search/resource', which);
    expect(results.map(({ id }) => id)).toEqual(['dealer-sales', 'tidewater-sales']);
    expect(results[0]).toMatchObject({ obligations: [{ id: 'field-plan' }, { id: 'terms' }] });
    const { action: _, ...what } = request();
    expect((await ok(FOUND, 'mara.lindqvist', 'search/action', what)).results).toMatchObject([
      { name: 'ask', properties: { output: 'hit' } },
      { name: 'ask', properties: { output: 'records' } },
    ]);
  });

  test('for what is not known gives nothing', async () => {
    for (const [path, body] of [
      ['search/subject', request({ subject: { type: 'robot' } })],
      ['search/resource', request({ resource: { type: 'planet' } })],
      ['search/action', request({ subject: subject('joris-maes') })],
      ['search/subject', request({ subject: { type: 'person' }, page: { limit: 0 } })],
    ] as const) {
      expect((await ok(FOUND, 'mara.lindqvist', path, body)).results).toEqual([]);
    }
    const bare = await ok(FOUND, 'mara.lindqvist', 'search/resource', { ...request(), context: {} });
    expect(bare.context?.error?.status).toBe(400);
  });
});

test('the configuration is everybody’s, and names each endpoint under the origin', async () => {
  const { status, text } = await p.send('/.well-known/authzen-configuration', null);
  expect(status).toBe(200);
  const origin = p.gateway.config.origin;
  expect(JSON.parse(text)).toEqual({
    policy_decision_point: origin,
    access_evaluation_endpoint: `${origin}/access/v1/evaluation`,
    access_evaluations_endpoint: `${origin}/access/v1/evaluations`,
    search_subject_endpoint: `${origin}/access/v1/search/subject`,
    search_resource_endpoint: `${origin}/access/v1/search/resource`,
    search_action_endpoint: `${origin}/access/v1/search/action`,
    supported_obligations: ['custom'],
  });
});

test('whoever asks too often within a minute is turned away, and nobody else is', async () => {
  const statuses = new Set<number>();
  // A minute that ends meanwhile cannot let them all through.
  for (let i = 0; i < 301 && !statuses.has(429); i++)
    statuses.add((await post('nils.okafor', 'evaluation', {})).status);
  expect(statuses).toEqual(new Set([403, 429]));
  expect((await post('joris.maes', 'evaluation', request({ subject: subject('joris-maes') }))).status).toBe(200);
});

test('what cannot be recorded is not told', async () => {
  const files = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'];
  const move = (from: string, to: string) => {
    for (const file of files) renameSync(join(from, file), join(to, file));
  };
  move(p.state, p.root);
  try {
    for (const path of ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action']) {
      const { status, body, text } = await post('mara.lindqvist', path, request());
      expect([path, status, body.code]).toEqual([path, 503, 'ledger/unavailable']);
      expect(text).not.toMatch(/decision|results/);
    }
  } finally {
    move(p.root, p.state);
  }
});
