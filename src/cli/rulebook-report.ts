import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { outline } from './output.ts';
import { parseArguments } from './page.ts';
import { RULEBOOK_REPORT } from './pages/rulebook.ts';
import { tellRulebook } from './rulebook-call.ts';
import type { Run } from './world.ts';

const sentences = z.array(z.string());
const attached = z.object({ version: z.string(), digest: z.string(), report: z.record(z.string(), z.json()) });

/** A replay's report for people: what fields answers would have lost or shown otherwise comes first, in sentences. */
export function reportLines({ sentences: told, ...report }: JsonObject): readonly string[] {
  return [...(sentences.safeParse(told).data ?? []).map((one) => `  ${one}`), ...outline(report, '  ')];
}

/** `five-safes rulebook report`. */
export const report: Run = (args, world) => {
  const { values, positionals } = parseArguments(RULEBOOK_REPORT, args);
  const path = `/proposals/${encodeURIComponent(positionals[0] ?? '')}/report`;
  return tellRulebook(
    { path, body: null, shape: attached },
    (found) => [`Replay report ${found.digest} of version ${found.version}`, ...reportLines(found.report)],
    values,
    world,
  );
};
