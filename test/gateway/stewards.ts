import { fetchAs } from '../../demo/parties/possession.ts';
import { startProvider } from '../../demo/parties/provider.ts';
import { signInBound } from '../../demo/parties/sign-in.ts';
import { type Answer, answerOf } from './answer.ts';
import { AUDIENCE, type Edits, type Partnership } from './partnership.ts';

const CLIENT = { clientId: 'five-safes', redirectUri: 'http://127.0.0.1:8976/callback', resource: AUDIENCE };
const PEOPLE = ['hanna.sorel', 'otto.brandis', 'pia.lund', 'emil.roth'] as const;
export type NorthgatePerson = (typeof PEOPLE)[number];

/** Registered beside Hanna Sorel: a steward who is suspended, one whose appointment has ended, and a colleague. */
const COLLEAGUES = `  - id: otto-brandis
    name: Otto Brandis
    partner: northgate-motors
    identities: [{ issuer: 'http://127.0.0.1:9103', subject: otto.brandis }]
    roles:
      - { name: data-steward, source: letter, approver: piet-verhoeven, from: 2026-01-01, until: 2028-01-01 }
    suspensions:
      - { name: internal-inquiry, source: order, approver: piet-verhoeven, from: 2026-09-01, until: 2027-09-01 }

  - id: emil-roth
    name: Emil Roth
    partner: northgate-motors
    identities: [{ issuer: 'http://127.0.0.1:9103', subject: emil.roth }]
    roles:
      - { name: data-steward, source: letter, approver: piet-verhoeven, from: 2026-01-01, until: 2026-02-01 }

  - id: pia-lund
    name: Pia Lund
    partner: northgate-motors
    identities: [{ issuer: 'http://127.0.0.1:9103', subject: pia.lund }]
    roles:
      - { name: auditor, source: letter, approver: piet-verhoeven, from: 2026-01-01, until: 2028-01-01 }

`;
const BEFORE = '  - id: piet-verhoeven\n';

/** The people of the dealer group, who sign in with a provider of their own. */
export interface Northgate {
  /** For `startPartnership`. */
  readonly edits: Edits;
  /** A bearer token. */
  access(person: NorthgatePerson): ReturnType<typeof signInBound>;
  /** Posts to a gateway as one of them. */
  post(p: Pick<Partnership, 'running'>, as: NorthgatePerson, path: string, body: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startNorthgate(): Promise<Northgate> {
  const people = PEOPLE.map((subject) => ({ subject, name: subject, mfa: true }));
  const provider = await startProvider({ audience: AUDIENCE, people });
  const address = ['http://127.0.0.1:9103', provider.url] as const;
  const known = new Map<NorthgatePerson, ReturnType<typeof signInBound>>();
  const access = (person: NorthgatePerson) => {
    const held = known.get(person) ?? signInBound(provider.url, person, CLIENT);
    known.set(person, held);
    return held;
  };
  return {
    edits: { 'gateway.yaml': [address], 'partners.yaml': [[BEFORE, `${COLLEAGUES}${BEFORE}`], address] },
    access,
    post: async (p, as, path, body) => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      return answerOf(await fetchAs(await access(as), `${p.running().url}${path}`, init), 'POST');
    },
    stop: provider.stop,
  };
}
