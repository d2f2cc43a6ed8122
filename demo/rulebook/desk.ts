import { z } from 'zod';
import { type Access, fetchAs } from '../parties/possession.ts';

const text = z.string();
const tried = z.object({
  allowed: z.boolean(),
  compliance: z.record(text, z.object({ verdict: text, say: text, rule: text.nullable(), change: z.array(text) })),
  output: z
    .object({ fields: z.array(z.object({ field: text, treatment: text })), maxRows: z.int(), terms: z.array(text) })
    .nullable(),
});
const tally = z.object({ legs: z.int(), answers: z.int(), persons: z.record(text, z.int()) });

/** What the story reads of what the gateway says of its rulebook. */
const told = z.object({
  code: text.default(''),
  detail: text.default(''),
  version: text.default(''),
  active: text.default(''),
  proposal: text.default(''),
  replay: text.default(''),
  state: text.default(''),
  kind: text.default(''),
  entry: z.int().default(-1),
  files: z.union([z.record(text, text), z.array(text)]).default([]),
  findings: z
    .array(z.object({ severity: text, file: text, line: z.int(), column: z.int(), code: text, expected: text }))
    .default([]),
  sentences: z.array(text).default([]),
  missing: z.array(text).default([]),
  submission: z
    .object({ replay: text, path: text, partners: z.array(text), grounds: z.array(text) })
    .nullable()
    .default(null),
  explanations: z.array(tried).default([]),
  report: z
    .object({
      sentences: z.array(text),
      legs: z.object({ replayed: z.int(), undetermined: z.record(text, z.int()) }),
      newlyRefused: tally,
      newlyAllowed: tally,
    })
    .nullable()
    .default(null),
});
export type Told = z.output<typeof told> & { readonly status: number };
export type Finding = Told['findings'][number];

/** A compliance officer's desk: what the officer asks of the gateway about its rulebook. */
export interface Desk {
  readonly who: string;
  read(path: string): Promise<Told>;
  do(path: string, body: unknown): Promise<Told>;
  /** The recorded decisions taken again by a version; the report, once it is done. */
  replay(version: string): Promise<Told>;
}

/** @param gateway its address */
export function deskOf(gateway: string, who: string, access: Access): Desk {
  const call = async (path: string, body?: unknown): Promise<Told> => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetchAs(access, `${gateway}/v1/rulebook${path}`, {
      ...(body === undefined ? {} : sent),
      signal: AbortSignal.timeout(30_000),
    });
    return { ...told.parse(await response.json()), status: response.status };
  };
  return {
    who,
    read: (path) => call(path),
    do: call,
    async replay(version) {
      const why = { use: 'self-monitoring', reason: 'what would the change have done?' };
      let seen = await call(`/versions/${version}/replays`, why);
      while (seen.state === 'running') seen = await call(`/replays/${seen.replay}`);
      return seen;
    },
  };
}
