import { z } from 'zod';
import { SAFES, type Safe } from '../src/domain/safe.ts';
import { type Access, fetchAs } from './parties/possession.ts';
import type { Ask } from './step.ts';

const finding = z.object({
  verdict: z.string(),
  rule: z.string().nullable(),
  code: z.string(),
  say: z.string(),
  remedy: z.string().optional(),
});
const leg = z.object({
  dataset: z.string(),
  state: z.string(),
  code: z.string().optional(),
  findings: z.object({ people: finding, projects: finding, settings: finding, data: finding, outputs: finding }),
  hit: z.boolean().optional(),
  records: z.array(z.record(z.string(), z.json())).optional(),
  fields: z.array(z.object({ field: z.string(), treatment: z.string(), rule: z.string().nullable() })).optional(),
  terms: z.array(z.string()).optional(),
});
const receipt = z.looseObject({ index: z.int(), entry: z.string(), digest: z.string() });
const answer = z.object({ exchange: z.string(), outcome: z.string(), legs: z.array(leg), receipt });

export type Leg = z.infer<typeof leg>;
export type Answer = z.infer<typeof answer>;

/** What came back, and the text itself, for whoever wants to verify it. */
export interface Answered {
  readonly status: number;
  /** Undefined where the answer is a problem without legs, such as 401 or 503. */
  readonly answer: Answer | undefined;
  readonly text: string;
  /** Of a 401: why. */
  readonly reason?: string;
}

const unknown = z.object({ reason: z.string() });

/** Asks as any client would: `POST /v1/exchanges`, with a proof of possession where the token is bound to a key. */
export async function ask(gateway: string, access: Access, body: Ask): Promise<Answered> {
  const response = await fetchAs(access, `${gateway}/v1/exchanges`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  const told: unknown = JSON.parse(text);
  const reason = unknown.safeParse(told).data?.reason;
  return {
    status: response.status,
    answer: answer.safeParse(told).data,
    text,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Asks in the holder's own form: its REST path under `/proxy`, with what is asked and why in headers. */
export async function askViaProxy(gateway: string, access: Access, path: string, body: Ask): Promise<Answered> {
  const response = await fetchAs(access, `${gateway}${path}`, {
    headers: {
      'five-safes-project': body.project,
      'five-safes-purpose': body.purpose,
      'five-safes-case': body.case ?? '',
      'five-safes-justification': body.justification,
      'five-safes-output': body.ask.output,
    },
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, answer: undefined, text: await response.text() };
}

/** Puts something else to the gateway. @throws Error with what it said, unless it answered 200 */
export async function put(gateway: string, access: Access, path: string, body: unknown): Promise<unknown> {
  const response = await fetchAs(access, `${gateway}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

const me = z.object({ undertakings: z.array(z.object({ id: z.string(), accepted: z.string().nullable() })) });

/** Whether somebody has accepted an undertaking in its present version. */
export async function hasPromised(gateway: string, access: Access, undertaking: string): Promise<boolean> {
  const response = await fetchAs(access, `${gateway}/v1/me`, { signal: AbortSignal.timeout(30_000) });
  return me.parse(await response.json()).undertakings.some((u) => u.id === undertaking && u.accepted !== null);
}

/** The Safes that refuse a leg of the answer. */
export function refusingSafes({ legs }: Answer): readonly Safe[] {
  return SAFES.filter((safe) => legs.some((l) => l.findings[safe].verdict === 'refuse'));
}
