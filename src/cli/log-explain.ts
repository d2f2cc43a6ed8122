import { z } from 'zod';
import { parseExchangeId } from '../domain/ids.ts';
import { postAudit } from './audit-post.ts';
import { recordedLines } from './explanation-lines.ts';
import { explainedLegs, recordedShape } from './explanation-shape.ts';
import { parseArguments } from './page.ts';
import { LOG_EXPLAIN } from './pages/audit.ts';
import { statedReason, statedUse } from './stated.ts';
import { type Exit, UsageError, type World } from './world.ts';

const shown = z.object({ reading: z.int(), recorded: recordedShape, explanations: explainedLegs });

/** `five-safes log explain`: why a recorded decision fell as it did. A reading of the log, through a gateway. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_EXPLAIN, args);
  const [wanted = ''] = positionals;
  const id = parseExchangeId(wanted.toUpperCase());
  if (id === undefined) throw new UsageError(`expected an exchange id of 26 characters, not "${wanted}"`);
  const body = { use: statedUse(values.use), reason: statedReason(values.reason) };
  return postAudit(world, values, `exchanges/${id}/explanation`, body, (answer) => {
    const parsed = shown.safeParse(answer);
    if (!parsed.success) return null;
    const { reading, recorded, explanations } = parsed.data;
    return [...recordedLines(recorded, explanations), '', `This reading is recorded as entry ${reading}.`];
  });
}
