import { z } from 'zod';
import { type Enquiry, OUTPUT_LEVELS } from '../domain/enquiry.ts';
import { canonicalIdentifier, identifierShape, isScheme, SCHEMES } from '../domain/identifier.ts';
import { isPurpose } from '../domain/purpose.ts';
import { Problem, type ProblemCode, type RequestError } from './problem.ts';

/** Text by a person: no control characters, so that nothing can hide in a log or a terminal. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'expected text without control characters');
const name = text(64);

/** Body of `POST /v1/exchanges`: the shape on the wire, without transforms. */
export const enquiryBody = z.strictObject({
  project: name,
  purpose: name,
  case: text(64).optional(),
  justification: text(1000),
  ask: z.strictObject({
    datasets: z.array(name).min(1).max(1000),
    by: z.record(z.string().max(64), z.string().min(1).max(64)),
    output: z.enum(OUTPUT_LEVELS),
  }),
});

/**
 * Turns a body into an enquiry.
 * @param datasetExists of the registry in force.
 * @throws Problem `request/…` with the places and what was expected there; never echoes values.
 */
export function parseEnquiry(body: unknown, datasetExists: (id: string) => boolean): Enquiry {
  const parsed = enquiryBody.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error);
  const { project, purpose, case: reference, justification, ask } = parsed.data;

  const [by, ...more] = Object.entries(ask.by);
  if (by === undefined || more.length > 0)
    throw wrong('request/malformed', 'ask.by', 'exactly one identifier: {"scheme": "value"}');
  const [scheme, value] = by;
  if (!isScheme(scheme)) throw wrong('request/unknown-scheme', 'ask.by', `a scheme: ${SCHEMES.join(', ')}`);
  const identifier = canonicalIdentifier(scheme, value);
  if (identifier === undefined) throw wrong('request/malformed', `ask.by.${scheme}`, identifierShape(scheme));

  if (new Set(ask.datasets).size !== ask.datasets.length)
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
