import { z } from 'zod';
import { ADDRESS_FAMILIES, DATE_ORDERS, FIELD_TYPES } from '../domain/dataset.ts';
import { SCHEMES } from '../domain/identifier.ts';
import { operation } from './operation-schema.ts';
import { isSafeUrl, line, SAFE_URL, word } from './words.ts';

const schemes = z.enum(SCHEMES);
const timeout = z.int().min(1).max(120_000);
const sourcePath = z.string().min(1).max(200);

const csv = z.strictObject({
  kind: z.literal('csv'),
  file: z.string().min(1),
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
});

const http = z.strictObject({
  kind: z.literal('http'),
  baseUrl: z.string().refine(isSafeUrl, SAFE_URL),
  lookups: z.partialRecord(
    schemes,
    z
      .string()
      .regex(/^\/(?!\/)[^\s#\\]*$/, 'expected a path that begins with / (one only)')
      .refine((path) => path.split('{value}').length === 2, 'expected {value} exactly once')
      .refine((path) => !/[{}]/.test(path.replace('{value}', '')), 'expected no other braces than {value}')
      .refine((path) => !/(^|\/)\.{1,2}(\/|\?|$)/.test(path), 'expected no . or .. segments'),
  ),
  records: z.string().max(200).default(''),
  tokenEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable')
    .exactOptional(),
  family: z.literal(ADDRESS_FAMILIES).exactOptional(),
  privateAddress: z.boolean().exactOptional(),
  timeouts: z
    .strictObject({
      connectMs: timeout.exactOptional(),
      headMs: timeout.exactOptional(),
      bodyMs: timeout.exactOptional(),
    })
    .exactOptional(),
});

/** Whether it is one statement with one `?` is asked of SQLite itself when the gateway starts. */
const sqlite = z.strictObject({
  kind: z.literal('sqlite'),
  file: z.string().min(1),
  lookups: z.partialRecord(
    schemes,
    z
      .string()
      .max(4_000)
      .regex(/^\s*(select|with)\b/i, 'expected a statement that begins with SELECT or WITH')
      .refine((sql) => sql.includes('?'), 'expected one ? where the identifier stands'),
  ),
});

const field = z
  .strictObject({
    from: sourcePath,
    type: z.enum(FIELD_TYPES),
    order: z.enum(DATE_ORDERS).exactOptional(),
  })
  .refine(({ type, order }) => order === undefined || type === 'date', {
    path: ['order'],
    error: 'expected only with type: date',
  });

/** One dataset as `datasets.yaml` writes it. What it means together with others is checked in `dataset-checks.ts`. */
export const dataset = z.strictObject({
  id: word,
  title: line,
  holder: word,
  connector: z.discriminatedUnion('kind', [csv, http, sqlite]),
  identifiers: z
    .partialRecord(schemes, sourcePath)
    .refine((paths) => Object.keys(paths).length > 0, 'expected at least one identifier to search by'),
  fields: z.record(z.string(), field).refine((fields) => Object.keys(fields).length > 0, 'expected at least one field'),
  except: z.record(sourcePath, z.array(z.string()).min(1)).default({}),
  operations: z.array(operation).min(1).exactOptional(),
  timeFloorMs: z.int().min(0).max(60_000).default(0),
  timeoutMs: timeout.default(5_000),
});
