import type { JsonObject } from '../../domain/json.ts';
import type { Person } from '../../domain/partnership.ts';
import type { RecordedEvaluation } from '../../ledger/evaluation.ts';
import { type EvaluationError, posedAs, readContext } from './context.ts';
import type { Desk } from './desk.ts';
import { personNamed, questionFor } from './mapping.ts';
import { canFulfil, type Obligation, obligationsOf } from './obligations.ts';
import type { Evaluation } from './ports.ts';
import type { EvaluationRequest } from './wire.ts';

/** An evaluation made: what is told, and what is recorded. */
export interface Judged {
  readonly decision: boolean;
  readonly obligations: readonly Obligation[];
  /** The `context` of the answer. */
  readonly context: JsonObject;
  readonly recorded: RecordedEvaluation;
}

const UNKNOWN_SUBJECT: EvaluationError = { status: 404, message: 'The subject is not known.' };
const CANNOT_FULFIL = 'It would be allowed with obligations of a type that the enforcement point does not support.';
const JUSTIFICATION = 'AuthZEN evaluation';

/**
 * Judges one evaluation by the rules. Gives no Permit and reserves nothing. What cannot be judged is denied, and the
 * reason is an error of this evaluation alone (section 7.2.1).
 */
export function judge(desk: Desk, request: EvaluationRequest): Judged {
  const read = readContext(request.context, desk.authzen.mapping);
  if (read.error !== null) return failed(request, read.error);
  const { told } = read;
  const person = personNamed(desk, request.subject);
  const posed = person === null ? null : posedAs(desk, person, told);
  if (person === null || posed === null) return failed(request, UNKNOWN_SUBJECT);
  const question = questionFor(desk, person, request);
  if ('error' in question) return failed(request, question.error);

  const { caller, channel, stated } = posed;
  const { dataset, output } = question;
  const { project, purpose, case: reference, by } = told;
  const enquiry = {
    project,
    purpose,
    ...(reference === undefined ? {} : { case: reference }),
    justification: JUSTIFICATION,
    datasets: [dataset],
    by: { ...by, value: '' },
    output,
  };
  const { exchange, now } = desk;
  const evaluation = desk.evaluator.evaluate({ exchange, caller, asker: '', channel, enquiry }, now);
  const { holder, findings, facts, granted } = evaluation;
  const obligations = granted === null ? [] : obligationsOf(granted);
  const decision = granted !== null && canFulfil(obligations, request.context?.['supported_obligations']);
  return {
    decision,
    obligations: decision ? obligations : [],
    context: decision ? withObligations(obligations) : reasons(desk, person, evaluation),
    recorded: {
      ...named(request),
      decision,
      judged: {
        person: person.id,
        ...{ project, purpose, case: reference ?? null, scheme: by.scheme, full: by.full },
        ...{ output, dataset, holder, stated, findings, facts },
      },
      error: null,
    },
  };
}

function withObligations(obligations: readonly Obligation[]): JsonObject {
  return obligations.length === 0 ? {} : { obligations };
}

/**
 * Why not: to oneself in the words of the findings, and to those who answer for the rules or audit them. Others learn that
 * a colleague may not, and no more: whether it is for a training or a suspension is not theirs to know.
 */
function reasons(desk: Desk, person: Person, { findings, granted }: Evaluation): JsonObject {
  if (granted !== null) return { reason_user: { 403: CANNOT_FULFIL } };
  if (person.id !== desk.person.id && !desk.officer) return { reason_user: { 403: 'The rules do not allow it.' } };
  const refused = Object.values(findings).filter(({ verdict }) => verdict === 'refuse');
  return { reason_user: { 403: [...new Set(refused.map(({ say }) => say))].join(' ') }, findings };
}

function failed(request: EvaluationRequest, error: EvaluationError): Judged {
  return {
    decision: false,
    obligations: [],
    context: { error: { ...error } },
    recorded: { ...named(request), decision: false, judged: null, error: error.message },
  };
}

function named({ subject, action, resource }: EvaluationRequest) {
  return {
    subject: `${subject.type} ${subject.id}`,
    action: action.name,
    resource: `${resource.type} ${resource.id}`,
  };
}
