import { z } from 'zod';
import { type Enquiry, OUTPUT_LEVELS } from '../domain/enquiry.ts';
import { canonicalIdentifier, identifierShape, isScheme, SCHEMES } from '../domain/identifier.ts';
import { isPurpose } from '../domain/purpose.ts';
import { Problem, type ProblemCode, type RequestError } from './problem.ts';

/** Characters, or datasets: what `enquiryBody` and `plainEnquiry` both hold to. */
const MOST = { name: 64, justification: 1000, datasets: 1000 } as const;

/** Text by a person: no control characters, so that nothing can hide in a log or a terminal. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'expected text without control characters');
const name = text(MOST.name);

/** Body of `POST /v1/exchanges`: the shape on the wire, without transforms. */
export const enquiryBody = z.strictObject({
  project: name,
  purpose: name,
  case: text(MOST.name).optional(),
  justification: text(MOST.justification),
  ask: z.strictObject({
    datasets: z.array(name).min(1).max(MOST.datasets),
    by: z.record(z.string().max(MOST.name), z.string().min(1).max(MOST.name)),
    output: z.enum(OUTPUT_LEVELS),
  }),
});

type EnquiryBody = z.infer<typeof enquiryBody>;

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most && /^[\x20-\x7e]*$/.test(value);
}

/**
 * The body as most programs send it: all there, nothing beside it, printable ASCII. What `enquiryBody` says of such a one
 * is known without asking it.
 * @returns undefined where it takes the schema to tell.
 */
export function plainEnquiry(body: unknown): EnquiryBody | undefined {
  if (!isMap(body) || !isMap(body['ask'])) return undefined;
  const { project, purpose, case: reference, justification } = body;
  if (!isPlain(project, MOST.name) || !isPlain(purpose, MOST.name) || !isPlain(justification, MOST.justification))
    return undefined;
  if (reference !== undefined && !isPlain(reference, MOST.name)) return undefined;
  if (Object.keys(body).length !== (reference === undefined ? 4 : 5)) return undefined;
  const plain = plainAsk(body['ask']);
  if (plain === undefined) return undefined;
  return { project, purpose, ...(reference === undefined ? {} : { case: reference }), justification, ask: plain };
}

function plainAsk(ask: Readonly<Record<string, unknown>>): EnquiryBody['ask'] | undefined {
  const { datasets, by, output } = ask;
  if (Object.keys(ask).length !== 3 || !isMap(by) || !Array.isArray(datasets)) return undefined;
  const level = OUTPUT_LEVELS.find((known) => known === output);
  const [scheme, ...more] = Object.keys(by);
  const value = scheme === undefined ? undefined : by[scheme];
  if (level === undefined || scheme === undefined || more.length > 0) return undefined;
  if (
    !isPlain(scheme, MOST.name) ||
    !isPlain(value, MOST.name) ||
    datasets.length === 0 ||
    datasets.length > MOST.datasets
  )
    return undefined;
  if (!datasets.every((id): id is string => isPlain(id, MOST.name))) return undefined;
  return { datasets, by: { [scheme]: value }, output: level };
}

/**
 * Turns a body into an enquiry.
 * @param datasetExists of the registry in force.
 * @throws Problem `request/…` with the places and what was expected there; never echoes values.
 */
export function parseEnquiry(body: unknown, datasetExists: (id: string) => boolean): Enquiry {
  const { project, purpose, case: reference, justification, ask } = plainEnquiry(body) ?? checked(body);

  const [by, ...more] = Object.entries(ask.by);
  if (by === undefined || more.length > 0)
    throw wrong('request/malformed', 'ask.by', 'exactly one identifier: {"scheme": "value"}');
  const [scheme, value] = by;
  if (!isScheme(scheme)) throw wrong('request/unknown-scheme', 'ask.by', `a scheme: ${SCHEMES.join(', ')}`);
  const identifier = canonicalIdentifier(scheme, value);
  if (identifier === undefined) throw wrong('request/malformed', `ask.by.${scheme}`, identifierShape(scheme));

  if (ask.datasets.length > 1 && new Set(ask.datasets).size !== ask.datasets.length)
    throw wrong('request/malformed', 'ask.datasets', 'each dataset once');
  const unknown = ask.datasets.findIndex((id) => !datasetExists(id));
  if (unknown >= 0) throw wrong('request/unknown-dataset', `ask.datasets.${unknown}`, 'a dataset of GET /v1/datasets');
  if (!isPurpose(purpose))
    throw wrong('request/malformed', 'purpose', 'a W3C DPV purpose of the sector "law", see GET /v1/me');
  return {
    project,
    purpose,
    ...(reference === undefined ? {} : { case: reference }),
    justification,
    datasets: ask.datasets,
    by: identifier,
    output: ask.output,
  };
}

function checked(body: unknown): EnquiryBody {
  const parsed = enquiryBody.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error);
  return parsed.data;
}

function wrong(code: ProblemCode, path: string, expected: string): Problem {
  return new Problem(code, { detail: `${path}: expected ${expected}`, errors: [{ path, code, expected }] });
}

function malformed(error: z.ZodError): Problem {
  const errors = error.issues.slice(0, 20).map((issue): RequestError => {
    const path = issue.path.map(String).join('.').slice(0, 100);
    if (issue.code === 'unrecognized_keys')
      return { path, code: 'request/unknown-field', expected: 'no other fields than documented' };
    return { path, code: 'request/malformed', expected: issue.message };
  });
  const unknown = errors.every((e) => e.code === 'request/unknown-field');
  const [first] = errors;
  const detail = first === undefined ? {} : { detail: `${first.path || 'body'}: ${first.expected}` };
  return new Problem(unknown ? 'request/unknown-field' : 'request/malformed', { ...detail, errors });
}
