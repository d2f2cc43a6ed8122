import { parseExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { answerLines } from './answer-lines.ts';
import { answerShape } from './answer-shape.ts';
import { explanationLines } from './explanation-lines.ts';
import { explanationShape } from './explanation-shape.ts';
import { say, tell } from './output.ts';
import { parseArguments } from './page.ts';
import { EXPLAIN } from './pages/explain.ts';
import { postEnquiry } from './post-enquiry.ts';
import { enquiryOf, exitOfStatus, postOptionsOf } from './question.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

type Values = ReturnType<typeof parseArguments<typeof EXPLAIN.options>>['values'];

/** `five-safes explain`: what the rules say of a question, or of an exchange of one's own, and why. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(EXPLAIN, args);
  const asked = bodyOf(values);
  const options = { ...postOptionsOf(values, world), path: 'v1/explain' };
  const { status, body } = await postEnquiry(asked, options);
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

/** A question, or an exchange that was recorded. @throws UsageError */
function bodyOf({ exchange, person, ...values }: Values): JsonObject {
  if (exchange === undefined) return { ...enquiryOf(values), ...(person === undefined ? {} : { person }) };
  const question = ['dataset', 'by', 'project', 'purpose', 'case', 'justification', 'output'] as const;
  const beside = question.find((name) => values[name] !== undefined) ?? (person === undefined ? undefined : 'person');
  if (beside !== undefined) throw new UsageError(`--${beside} does not go with --exchange`);
  const id = parseExchangeId(exchange.toUpperCase());
  if (id === undefined) throw new UsageError(`--exchange: expected an id of 26 characters, not "${exchange}"`);
  return { exchange: id };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
