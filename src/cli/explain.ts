import { answerLines } from './answer-lines.ts';
import { answerShape } from './answer-shape.ts';
import { explanationLines } from './explanation-lines.ts';
import { explanationShape } from './explanation-shape.ts';
import { say, tell } from './output.ts';
import { parseArguments } from './page.ts';
import { EXPLAIN } from './pages/explain.ts';
import { postEnquiry } from './post-enquiry.ts';
import { enquiryOf, exitOfStatus, postOptionsOf } from './question.ts';
import { EXIT, type Exit, type World } from './world.ts';

/** `five-safes explain`: what the rules say of a question, and why. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(EXPLAIN, args);
  const enquiry = enquiryOf(values);
  const options = { ...postOptionsOf(values, world), path: 'v1/explain' };
  const about = values.person === undefined ? {} : { person: values.person };
  const { status, body } = await postEnquiry({ ...enquiry, ...about }, options);
  const json = parse(body);

  const failed = exitOfStatus(status);
  const problem = answerShape.safeParse(json);
  if (failed !== null && problem.success && problem.data.code !== undefined) {
    tell(world, values.json, { json: body, lines: answerLines(problem.data) });
    return failed;
  }
  const explained = explanationShape.safeParse(json);
  if (failed !== null || !explained.success) {
    // Nothing of it is shown: it could be anything.
    say(world, `${options.gateway.origin} answered with status ${status} and not as a gateway does.`);
    return EXIT.fault;
  }
  tell(world, values.json, { json: body, lines: explanationLines(explained.data) });
  return explained.data.allowed ? EXIT.ok : EXIT.refused;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
