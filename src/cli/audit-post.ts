import type { JsonObject } from '../domain/json.ts';
import { answerLines } from './answer-lines.ts';
import { answerShape } from './answer-shape.ts';
import { say, tell } from './output.ts';
import { postEnquiry } from './post-enquiry.ts';
import { exitOfStatus, postOptionsOf } from './question.ts';
import { EXIT, type Exit, type World } from './world.ts';

type Values = Pick<Parameters<typeof postOptionsOf>[0], 'gateway' | 'timeout' | 'json'>;

/**
 * Posts to a path under `v1/audit` and hands the answer on; a problem of the gateway is told here.
 * @param told the answer for people, or null where it is none of a gateway.
 */
export async function postAudit(
  world: World,
  values: Values,
  path: string,
  body: JsonObject,
  told: (answer: unknown) => readonly string[] | null,
): Promise<Exit> {
  const options = { ...postOptionsOf(values, world), path: `v1/audit/${path}` };
  const answer = await postEnquiry(body, options);
  const json = parse(answer.body);
  const failed = exitOfStatus(answer.status);
  const problem = answerShape.safeParse(json);
  if (failed !== null && problem.success && problem.data.code !== undefined) {
    tell(world, values.json, { json: answer.body, lines: answerLines(problem.data) });
    return failed;
  }
  const lines = failed === null ? told(json) : null;
  if (lines === null) {
    // Nothing of it is shown: it could be anything.
    say(world, `${options.gateway.origin} answered with status ${answer.status} and not as a gateway does.`);
    return EXIT.fault;
  }
  tell(world, values.json, { json: answer.body, lines });
  return EXIT.ok;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
