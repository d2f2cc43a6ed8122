import { z } from 'zod';
import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import { SCHEMES } from '../domain/identifier.ts';
import { ANSWER_FORMS, OPERATION_METHODS, VALUE } from '../domain/operation.ts';

/** Unreserved characters of RFC 3986 section 2.3: nothing that percent-encoding could write in two meanings. */
const NAME = /^[A-Za-z0-9._~-]{1,64}$/;
const name = z.string().regex(NAME, 'expected up to 64 letters, digits and - . _ ~');
const text = z
  .string()
  .max(200)
  .refine((value) => !/\p{Cc}/u.test(value), 'expected text without control characters');

function isTemplate(path: string): boolean {
  const [first, ...segments] = path.split('/');
  return first === '' && segments.every((s) => s === VALUE || (NAME.test(s) && s !== '.' && s !== '..'));
}

/** One operation as `datasets.yaml` declares it. What it means beside others is checked in `operation-checks.ts`. */
export const operation = z
  .strictObject({
    method: z.enum(OPERATION_METHODS).default('GET'),
    path: z
      .string()
      .max(300)
      .refine(isTemplate, `expected a path such as /sales/by-vin/${VALUE}: segments of letters, digits and - . _ ~`),
    query: z.record(name, text).default({}),
    body: z.record(text, z.union([text, z.number(), z.boolean()])).default({}),
    scheme: z.enum(SCHEMES),
    output: z.enum(OUTPUT_LEVELS).default('records'),
    form: z.enum(ANSWER_FORMS).default('list'),
    empty: z.strictObject({ status: z.literal([200, 404]), body: z.json() }),
  })
  .refine(({ method, body }) => (method === 'POST') === Object.keys(body).length > 0, {
    path: ['body'],
    error: 'expected the members of the body with POST, and none with GET',
  })
  .refine(({ path, query, body }) => placesOfValue(path, query, body) === 1, {
    error: `expected ${VALUE} exactly once: in path, query or body`,
  });

function placesOfValue(path: string, query: object, body: object): number {
  return [...path.split('/'), ...Object.values(query), ...Object.values(body)].filter((at) => at === VALUE).length;
}
