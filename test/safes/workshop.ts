import type { Caller } from '../../src/domain/caller.ts';
import type { Dataset } from '../../src/domain/dataset.ts';
import type { Enquiry } from '../../src/domain/enquiry.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { LegDecision } from '../../src/domain/leg.ts';
import type { Acceptance, Agreement, Attested, Person, Project } from '../../src/domain/partnership.ts';
import type { Condition, Rule } from '../../src/domain/rule.ts';
import type { Safe } from '../../src/domain/safe.ts';
import { DAY, HOUR, type Instant } from '../../src/domain/time.ts';
import { readItem } from '../../src/rulebook/read-condition.ts';
import { buildRulebook, type Rulebook } from '../../src/rulebook/rulebook.ts';
import type { Vocabulary } from '../../src/rulebook/vocabulary.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { type Decision, decide, type Petition } from '../../src/safes/decide.ts';
import { examplePolicies, vin } from '../builders.ts';

/** A partnership of two, small enough that a test can say all of it: police ask the dealer's `sales` under `deal`. */
export const NOW: Instant = Date.parse('2026-11-23T10:00:00Z');
export const HEAD = 'safe,id,who,what,only if,verdict,then\npage,-,deal,-,-,-,owner=office review=2027-03-01\n';
export const ROLES = 'role,includes\ninvestigator,-\nsenior,investigator\nanalyst,-\n';

export const DATASET: Dataset = {
  id: 'sales',
  title: 'Sales',
  holder: 'dealer',
  connector: { kind: 'http', baseUrl: 'http://127.0.0.1:9', lookups: { vin: '/{value}' }, records: 'records' },
  identifiers: { vin: 'id', registration: 'plate' },
  fields: {
    name: { from: 'src.name', type: 'text' },
    born: { from: 'src.born', type: 'date' },
    notes: { from: 'src.notes', type: 'text' },
  },
  except: {},
  timeFloorMs: 0,
  timeoutMs: 2_000,
};

export const AGREEMENT: Agreement = {
  id: 'deal',
  title: 'Deal',
  parties: ['police', 'dealer'],
  purposes: ['LawEnforcement'],
  legalBases: ['led-8', 'led-10'],
  datasets: ['sales'],
  from: NOW - 100 * DAY,
  until: NOW + 100 * DAY,
  review: NOW + 50 * DAY,
  timeZone: 'Europe/Amsterdam',
  keepLogDays: 365,
  auditors: [],
  holderSees: [],
  undertakings: [{ id: 'silence', version: 2, title: 'Silence', text: 'I keep it to myself.' }],
};

export const PROJECT: Project = {
  id: 'work',
  title: 'Work',
  agreement: 'deal',
  partner: 'police',
  members: ['ada'],
  legalBasis: 'led-8',
  casePattern: 'K-##',
  from: NOW - 50 * DAY,
  until: NOW + 50 * DAY,
};

export function attested(name: string, from = NOW - 10 * DAY, until = NOW + 10 * DAY): Attested {
  return { name, source: 'register', approver: 'boss', from, until };
}

export const ADA: Person = {
  id: 'ada',
  name: 'Ada',
  partner: 'police',
  identities: [{ issuer: 'https://id.example', subject: 'ada' }],
  roles: [attested('investigator')],
  accreditations: [attested('cars')],
  trainings: [attested('privacy')],
  suspensions: [],
};

export const CALLER: Caller = {
  issuer: 'https://id.example',
  subject: 'ada',
  amr: ['pwd', 'mfa'],
  authTime: NOW - HOUR,
  bound: true,
};

export const ENQUIRY: Enquiry = {
  project: 'work',
  purpose: 'CrimeInvestigation',
  case: 'K-01',
  justification: 'because',
  datasets: ['sales'],
  by: vin('JTEZU5JR8D5050504'),
  output: 'records',
};

export interface Circumstances {
  readonly person: Person | undefined;
  readonly caller: Caller;
  readonly project: Project;
  readonly agreement: Agreement;
  readonly dataset: Dataset;
  readonly enquiry: Enquiry;
  readonly networks: readonly string[];
  readonly accepted: readonly Acceptance[];
  readonly paused: boolean | undefined;
  readonly now: Instant;
}

export const CIRCUMSTANCES: Circumstances = {
  person: ADA,
  caller: CALLER,
  project: PROJECT,
  agreement: AGREEMENT,
  dataset: DATASET,
  enquiry: ENQUIRY,
  networks: ['lan'],
  accepted: [],
  paused: false,
  now: NOW,
};

export function vocabularyOf(agreement: Agreement, dataset: Dataset): Vocabulary {
  return {
    partners: new Set(agreement.parties),
    networks: new Set(['lan', 'van']),
    agreements: new Map([[agreement.id, { ...agreement, parties: new Set(agreement.parties) }]]),
    datasets: new Map([
      [
        dataset.id,
        {
          holder: dataset.holder,
          fields: new Map(Object.entries(dataset.fields).map(([field, { type }]) => [field, type])),
          schemes: new Set(Object.keys(dataset.identifiers)),
        },
      ],
    ]),
  };
}

/** @param rows of the page `deal`, without its head. @throws Error with the flaws, if there are any */
export async function rulebookOf(rows: string, { agreement, dataset } = CIRCUMSTANCES): Promise<Rulebook> {
  const everywhere = HEAD.replace('deal', 'everywhere');
  const sources = new Map([
    ['model.conf', examplePolicies().get('model.conf') ?? ''],
    ['roles.csv', ROLES],
    ['everywhere.csv', everywhere],
    [`${agreement.id}.csv`, HEAD + rows],
  ]);
  const built = await buildRulebook(sources, vocabularyOf(agreement, dataset), evaluateCondition);
  if ('flaws' in built) throw new Error(JSON.stringify(built.flaws, null, 1));
  return built.rulebook;
}

/** Decides with the rulebook alone; no gateway, no log. */
export function decideWith(rulebook: Rulebook, changes: Partial<Circumstances> = {}): Decision {
  const { person, project, agreement, dataset, accepted, paused, ...rest } = { ...CIRCUMSTANCES, ...changes };
  const petition: Petition = { ...rest, exchange: exchangeId(rest.now, new Uint8Array(10)) };
  return decide(
    {
      personOf: () => person,
      project: (id) => (id === project.id ? project : undefined),
      agreement: (id) => (id === agreement.id ? agreement : undefined),
      dataset: (id) => (id === dataset.id ? dataset : undefined),
      roles: rulebook.roles,
      rulesFor: rulebook.rulesFor,
      acceptedBy: () => accepted,
      isPaused: () => paused,
      version: () => 0,
    },
    petition,
  );
}

/** The one leg of a question put to a page of these rows. */
export async function legOf(rows: string, changes: Partial<Circumstances> = {}): Promise<LegDecision> {
  const rulebook = await rulebookOf(rows);
  const [leg] = decideWith(rulebook, changes).legs;
  if (leg === undefined) throw new Error('no leg');
  return leg;
}

/** A condition as a page would hold it. */
export function condition(text: string, safe: Safe): Condition {
  const read = readItem(text, { safe, vocabulary: vocabularyOf(AGREEMENT, DATASET), agreement: 'deal' });
  if (!('condition' in read)) throw new Error(`${text} is no condition: ${JSON.stringify(read)}`);
  return read.condition;
}

/** The rules of the rulebook's page for `deal`. */
export function rulesIn(rulebook: Rulebook): readonly Rule[] {
  return rulebook.pages.find((page) => page.kind === 'agreement')?.rules ?? [];
}
