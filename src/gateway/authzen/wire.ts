import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { named } from '../wire-schemas.ts';

/**
 * Requests and answers of OpenID AuthZEN Authorization API 1.0 (final, 11 January 2026). Members that the specification
 * does not name are let through and not looked at (section 10.1.1); those it names must be as it says.
 */
const text = z.string().min(1).max(1_024);
/** It speaks of itself, so it has a name. */
const json: z.ZodType<JsonValue> = named('Json', 'Any JSON value.', z.json());
const properties: z.ZodType<JsonObject> = z.record(z.string(), json);

/** Section 5.1. */
export const subject = named(
  'AuthzenSubject',
  'Who would ask: of a type that the mapping names. Properties are not believed: facts on people come from the registry.',
  z.looseObject({ type: text, id: text, properties: properties.optional() }),
);
/** Section 5.2. */
export const resource = named(
  'AuthzenResource',
  'What would be asked.',
  z.looseObject({ type: text, id: text, properties: properties.optional() }),
);
/** Section 5.3. */
export const action = named(
  'AuthzenAction',
  'What would be done. Of `ask`, the property `output` is the output level.',
  z.looseObject({ name: text, properties: properties.optional() }),
);
/** Section 5.4. Its members are told in docs/authzen.md. */
export const context = named(
  'AuthzenContext',
  'Project, purpose, case and identifier scheme; for others than the caller, how and from where they signed in.',
  properties,
);

export const evaluationBody = named(
  'AuthzenEvaluation',
  'One evaluation.',
  z.looseObject({ subject, action, resource, context: context.optional() }),
);
export type EvaluationRequest = Pick<z.output<typeof evaluationBody>, 'subject' | 'action' | 'resource' | 'context'>;

export const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
/** So many evaluations at once. */
export const MOST_EVALUATIONS = 100;

/** Section 7.1: defaults may be less than whole entities where each evaluation has its own. */
const defaults = properties.optional();
export const evaluationsBody = named(
  'AuthzenEvaluations',
  'Several evaluations. Members beside `evaluations` are defaults for each; without any, this is one evaluation.',
  z.looseObject({
    subject: defaults,
    action: defaults,
    resource: defaults,
    context: defaults,
    evaluations: z.array(properties).max(MOST_EVALUATIONS).optional(),
    options: z.looseObject({ evaluations_semantic: z.enum(SEMANTICS).optional() }).optional(),
  }),
);

/** Section 8.2.1. */
const page = z.looseObject({ token: z.string().max(4_096).optional(), limit: z.int().min(0).optional() });
const sought = z.looseObject({ type: text, properties: properties.optional() });
const searching = { context: context.optional(), page: page.optional() };
export const subjectSearchBody = named(
  'AuthzenSubjectSearch',
  'Who of my organisation may do this?',
  z.looseObject({ subject: sought, action, resource, ...searching }),
);
export const resourceSearchBody = named(
  'AuthzenResourceSearch',
  'What may this person do it to?',
  z.looseObject({ subject, action, resource: sought, ...searching }),
);
export const actionSearchBody = named(
  'AuthzenActionSearch',
  'What may this person do to it?',
  z.looseObject({ subject, resource, ...searching }),
);
export type PageRequest = z.output<typeof page>;

const obligation = z.strictObject({ id: z.string(), type: z.literal('custom'), properties });
/** Section 5.5, with obligations as in the AuthZEN Profile for Obligations, draft 1. */
export const decision = named(
  'AuthzenDecision',
  'Whether it would be allowed. `context.obligations` must be fulfilled, or the answer is a denial.',
  z.strictObject({
    decision: z.boolean(),
    context: z.looseObject({ obligations: z.array(obligation).optional() }).optional(),
  }),
);
export const decisions = named(
  'AuthzenDecisions',
  'A decision for each evaluation made, in the order asked.',
  z.strictObject({ evaluations: z.array(decision) }),
);
export const found = named(
  'AuthzenFound',
  'A page of what was sought. `next_token` is empty on the last.',
  z.strictObject({
    page: z.strictObject({ next_token: z.string(), count: z.int().min(0) }),
    context: properties.optional(),
    results: z.array(
      z.strictObject({
        type: z.string().optional(),
        id: z.string().optional(),
        name: z.string().optional(),
        properties: properties.optional(),
        obligations: z.array(obligation).optional(),
      }),
    ),
  }),
);
/** Section 9.1, and the metadata of the Obligations profile. */
export const configuration = named(
  'AuthzenConfiguration',
  'Where the decision point is, and what it can.',
  z.strictObject({
    policy_decision_point: z.string(),
    access_evaluation_endpoint: z.string(),
    access_evaluations_endpoint: z.string(),
    search_subject_endpoint: z.string(),
    search_resource_endpoint: z.string(),
    search_action_endpoint: z.string(),
    supported_obligations: z.array(z.string()),
  }),
);
