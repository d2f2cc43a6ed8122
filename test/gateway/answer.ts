import { z } from 'zod';
import { contractProblem } from './contract.ts';

const finding = z.looseObject({
  verdict: z.enum(['allow', 'hold', 'refuse', 'not-judged']),
  rule: z.string().nullable(),
  code: z.string(),
  say: z.string(),
  remedy: z.string().optional(),
});
const leg = z.looseObject({
  dataset: z.string(),
  holder: z.string(),
  state: z.string(),
  code: z.string().optional(),
  findings: z
    .strictObject({ people: finding, projects: finding, settings: finding, data: finding, outputs: finding })
    .optional(),
  hit: z.boolean().optional(),
  records: z.array(z.looseObject({})).optional(),
  fields: z.array(z.looseObject({ field: z.string(), treatment: z.string(), rule: z.string().nullable() })).optional(),
  terms: z.array(z.string()).optional(),
});
/** What tests look at in any JSON answer of the gateway: exchange, standing and problem. */
const body = z.looseObject({
  exchange: z.string().optional(),
  outcome: z.string().optional(),
  legs: z.array(leg).optional(),
  rulebook: z.string().optional(),
  receipt: z.looseObject({ index: z.int(), digest: z.string() }).optional(),
  type: z.string().optional(),
  title: z.string().optional(),
  status: z.int().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
  reason: z.string().optional(),
  errors: z.array(z.looseObject({ path: z.string(), code: z.string(), expected: z.string() })).optional(),
});
export type Body = z.infer<typeof body>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/**
 * Reads an answer to its end. Fails where it is not one that the OpenAPI document tells of.
 * @param method of the request; left out, any that the path takes.
 */
export async function answerOf(response: Response, method?: string): Promise<Answer> {
  const { status, headers, url } = response;
  const text = await response.text();
  const json: unknown = JSON.parse(text);
  const problem = contractProblem(url, method, { status, type: headers.get('content-type') ?? '', body: json });
  if (problem !== null) throw new Error(problem);
  return { status, headers, text, body: body.parse(json) };
}

/** The text with what names this one exchange blotted out: ids, and the receipt. */
export function masked({ text }: Answer): string {
  return text
    .replace(/"exchange":"[0-9A-Z]{26}"/, '"exchange":"…"')
    .replace(/"receipt":\{.*\}(?=\}$)/, '"receipt":"…"');
}
