import type { JsonObject } from '../../domain/json.ts';
import { SAFES, type Safe } from '../../domain/safe.ts';
import type { OpenedExchange, OpenedLeg } from '../opened.ts';
import { uuidOf } from './bag.ts';

/** Safe Haven Provenance terms that the profile names for the phases of a review. */
const SHP = 'https://w3id.org/shp#';

const COMPLETED = 'http://schema.org/CompletedActionStatus';
const FAILED = 'http://schema.org/FailedActionStatus';
const ACTIVE = 'http://schema.org/ActiveActionStatus';
const POTENTIAL = 'http://schema.org/PotentialActionStatus';

const FINISHED: Readonly<Record<string, string>> = {
  released: COMPLETED,
  none: COMPLETED,
  partial: COMPLETED,
  held: ACTIVE,
  open: ACTIVE,
};

/** Status of the exchange itself: what was not answered has failed, and is told with its reasons by the phases. */
export function answerStatus(result: string): string {
  return FINISHED[result] ?? FAILED;
}

/**
 * The phases of review, as assessments: the question was parsed (validation), each dataset's five Safes were judged
 * (sign-off), and where there was leave to ask, what came back was inspected before anything left (disclosure).
 */
export function phasesOf(opened: OpenedExchange, log: string): readonly JsonObject[] {
  const began = (opened.asked ?? opened.outcome)?.time;
  const ended = opened.outcome?.time;
  const id = (phase: string) => `#${phase.split('/')[0]}-${uuidOf(`${phase}/${log}/${opened.exchange}`)}`;
  const validation = {
    ...assessment(
      id('validate'),
      'ValidationCheck',
      'The question was parsed against the schema of the interface: passed',
      began,
    ),
    object: { '@id': './' },
    instrument: { '@id': '#gateway' },
    actionStatus: COMPLETED,
  };
  const perLeg = opened.legs.flatMap((leg) => [
    {
      ...assessment(id(`signoff/${leg.dataset}`), 'SignOff', `Sign-off of ${leg.dataset}: ${signOffWords(leg)}`, began),
      description: findingsText(leg, SAFES),
      object: [{ '@id': './' }, { '@id': datasetRef(leg.dataset) }, { '@id': projectRef(opened.project) }],
      instrument: { '@id': '#rulebook' },
      actionStatus: signedOff(leg) ? COMPLETED : FAILED,
    },
    ...(leg.permit === null ? [] : [disclosure(id(`disclosure/${leg.dataset}`), leg, ended)]),
  ]);
  return [validation, ...perLeg];
}

function disclosure(id: string, leg: OpenedLeg, ended: string | undefined): JsonObject {
  const status = disclosureStatus(leg);
  const finished = status === POTENTIAL ? undefined : ended;
  return {
    ...assessment(id, 'DisclosureCheck', `Disclosure check of ${leg.dataset}: ${leg.state}`, finished),
    description: findingsText(leg, ['outputs']),
    object: [{ '@id': './' }, { '@id': datasetRef(leg.dataset) }],
    instrument: { '@id': '#rulebook' },
    actionStatus: status,
  };
}

/** Held: a person has yet to look. Open: nothing came back yet. A fault: there was nothing that could be checked. */
function disclosureStatus({ state }: OpenedLeg): string {
  if (state === 'released' || state === 'none') return COMPLETED;
  return state === 'held' || state === 'open' ? POTENTIAL : FAILED;
}

/** Whether the rules gave leave to ask: then there is a permit, whatever became of the answer. */
function signedOff(leg: OpenedLeg): boolean {
  return leg.permit !== null;
}

function signOffWords(leg: OpenedLeg): string {
  return signedOff(leg) ? 'approved' : 'refused';
}

function findingsText(leg: OpenedLeg, safes: readonly Safe[]): string {
  return safes
    .map((safe) => {
      const { verdict, rule, code } = leg.findings[safe];
      return `${safe}: ${verdict} (${code}${rule === null ? '' : `, rule ${rule}`})`;
    })
    .join('; ');
}

function assessment(id: string, phase: string, name: string, endTime: string | undefined): JsonObject {
  return {
    '@id': id,
    '@type': 'AssessAction',
    additionalType: { '@id': `${SHP}${phase}` },
    name,
    agent: { '@id': '#gateway' },
    ...(endTime === undefined ? {} : { endTime }),
  };
}

/** An enquiry can name datasets and projects that do not exist, in any text. */
export function datasetRef(dataset: string): string {
  return `#dataset-${encodeURIComponent(dataset)}`;
}

export function projectRef(project: string): string {
  return `#project-${encodeURIComponent(project)}`;
}
