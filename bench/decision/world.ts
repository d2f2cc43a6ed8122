import type { Dataset } from '../../src/domain/dataset.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { Agreement, Attested, Person, Project } from '../../src/domain/partnership.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import type { Rulebook } from '../../src/rulebook/rulebook.ts';
import type { Vocabulary } from '../../src/rulebook/vocabulary.ts';
import type { Authorities, Petition } from '../../src/safes/decide.ts';
import { AGREEMENT, FIELDS, type LaidOut } from './layouts.ts';

export const NOW = Date.parse('2026-11-23T10:00:00Z');
const ISSUER = 'https://id.example';
const HOLDER = 'dealer';
const PURPOSE = 'SuspectedCrimeInvestigation';
const EXCHANGE = exchangeId(NOW, new Uint8Array(10));
const FOR_YEARS = { from: NOW - 100 * DAY, until: NOW + 100 * DAY };

/** Which circumstances of a question vary, and between how many ways. */
const WAYS = { accredited: 2, trained: 3, purpose: 2, case: 3, mfa: 3, signedIn: 3, network: 2, bound: 2, full: 2 };
export type Way = Readonly<Record<keyof typeof WAYS, number>>;

/** Every combination once; the first is the one that is allowed. */
export const EVERY_WAY: readonly Way[] = Object.entries(WAYS).reduce<readonly Way[]>(
  (all, [name, many]) => Array.from({ length: many }, (_, i) => all.map((way) => ({ ...way, [name]: i }))).flat(),
  [{ accredited: 0, trained: 0, purpose: 0, case: 0, mfa: 0, signedIn: 0, network: 0, bound: 0, full: 0 }],
);

export function vocabularyOf({ partners, datasets }: LaidOut): Vocabulary {
  return {
    partners: new Set([HOLDER, ...partners]),
    networks: new Set(['lan']),
    agreements: new Map([
      [
        AGREEMENT,
        { parties: new Set(partners), datasets, purposes: [PURPOSE], legalBases: ['led-8'], undertakings: [] },
      ],
    ]),
    datasets: new Map(
      datasets.map((id) => [
        id,
        { holder: HOLDER, fields: new Map(FIELDS.map((f) => [f, 'text'])), schemes: new Set(['vin']) },
      ]),
    ),
  };
}

/** People and projects that ask at a time: as many at ten rules as at 100,000, since it is the rules that are measured. */
export const IN_USE = 100;

/** Projects of a partner: one, or as many as it takes for so many to be in use. */
function teamsOf({ partners }: LaidOut, partner: string): readonly string[] {
  return Array.from({ length: Math.ceil(IN_USE / partners.length) }, (_, i) => `work-${partner}-${i}`);
}

/** Registry of a layout: in each project one person for each of six ways to be qualified. */
export function authoritiesOf(laidOut: LaidOut, rulebook: Rulebook): Authorities {
  const datasets = new Map(laidOut.datasets.map((id) => [id, datasetOf(id)]));
  const persons = new Map<string, Person>();
  const projects = new Map<string, Project>();
  for (const partner of laidOut.partners) {
    for (const team of teamsOf(laidOut, partner)) {
      const members: string[] = [];
      for (let accredited = 0; accredited < WAYS.accredited; accredited++) {
        for (let trained = 0; trained < WAYS.trained; trained++) {
          const person = personOf(partner, team, accredited, trained);
          persons.set(person.id, person);
          members.push(person.id);
        }
      }
      const led8 = { legalBasis: 'led-8', casePattern: 'K-####' } as const;
      projects.set(team, { id: team, title: 'Work', agreement: AGREEMENT, partner, members, ...led8, ...FOR_YEARS });
    }
  }
  const agreement: Agreement = {
    ...{ id: AGREEMENT, title: 'Deal', parties: laidOut.partners, purposes: [PURPOSE], legalBases: ['led-8'] },
    ...{ datasets: laidOut.datasets, ...FOR_YEARS, review: FOR_YEARS.until, timeZone: 'Europe/Amsterdam' },
    ...{ keepLogDays: 365, auditors: [], holderSees: [], undertakings: [] },
  };
  return {
    personOf: (_, subject) => persons.get(subject),
    project: (id) => projects.get(id),
    agreement: (id) => (id === AGREEMENT ? agreement : undefined),
    dataset: (id) => datasets.get(id),
    roles: rulebook.roles,
    rulesFor: rulebook.rulesFor,
    acceptedBy: () => [],
    isPaused: () => false,
    version: () => 0,
  };
}

/** Who asks about what. @param pair from 0; a layout has as many as it has partners or datasets. */
export function pairOf(laidOut: LaidOut, pair: number): Pair {
  const { partners, datasets } = laidOut;
  const partner = partners[pair % partners.length] ?? '';
  const teams = teamsOf(laidOut, partner);
  const project = teams[Math.floor(pair / partners.length) % teams.length] ?? '';
  return { project, dataset: datasets[(pair * 7) % datasets.length] ?? '' };
}

export interface Pair {
  readonly project: string;
  readonly dataset: string;
}

/** A question. @param turn so many seconds later than the first, so that no two have the same facts. */
export function petition({ project, dataset }: Pair, way: Way, turn: number): Petition {
  const now = NOW + (turn % 3_600) * 1_000 + (turn % 997);
  const amr = [['pwd', 'mfa'], ['pwd']][way.mfa];
  const authTime = [now - 30 * MINUTE - turn, now - 9 * HOUR][way.signedIn];
  const reference = [`K-${1_000 + (turn % 9_000)}`, 'X'][way.case];
  return {
    exchange: EXCHANGE,
    now,
    networks: way.network === 0 ? ['lan'] : [],
    caller: {
      issuer: ISSUER,
      subject: `${project}-${way.accredited}-${way.trained}`,
      bound: way.bound === 0,
      ...(amr === undefined ? {} : { amr }),
      ...(authTime === undefined ? {} : { authTime }),
    },
    enquiry: {
      project,
      purpose: way.purpose === 0 ? PURPOSE : 'LawEnforcement',
      ...(reference === undefined ? {} : { case: reference }),
      justification: 'engine found without a car',
      datasets: [dataset],
      by: { scheme: 'vin', value: 'JTEZU5JR8D5050504', full: way.full === 0 },
      output: 'records',
    },
  };
}

function personOf(partner: string, team: string, accredited: number, trained: number): Person {
  const attested = (name: string, from = FOR_YEARS.from): Attested => ({
    ...{ name, source: 'bench', approver: 'bench', from, until: FOR_YEARS.until },
  });
  const completed = [NOW - 20 * DAY, NOW - 400 * DAY][trained];
  const id = `${team}-${accredited}-${trained}`;
  return {
    ...{ id, name: id, partner, identities: [], suspensions: [] },
    roles: [attested('officer')],
    accreditations: accredited === 0 ? [attested('vehicle-crime')] : [],
    trainings: completed === undefined ? [] : [attested('data-protection', completed)],
  };
}

function datasetOf(id: string): Dataset {
  return {
    ...{ id, title: id, holder: HOLDER, except: {}, timeFloorMs: 0, timeoutMs: 1_000 },
    connector: { kind: 'http', baseUrl: 'http://127.0.0.1:9', lookups: {}, records: '' },
    identifiers: { vin: 'vin' },
    fields: Object.fromEntries(FIELDS.map((field) => [field, { from: field, type: 'text' }])),
  };
}
