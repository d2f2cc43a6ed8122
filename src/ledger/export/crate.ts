import type { JsonObject } from '../../domain/json.ts';
import type { OpenedExchange } from '../opened.ts';
import { uuidOf } from './bag.ts';
import { answerStatus, datasetRef, phasesOf, projectRef } from './crate-phases.ts';

/** The profile that the crate is modelled on. It conforms to RO-Crate 1.2; how it differs from the profile: `DIFFERENCES`. */
export const FIVE_SAFES_PROFILE = 'https://w3id.org/5s-crate/0.4';
const RO_CRATE = 'https://w3id.org/ro/crate/1.2';

/** In what a crate of one exchange is not what the profile asks for. Stands in every crate. */
export const DIFFERENCES: readonly string[] = [
  'There is no mainEntity: the profile wants a Workflow RO-Crate there, and an exchange runs no workflow. The instrument of the CreateAction is the gateway under one version of its rulebook. For this reason the crate does not claim conformance (conformsTo) and names the profile under isBasedOn.',
  'The answer itself is not in the crate, because the gateway keeps no answers. The result of the CreateAction is the digest of the answer, to which the log commits.',
  'There is no AssessAction of the check phase (CheckValue): nobody submits a bag to the gateway. Who receives the crate checks its manifests, and its entries with: five-safes verify data/evidence.json.',
  'An exchange has one sign-off and one disclosure check per dataset asked, not one of each.',
  'The metadata names the person who asked, and the identifier that was searched for unless it was erased: the crate is evidence, not for publication.',
  'The bag is a directory and not zipped.',
];

export interface CrateFile {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** What the crate tells besides the exchange. */
export interface CrateContext {
  /** Name of the log. */
  readonly log: string;
  /** When the crate is made, RFC 3339. */
  readonly made: string;
  readonly files: readonly CrateFile[];
  /** Path of the file with the digest of the answer; null where there is none. */
  readonly answer: string | null;
  /** Names for people, where the registry is at hand; else the id. */
  nameOf(kind: 'person' | 'partner' | 'project', id: string): string;
}

/** `urn:uuid:…` of the exchange's bag: the same however often it is made. */
export function crateUrn(log: string, exchange: string): string {
  return `urn:uuid:${uuidOf(`crate/${log}/${exchange}`)}`;
}

/** `ro-crate-metadata.json` of one exchange. */
export function crateMetadata(opened: OpenedExchange, context: CrateContext): JsonObject {
  const { who, legs, project } = opened;
  const { log, made, files, nameOf } = context;
  const person = who.person ?? who.subject;
  const partners = [...new Set([...(who.partner === null ? [] : [who.partner]), ...legs.map((leg) => leg.holder)])];
  const action = `#exchange-${uuidOf(`action/${log}/${opened.exchange}`)}`;
  const phases = phasesOf(opened, log);
  const by = opened.by;
  const graph: readonly JsonObject[] = [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      about: ref('./'),
      conformsTo: ref(RO_CRATE),
    },
    {
      '@id': './',
      '@type': 'Dataset',
      name: `Exchange ${opened.exchange}`,
      description: `One exchange of the Five Safes gateway ${log}: who asked what of whom and why, how each Safe was judged, and the evidence that this stands in the log. ${DIFFERENCES[0]}`,
      identifier: crateUrn(log, opened.exchange),
      datePublished: made,
      license: ref('#terms'),
      publisher: ref('#operator'),
      isBasedOn: ref(FIVE_SAFES_PROFILE),
      sourceOrganization: ref(projectRef(project)),
      hasPart: files.map(({ path }) => ref(path)),
      mentions: [ref(action), ...phases.map((phase) => ref(String(phase['@id'])))],
    },
    { '@id': FIVE_SAFES_PROFILE, '@type': 'CreativeWork', name: 'Five Safes RO-Crate profile 0.4' },
    {
      '@id': action,
      '@type': 'CreateAction',
      name: `Exchange ${opened.exchange}: ${opened.result}`,
      description: opened.justification,
      actionStatus: answerStatus(opened.result),
      agent: ref(personRef(person)),
      instrument: [ref('#gateway'), ref('#rulebook')],
      object: [
        ...legs.map((leg) => ref(datasetRef(leg.dataset))),
        ref('#purpose'),
        ...(by === null ? [] : [ref('#by')]),
      ],
      ...(context.answer === null ? {} : { result: ref(context.answer) }),
      ...time('startTime', opened.asked?.time ?? opened.outcome?.time),
      ...time('endTime', opened.outcome?.time),
    },
    {
      '@id': personRef(person),
      '@type': 'Person',
      name: nameOf('person', person),
      identifier: JSON.stringify([who.issuer, who.subject]),
      memberOf: ref(projectRef(project)),
      ...(who.partner === null ? {} : { affiliation: ref(`#partner-${who.partner}`) }),
    },
    ...partners.map((id) => ({ '@id': `#partner-${id}`, '@type': 'Organization', name: nameOf('partner', id) })),
    {
      '@id': projectRef(project),
      '@type': 'Project',
      name: nameOf('project', project),
      identifier: project,
      ...(who.partner === null ? {} : { member: ref(`#partner-${who.partner}`) }),
    },
    ...legs.map(({ dataset, holder, permit }) => ({
      '@id': datasetRef(dataset),
      '@type': 'DigitalDocument',
      name: dataset,
      sourceOrganization: ref(`#partner-${holder}`),
      conditionsOfAccess: permit === null ? 'refused' : permit.terms.join(' ') || 'no terms',
    })),
    {
      '@id': '#purpose',
      '@type': 'PropertyValue',
      name: 'purpose',
      value: opened.purpose.term,
      url: opened.purpose.iri,
    },
    ...(by === null ? [] : [{ '@id': '#by', '@type': 'PropertyValue', name: by.scheme, value: by.value }]),
    {
      '@id': '#gateway',
      '@type': 'SoftwareApplication',
      name: `Five Safes gateway ${log}`,
      provider: ref('#operator'),
    },
    { '@id': '#operator', '@type': 'Organization', name: `The operator of ${log}` },
    { '@id': '#rulebook', '@type': 'CreativeWork', name: 'Rulebook', identifier: opened.versions.rulebook },
    {
      '@id': '#terms',
      '@type': 'CreativeWork',
      name: 'Conditions of access',
      description: `Evidence from the log of ${log}, for the use stated when it was read (Directive (EU) 2016/680 Art. 25(2)). No licence to use it otherwise.`,
    },
    ...phases,
    ...files.map(({ path, name, type, size }) => ({
      '@id': path,
      '@type': 'File',
      name,
      encodingFormat: type,
      contentSize: String(size),
    })),
  ];
  return { '@context': `${RO_CRATE}/context`, '@graph': graph };
}

/** For people who open the bag: what it is, and in what it differs from the profile. */
export function conformanceText(exchange: string): string {
  return [
    `# Exchange ${exchange} as an RO-Crate`,
    '',
    `The metadata conform to RO-Crate 1.2, the bag to BagIt 1.0 (RFC 8493). They follow the Five Safes RO-Crate profile`,
    `(${FIVE_SAFES_PROFILE}) but for this:`,
    '',
    ...DIFFERENCES.map((difference) => `- ${difference}`),
    '',
  ].join('\n');
}

/** A caller whom the registry does not know has the name that the provider gives: any text. */
function personRef(person: string): string {
  return `#person-${encodeURIComponent(person)}`;
}

function ref(id: string): JsonObject {
  return { '@id': id };
}

function time(name: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
