import { z } from 'zod';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode } from './problem.ts';
import type { AnswerDeclaration, ParameterDeclaration, RouteDeclaration } from './route-declaration.ts';
import { ROUTES } from './route-schemas.ts';
import { problem, WIRE } from './wire-schemas.ts';

/** What any request of a caller can meet, and what even an open path can. */
const ANY: readonly ProblemCode[] = ['people/unknown', 'ledger/unavailable', 'clock/untrusted', 'identity/unavailable'];
const EVEN_OPEN: readonly ProblemCode[] = [
  'request/too-many',
  'request/timeout',
  'request/head-too-large',
  'gateway/internal',
];

const place = (id: string) => `#/components/schemas/${id}`;

/** The partner API as OpenAPI 3.1, from the schemas that validate. The same for every gateway of this version. */
export function openApiDocument(): JsonObject {
  const paths = Map.groupBy(ROUTES, ({ path }) => path);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Five Safes gateway: partner API',
      version: '1.0.0',
      description: 'Questions to data holders, each judged against the Five Safes, redacted, and recorded.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { dpop: [], proof: [] }],
    paths: Object.fromEntries(
      [...paths].map(([path, routes]) => [path, Object.fromEntries(routes.map((r) => [r.method, operationOf(r)]))]),
    ),
    components: { schemas: componentSchemas(), securitySchemes: SECURITY },
  };
}

/** The document as it is served and committed. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

const SECURITY: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'RFC 9068 access token of the provider of your organisation.',
  },
  dpop: { type: 'http', scheme: 'DPoP', description: 'RFC 9449: the same token, bound to a key.' },
  proof: {
    type: 'apiKey',
    in: 'header',
    name: 'DPoP',
    description: 'RFC 9449 section 4: a proof for this one request. The nonce for the next comes in DPoP-Nonce.',
  },
};

function componentSchemas(): JsonObject {
  const { schemas } = z.toJSONSchema(WIRE, { uri: place });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)]));
}

/** A schema where it stands in the document: a reference if it has a name. */
function schemaOf(schema: z.ZodType): JsonValue {
  const id = WIRE.get(schema)?.id;
  if (id !== undefined) return { $ref: place(id) };
  if (schema instanceof z.ZodUnion) {
    return { anyOf: schema.options.map((option) => (option instanceof z.ZodType ? schemaOf(option) : {})) };
  }
  return plain(z.toJSONSchema(schema));
}

/** Names of their own would make relative references of the document mean something else. */
function plain(schema: object): JsonObject {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === '$id' || key === '$schema' ? undefined : value,
  );
  const parsed: JsonObject = JSON.parse(text);
  return parsed;
}

function operationOf(route: RouteDeclaration): JsonObject {
  const { method, path, summary, open, parameters = [], body } = route;
  return {
    operationId: `${method}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}`,
    summary,
    ...(open === undefined ? {} : { security: [] }),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameterOf) }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: responsesOf(route),
  };
}

function parameterOf({ schema, ...parameter }: ParameterDeclaration): JsonObject {
  return { ...parameter, schema: schemaOf(schema) };
}

function responsesOf({ answers, problems, open }: RouteDeclaration): JsonObject {
  const codes = [...new Set([...problems, ...EVEN_OPEN, ...(open === undefined ? ANY : [])])];
  const byStatus = Map.groupBy(codes, (code): number => PROBLEMS[code].status);
  const statuses = new Set([...Object.keys(answers).map(Number), ...byStatus.keys()]);
  return Object.fromEntries(
    [...statuses]
      .toSorted((a, b) => a - b)
      .map((status) => [status, responseOf(answers[status], byStatus.get(status))]),
  );
}

function responseOf(answer: AnswerDeclaration | undefined, codes: readonly ProblemCode[] = []): JsonObject {
  const told = codes.length === 0 ? [] : [`Problem: ${codes.join(', ')}.`];
  const headers = Object.entries(answer?.headers ?? {}).map(([name, description]): [string, JsonValue] => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  return {
    description: [...(answer === undefined ? [] : [answer.description]), ...told].join(' '),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    content: {
      ...(answer === undefined ? {} : { [answer.type ?? 'application/json']: { schema: schemaOf(answer.schema) } }),
      ...(codes.length === 0 ? {} : { [PROBLEM_TYPE]: { schema: schemaOf(problem) } }),
    },
  };
}
