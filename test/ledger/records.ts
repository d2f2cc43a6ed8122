import type { Caller } from '../../src/domain/caller.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { Finding, Findings } from '../../src/domain/finding.ts';
import { type ExchangeId, exchangeId } from '../../src/domain/ids.ts';
import type { Leg, LegDecision, LegState } from '../../src/domain/leg.ts';
import type { Person } from '../../src/domain/partnership.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';
import { askedDraft, outcomeDraft, type Recorded } from '../../src/ledger/record.ts';

const DIGEST = digestOf('x');
const VERSIONS = { rulebook: DIGEST, registry: DIGEST, configuration: DIGEST, build: DIGEST };
const CALLER: Caller = { issuer: 'https://id.example', subject: 'mara', bound: true };

export function personOf(id: string, partner: string): Person {
  return { id, name: id, partner, identities: [], roles: [], accreditations: [], trainings: [], suspensions: [] };
}

export function findingsOf(refusedBy?: keyof Findings): Findings {
  const allow: Finding = { verdict: 'allow', rule: 'P1', code: 'people/accredited', say: 'yes' };
  const refuse: Finding = { verdict: 'refuse', rule: 'J9', code: 'projects/case', say: 'no' };
  const all = { people: allow, projects: allow, settings: allow, data: allow, outputs: allow };
  return refusedBy === undefined ? all : { ...all, [refusedBy]: refuse };
}

export interface Told {
  readonly exchange?: ExchangeId;
  readonly person?: string;
  readonly partner?: string;
  readonly vin?: string;
  readonly case?: string;
  readonly dataset?: string;
  readonly findings?: Findings;
}

let made = 0;
export function nextId(): ExchangeId {
  made += 1;
  const random = Buffer.alloc(10);
  random.writeUInt32BE(made, 6);
  return exchangeId(1_700_000_000_000 + made, random);
}

/** What both entries of an exchange are about, as the product records it; nobody is permitted to ask. */
export function recorded(told: Told = {}): Recorded {
  const {
    person = 'mara-lindqvist',
    partner = 'kestrel-police',
    vin = 'JTEZU5JR8D5050504',
    dataset = 'dealer-sales',
  } = told;
  const leg: LegDecision = {
    dataset,
    holder: 'northgate-motors',
    findings: told.findings ?? findingsOf(),
    permit: null,
  };
  const facts: Facts = { 'agreement.id': 'vehicle-tracing', 'caller.person': person, 'dataset.id': dataset };
  return {
    exchange: told.exchange ?? nextId(),
    caller: CALLER,
    person: personOf(person, partner),
    asker: 'asker',
    address: '127.0.0.1',
    enquiry: {
      project: 'op-gearbox',
      purpose: 'SuspectedCrimeInvestigation',
      case: told.case ?? 'KP-2026-AB',
      justification: 'engine found',
      datasets: [dataset],
      by: { scheme: 'vin', value: vin, full: true },
      output: 'records',
    },
    decided: [leg],
    facts: [facts],
    versions: VERSIONS,
  };
}

export function legIn(of: Recorded, state: LegState, findings?: Findings): Leg {
  const [decided] = of.decided;
  if (decided === undefined) throw new Error('no leg');
  const { dataset, holder } = decided;
  return { dataset, holder, state, findings: findings ?? decided.findings };
}

/** Both entries of an exchange. @param asked index that the intent will have. */
export function exchangeDrafts(of: Recorded, asked: number, state: LegState = 'none'): readonly EntryDraft[] {
  return [askedDraft(of), outcomeDraft(of, asked, [legIn(of, state)], state, DIGEST)];
}

/** The one entry of an exchange that was put to nobody. */
export function refusedDraft(of: Recorded): EntryDraft {
  return outcomeDraft(of, null, [legIn(of, 'refused')], 'refused', DIGEST);
}
