import { fetchAs } from '../../demo/parties/possession.ts';
import { startProvider } from '../../demo/parties/provider.ts';
import { signInBound } from '../../demo/parties/sign-in.ts';
import { type Answer, answerOf } from './answer.ts';
import { AUDIENCE, type Edits, type Partnership, type Subject } from './partnership.ts';
import { type NorthgatePerson, startNorthgate } from './stewards.ts';

const CLIENT = { clientId: 'five-safes', redirectUri: 'http://127.0.0.1:8976/callback', resource: AUDIENCE };
const SPAN = 'from: 2026-01-01, until: 2028-01-01';
const OF_JORIS = `      - { name: investigator, source: staff register, approver: ruth-adeyemi, ${SPAN} }
    accreditations:
      - { name: vehicle-crime, source: certificate VC-2210`;
const OF_NILS = `      - { name: investigator, source: staff register, approver: ruth-adeyemi, ${SPAN} }
    accreditations:
      - { name: vehicle-crime, source: certificate VC-2214`;
const role = (name: string) => `      - { name: ${name}, source: letter, approver: piet-verhoeven, ${SPAN} }\n`;

/**
 * Who reads the log: Tomas Brandt, compliance officer of Kestrel; Joris Maes, auditor of Harbour; Nils Okafor, its auditor
 * too, but suspended; Pia Lund, auditor of Northgate; Hanna Sorel, its data steward; Piet Verhoeven, auditor whom the
 * agreement appoints for all; Mara Lindqvist, who only asks.
 */
export type Reader = Subject | NorthgatePerson | 'piet.verhoeven';

export interface Auditors {
  /** For `startPartnership`. */
  readonly edits: Edits;
  /** A token bound to a key, and the key. */
  access(p: Partnership, as: Reader): ReturnType<typeof signInBound>;
  post(p: Partnership, as: Reader, path: string, body: unknown): Promise<Answer>;
  get(p: Partnership, as: Reader, path: string): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startAuditors(limits = 'identifierSearchesPerDay: 100'): Promise<Auditors> {
  const northgate = await startNorthgate();
  const federation = await startProvider({
    audience: AUDIENCE,
    people: [{ subject: 'piet.verhoeven', name: 'Piet Verhoeven', mfa: true }],
  });
  const address = ['http://127.0.0.1:9104', federation.url] as const;
  let piet: ReturnType<typeof signInBound> | undefined;
  const access: Auditors['access'] = (p, as) => {
    if (as === 'piet.verhoeven') {
      piet ??= signInBound(federation.url, as, CLIENT);
      return piet;
    }
    const ours = ['hanna.sorel', 'otto.brandis', 'pia.lund', 'emil.roth'] as const;
    const steward = ours.find((name) => name === as);
    const asker = ['mara.lindqvist', 'tomas.brandt', 'nobody.registered', 'joris.maes', 'nils.okafor'] as const;
    const other = asker.find((name) => name === as);
    if (steward !== undefined) return northgate.access(steward);
    if (other !== undefined) return p.access(other);
    throw new Error(`nobody is called ${as}`);
  };
  const sent = async (p: Partnership, as: Reader, path: string, init: RequestInit & { method: string }) =>
    answerOf(await fetchAs(await access(p, as), `${p.running().url}${path}`, init), init.method);
  return {
    edits: {
      'gateway.yaml': [...(northgate.edits['gateway.yaml'] ?? []), address, ['identifierSearchesPerDay: 100', limits]],
      'partners.yaml': [
        ...(northgate.edits['partners.yaml'] ?? []),
        address,
        ['name: senior-investigator', 'name: compliance-officer'],
        [OF_JORIS, role('auditor') + OF_JORIS],
        [OF_NILS, role('auditor') + OF_NILS],
      ].map(([was = '', is = '']) => [was, is] as const),
    },
    access,
    post: (p, as, path, body) =>
      sent(p, as, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    get: (p, as, path) => sent(p, as, path, { method: 'GET' }),
    async stop() {
      await federation.stop();
      await northgate.stop();
    },
  };
}
