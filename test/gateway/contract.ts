import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { openApiDocument } from '../../src/gateway/openapi.ts';

const content = z.record(z.string(), z.looseObject({ schema: z.unknown() }));
const operation = z.looseObject({ responses: z.record(z.string(), z.looseObject({ content })) });
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.partialRecord(z.enum(['get', 'post']), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});
const document = documentShape.parse(openApiDocument());

// The document's own words beside its schemas; formats are not used.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, keywords: ['components'] });
const compiled = new Map<string, ValidateFunction>();

function validator(schema: unknown): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = compiled.get(key) ?? ajv.compile({ allOf: [schema], components: document.components });
  compiled.set(key, known);
  return known;
}

/** `{path}` of `/proxy` takes whole paths, which OpenAPI cannot say. */
function fits(template: string, path: string): boolean {
  const pattern = template.replaceAll('{path}', '.*').replace(/\{\w+\}/g, '[^/]*');
  return new RegExp(`^${pattern}$`).test(path);
}

/** Schemas that the document gives for an answer; a path or method that it does not know is answered with a problem. */
function schemasFor(path: string | null, method: string | undefined, status: number, type: string): readonly unknown[] {
  const items = Object.entries(document.paths).filter(([template]) => path === null || fits(template, path));
  const operations = items.flatMap(([, item]) =>
    (['get', 'post'] as const).flatMap((name) =>
      item[name] === undefined || (method !== undefined && method.toLowerCase() !== name) ? [] : item[name],
    ),
  );
  if (status === 405 || (operations.length === 0 && status >= 400)) return [{ $ref: '#/components/schemas/Problem' }];
  return operations.flatMap(({ responses }) => responses[String(status)]?.content[type]?.schema ?? []);
}

/**
 * Whether an answer is one that the OpenAPI document tells of.
 * @param url empty where it is not known: then any path's answer will do. @param method undefined: any of the path's.
 * @returns what is wrong, or null.
 */
export function contractProblem(
  url: string,
  method: string | undefined,
  { status, type, body }: { readonly status: number; readonly type: string; readonly body: unknown },
): string | null {
  const pathname = url === '' ? null : new URL(url).pathname;
  const media = type.split(';', 1)[0] ?? '';
  const told = `${method ?? 'any'} ${pathname ?? 'somewhere'} ${status} ${media}`;
  const schemas = schemasFor(pathname, method, status, media);
  if (schemas.length === 0) return `${told}: the OpenAPI document knows no such answer`;
  const validators = schemas.map(validator);
  if (validators.some((validate) => validate(body))) return null;
  return `${told}: ${ajv.errorsText(validators[0]?.errors)}`;
}
