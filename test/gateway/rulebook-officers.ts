import { z } from 'zod';
import { fetchAs } from '../../demo/parties/possession.ts';
import { startProvider } from '../../demo/parties/provider.ts';
import { signInBound } from '../../demo/parties/sign-in.ts';
import { answerOf } from './answer.ts';
import { AUDIENCE, type Edits, type Partnership, startPartnership } from './partnership.ts';

const CLIENT = { clientId: 'five-safes', redirectUri: 'http://127.0.0.1:8976/callback', resource: AUDIENCE };

/** Compliance officers: two of Northgate, one of Tidewater, two of Harbour; and an auditor of Northgate. */
const PEOPLE = {
  'greta.holm': ['northgate-motors', 'compliance-officer'],
  'lars.berg': ['northgate-motors', 'compliance-officer'],
  'pia.lund': ['northgate-motors', 'auditor'],
  'tess.marsh': ['tidewater-cars', 'compliance-officer'],
  'hugo.port': ['motor-trade-federation', 'compliance-officer'],
  'hilde.quay': ['motor-trade-federation', 'compliance-officer'],
} as const;
export type Official = keyof typeof PEOPLE;
const ISSUERS = {
  'northgate-motors': 'http://127.0.0.1:9103',
  'motor-trade-federation': 'http://127.0.0.1:9104',
  'tidewater-cars': 'http://127.0.0.1:9105',
} as const;
const BEFORE = '  - id: piet-verhoeven\n';
const LAST_ISSUER = `  - issuer: http://127.0.0.1:9104
    audience: https://gateway.example
    algorithms: [ES256]
    partner: motor-trade-federation
`;

function registered(subject: Official): string {
  const [partner, role] = PEOPLE[subject];
  const id = subject.replace('.', '-');
  return `  - id: ${id}
    name: ${id}
    partner: ${partner}
    identities: [{ issuer: '${ISSUERS[partner]}', subject: ${subject} }]
    roles:
      - { name: ${role}, source: letter, approver: piet-verhoeven, from: 2026-01-01, until: 2028-01-01 }
`;
}

/** What is read of answers here; the contract is held by `answerOf`. */
const told = z.looseObject({
  code: z.string().default(''),
  detail: z.string().default(''),
  version: z.string().default(''),
  proposal: z.string().default(''),
  replay: z.string().default(''),
  active: z.string().default(''),
  state: z.string().default(''),
  digest: z.string().nullable().default(null),
  files: z.union([z.record(z.string(), z.string()), z.array(z.string())]).default([]),
  findings: z.array(z.looseObject({ line: z.int() })).default([]),
  sentences: z.array(z.string()).default([]),
  submission: z.looseObject({ replay: z.string() }).nullable().default(null),
  approvals: z.array(z.looseObject({ note: z.string() })).default([]),
  proposals: z.array(z.looseObject({ proposal: z.string(), state: z.string() })).default([]),
});
export interface Told {
  readonly status: number;
  readonly text: string;
  readonly body: z.output<typeof told>;
}

/** A gateway whose rulebook lives in its store, and the officers who keep it. */
export interface Bench {
  readonly p: Partnership;
  call(as: Official, path: string, body?: unknown): Promise<Told>;
  access(as: Official): ReturnType<typeof signInBound>;
  stop(): Promise<void>;
}

export async function startBench(edits: Edits = {}): Promise<Bench> {
  const names = Object.keys(PEOPLE) as Official[];
  const of = (partner: keyof typeof ISSUERS) => names.filter((name) => PEOPLE[name][0] === partner);
  const providers = await Promise.all(
    (Object.keys(ISSUERS) as (keyof typeof ISSUERS)[]).map(async (partner) => {
      const people = of(partner).map((subject) => ({ subject, name: subject, mfa: true }));
      return { partner, provider: await startProvider({ audience: AUDIENCE, people }) };
    }),
  );
  const addresses = providers.map(({ partner, provider }) => [ISSUERS[partner], provider.url] as const);
  const tidewater = LAST_ISSUER.replace('9104', '9105').replace('motor-trade-federation', 'tidewater-cars');
  const p = await startPartnership({
    ...edits,
    'gateway.yaml': [
      ['  source: files', '  source: store'],
      [LAST_ISSUER, `${LAST_ISSUER}${tidewater}`],
      ...addresses,
      ...(edits['gateway.yaml'] ?? []),
    ],
    'partners.yaml': [
      [BEFORE, `${names.map(registered).join('')}${BEFORE}`],
      ...addresses,
      ...(edits['partners.yaml'] ?? []),
    ],
  });
  const known = new Map<Official, ReturnType<typeof signInBound>>();
  const access = (name: Official) => {
    const url = providers.find(({ partner }) => partner === PEOPLE[name][0])?.provider.url ?? '';
    const held = known.get(name) ?? signInBound(url, name, CLIENT);
    known.set(name, held);
    return held;
  };
  return {
    p,
    access,
    call: async (as, path, body) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetchAs(
        await access(as),
        `${p.running().url}/v1/rulebook${path}`,
        body === undefined ? {} : init,
      );
      const answer = await answerOf(response, body === undefined ? 'GET' : 'POST');
      return { status: answer.status, text: answer.text, body: told.parse(answer.body) };
    },
    stop: async () => {
      await p.stop();
      await Promise.all(providers.map(({ provider }) => provider.stop()));
    },
  };
}

const PAGE = 'vehicle-tracing.csv';
const EXPECTED = 'vehicle-tracing.expected.csv';

/** A draft in which texts of the page, and of its expected decisions, are others. Each must be there. */
export async function draft(
  bench: Bench,
  as: Official,
  page: readonly (readonly [string | RegExp, string])[],
  expected: readonly (readonly [string | RegExp, string])[] = [],
) {
  const { body } = await bench.call(as, '/versions/active/files');
  const edited = (name: string, edits: typeof page) => {
    const text = Array.isArray(body.files) ? '' : (body.files[name] ?? '');
    return edits.reduce((now, [was, is]) => {
      const next = typeof was === 'string' ? now.replaceAll(was, () => is) : now.replace(was, () => is);
      if (next === now) throw new Error(`${name} does not contain ${was}`);
      return next;
    }, text);
  };
  const files = {
    [PAGE]: edited(PAGE, page),
    ...(expected.length === 0 ? {} : { [EXPECTED]: edited(EXPECTED, expected) }),
  };
  return bench.call(as, '/versions', { files, message: `changed by ${as}` });
}

/** A finished replay of a version. */
export async function replayed(bench: Bench, as: Official, version: string) {
  const begun = await bench.call(as, `/versions/${version}/replays`, {
    use: 'self-monitoring',
    reason: 'before submitting',
  });
  if (begun.status !== 202) throw new Error(begun.text);
  for (;;) {
    const { body } = await bench.call(as, `/replays/${begun.body.replay}`);
    if (body.state !== 'running') return body;
  }
}

/** Drafted and submitted. */
export async function submitted(
  bench: Bench,
  as: Official,
  page: Parameters<typeof draft>[2],
  expected: Parameters<typeof draft>[3] = [],
  more: Readonly<Record<string, unknown>> = {},
) {
  const made = await draft(bench, as, page, expected);
  if (made.status !== 201) throw new Error(made.text);
  const { replay } = await replayed(bench, as, made.body.version);
  return bench.call(as, `/proposals/${made.body.proposal}/submit`, { replay, ...more });
}

export function approvalOf({ version, submission }: Told['body']) {
  return { version, replay: submission?.replay, reason: 'read and tried' };
}
