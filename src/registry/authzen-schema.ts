import { z } from 'zod';
import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import { SCHEMES } from '../domain/identifier.ts';
import { isPurpose } from '../domain/purpose.ts';
import { isSafeUrl, SAFE_URL, word } from './words.ts';

/** A name as policy enforcement points write it. */
const name = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'expected text without control characters');
const scalar = z.union([z.string().max(256), z.number(), z.boolean()]);

/** Whom a subject's `id` names: a person of the registry, or the account (`sub`) at an issuer. */
const subject = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('person') }),
  z.strictObject({
    by: z.literal('account'),
    /** Left out: the subject's property `issuer` says. */
    issuer: z.string().refine(isSafeUrl, SAFE_URL).exactOptional(),
  }),
]);

/** Which question an action on a resource stands for. The first that fits counts. */
const question = z.strictObject({
  action: name,
  resource: z.strictObject({
    type: name,
    /** Left out: any. */
    id: name.exactOptional(),
  }),
  /** Properties that the request must have, such as `resource.status: archived` or `action.soft: true`. */
  when: z
    .record(z.string().regex(/^(action|resource)\.[^.]+$/, 'expected action.NAME or resource.NAME'), scalar)
    .default({}),
  /** The resource's property that must name the subject's own person, as subjects of this type are named. */
  owner: z.strictObject({ property: name, subject: name }).exactOptional(),
  /** Left out: the resource's `id`. */
  dataset: word.exactOptional(),
  /** Left out: the action's property `output`. */
  output: z.enum(OUTPUT_LEVELS).exactOptional(),
});

/** What `context` need not say. */
const context = z.strictObject({
  project: word.exactOptional(),
  purpose: z.string().refine(isPurpose, 'expected a W3C DPV purpose of the sector "law"').exactOptional(),
  case: name.exactOptional(),
  by: z.strictObject({ scheme: z.enum(SCHEMES), full: z.boolean() }).exactOptional(),
});

/** `authzen` of `gateway.yaml`: how the entities of OpenID AuthZEN requests become our facts. */
export const authzenSchema = z
  .strictObject({
    subjects: z.record(name, subject).default({ person: { by: 'person' }, account: { by: 'account' } }),
    questions: z
      .array(question)
      .max(1_000)
      .default([{ action: 'ask', resource: { type: 'dataset' }, when: {} }]),
    context: context.default({}),
  })
  .prefault({});

export type AuthzenMapping = z.output<typeof authzenSchema>;
export type MappedQuestion = AuthzenMapping['questions'][number];

interface Known {
  dataset(id: string): unknown;
  project(id: string): unknown;
}

/** What in the mapping names nothing: key path within `authzen`, and what was expected. */
export function authzenProblems(mapping: AuthzenMapping, known: Known): (readonly [(string | number)[], string])[] {
  const { project } = mapping.context;
  return [
    ...mapping.questions.flatMap(({ dataset, owner }, i) => [
      ...(dataset === undefined || known.dataset(dataset) !== undefined
        ? []
        : [[['questions', i, 'dataset'], `unknown dataset "${dataset}"`] as const]),
      ...(owner === undefined || Object.hasOwn(mapping.subjects, owner.subject)
        ? []
        : [[['questions', i, 'owner', 'subject'], 'expected a type that subjects names'] as const]),
    ]),
    ...(project === undefined || known.project(project) !== undefined
      ? []
      : [[['context', 'project'], `unknown project "${project}"`] as const]),
  ].map(([path, message]) => [[...path], message] as const);
}
