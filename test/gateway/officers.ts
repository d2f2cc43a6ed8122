import { fetchAs } from '../../demo/parties/possession.ts';
import { startProvider } from '../../demo/parties/provider.ts';
import { signInBound } from '../../demo/parties/sign-in.ts';
import { type Answer, answerOf } from './answer.ts';
import { AUDIENCE, type Edits, type Partnership } from './partnership.ts';

const CLIENT = { clientId: 'five-safes', redirectUri: 'http://127.0.0.1:8976/callback', resource: AUDIENCE };
const PEOPLE = ['hanna.sorel', 'greta.holm', 'lars.berg', 'pia.lund', 'otto.brandis'] as const;
export type Person = (typeof PEOPLE)[number];

const officer = (id: string, role: string, more = '') => `  - id: ${id}
    name: ${id}
    partner: northgate-motors
    identities: [{ issuer: 'http://127.0.0.1:9103', subject: ${id.replace('-', '.')} }]
    roles:
      - { name: ${role}, source: letter, approver: piet-verhoeven, from: 2026-01-01, until: 2028-01-01 }
${more}
`;
/** Registered beside Hanna Sorel: two compliance officers, an auditor, and an officer who is suspended. */
const COLLEAGUES = [
  officer('greta-holm', 'compliance-officer'),
  officer('lars-berg', 'compliance-officer'),
  officer('pia-lund', 'auditor'),
  officer(
    'otto-brandis',
    'compliance-officer',
    `    suspensions:
      - { name: internal-inquiry, source: order, approver: piet-verhoeven, from: 2026-09-01, until: 2027-09-01 }
`,
  ),
].join('');
const BEFORE = '  - id: piet-verhoeven\n';

/** The people of the dealer group, compliance officers among them. */
export interface Officers {
  /** For `startPartnership`. */
  readonly edits: Edits;
  access(person: Person): ReturnType<typeof signInBound>;
  post(p: Pick<Partnership, 'running'>, as: Person, path: string, body: unknown): Promise<Answer>;
  get(p: Pick<Partnership, 'running'>, as: Person, path: string): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startOfficers(edits: Edits = {}): Promise<Officers> {
  const people = PEOPLE.map((subject) => ({ subject, name: subject, mfa: true }));
  const provider = await startProvider({ audience: AUDIENCE, people });
  const address = ['http://127.0.0.1:9103', provider.url] as const;
  const known = new Map<Person, ReturnType<typeof signInBound>>();
  const access = (person: Person) => {
    const held = known.get(person) ?? signInBound(provider.url, person, CLIENT);
    known.set(person, held);
    return held;
  };
  const send = async (p: Pick<Partnership, 'running'>, as: Person, path: string, init: RequestInit) =>
    answerOf(await fetchAs(await access(as), `${p.running().url}${path}`, init), init.method ?? 'GET');
  return {
    edits: {
      ...edits,
      'gateway.yaml': [address],
      'partners.yaml': [[BEFORE, `${COLLEAGUES}${BEFORE}`], address, ...(edits['partners.yaml'] ?? [])],
    },
    access,
    post: (p, as, path, body) =>
      send(p, as, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    get: (p, as, path) => send(p, as, path, {}),
    stop: provider.stop,
  };
}
