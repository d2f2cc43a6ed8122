import { z } from 'zod';
import { parseExchangeId } from '../domain/ids.ts';
import { postAudit } from './audit-post.ts';
import { outline } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_OPEN } from './pages/audit.ts';
import { statedReason, statedUse } from './stated.ts';
import { type Exit, UsageError, type World } from './world.ts';

const shown = z.object({
  reading: z.int(),
  opened: z.record(z.string(), z.json()),
  evidence: z.object({
    checkpoint: z.string(),
    size: z.int(),
    entries: z.array(z.object({ index: z.int(), kind: z.string(), entry: z.string() })),
  }),
});

/** `five-safes log open`: a reading of the log, through a gateway. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_OPEN, args);
  const [wanted = ''] = positionals;
  const id = parseExchangeId(wanted.toUpperCase());
  if (id === undefined) throw new UsageError(`expected an exchange id of 26 characters, not "${wanted}"`);
  const body = { use: statedUse(values.use), reason: statedReason(values.reason) };
  return postAudit(world, values, `exchanges/${id}`, body, (answer) => {
    const parsed = shown.safeParse(answer);
    if (!parsed.success) return null;
    const { reading, opened, evidence } = parsed.data;
    return [
      `Exchange ${id}`,
      ...outline(opened, '  '),
      ...evidence.entries.map(({ index, kind, entry }) => `Entry ${index}  ${kind}  ${entry}`),
      `Proved in a signed tree of ${evidence.size} entries.`,
      `This reading is recorded as entry ${reading}.`,
    ];
  });
}
