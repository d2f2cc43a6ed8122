import { z } from 'zod';
import { answerLines } from './answer-lines.ts';
import { answerShape } from './answer-shape.ts';
import { say, tell } from './output.ts';
import { parseArguments, required } from './page.ts';
import { PAUSE, RESUME } from './pages/pause.ts';
import { postEnquiry } from './post-enquiry.ts';
import { exitOfStatus, postOptionsOf } from './question.ts';
import { EXIT, type Exit, type Run, type World } from './world.ts';

/** What the gateway says of a dataset that was paused or resumed. */
const changed = z.object({ dataset: z.string(), paused: z.boolean(), entry: z.int().min(0) });

/** `five-safes pause`: a holder's data steward stops every question to a dataset. */
export const pause: Run = (args, world) => change(PAUSE, true, args, world);

/** `five-safes resume`: questions are put again. */
export const resume: Run = (args, world) => change(RESUME, false, args, world);

async function change(
  page: typeof PAUSE | typeof RESUME,
  paused: boolean,
  args: readonly string[],
  world: World,
): Promise<Exit> {
  const { values, positionals } = parseArguments(page, args);
  const [dataset = ''] = positionals;
  const reason = required('reason', values.reason);
  const options = { ...postOptionsOf(values, world), path: `v1/datasets/${encodeURIComponent(dataset)}/${page.name}` };
  const { status, body } = await postEnquiry({ reason }, options);

  const json = parse(body);
  const failed = exitOfStatus(status);
  const problem = answerShape.safeParse(json);
  if (failed !== null && problem.success && problem.data.code !== undefined) {
    tell(world, values.json, { json: body, lines: answerLines(problem.data) });
    return failed;
  }
  const done = changed.safeParse(json);
  if (failed !== null || !done.success || (paused && !done.data.paused)) {
    // Nothing of it is shown: it could be anything.
    say(world, `${options.gateway.origin} answered with status ${status} and not as a gateway does.`);
    return EXIT.fault;
  }
  tell(world, values.json, { json: body, lines: [toldOf(done.data)] });
  // A pause that came while the resume was recorded stands.
  return done.data.paused === paused ? EXIT.ok : EXIT.refused;
}

function toldOf({ dataset, paused, entry }: z.output<typeof changed>): string {
  return `${dataset} is ${paused ? 'paused' : 'open to questions again'}; recorded as entry ${entry}.`;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
