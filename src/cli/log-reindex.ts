import { withLocalLog } from './local-log.ts';
import { tell } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_REINDEX } from './pages/audit.ts';
import { stateDirectory } from './state.ts';
import { statedReason } from './stated.ts';
import { EXIT, type Exit, type World } from './world.ts';

/** `five-safes log reindex`: the index is made anew. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(LOG_REINDEX, args);
  const reason = statedReason(values.reason);
  const state = stateDirectory(world, values);
  // Details are opened by a program and shown to nobody: that serves the security of the log.
  const told = { use: 'security', reason, query: { reindex: true }, source: 'five-safes log reindex' };
  const done = await withLocalLog(world, state, told, null, async ({ reading, search }) => ({
    reading,
    ...(await search.rebuild()),
  }));
  const { position, skipped } = done;
  tell(world, values.json, {
    json: JSON.stringify(done),
    lines: [`${position} entries are indexed${skipped === 0 ? '' : `, ${skipped} could not be`}.`],
  });
  return EXIT.ok;
}
