import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { answerLines } from './answer-lines.ts';
import { answerShape } from './answer-shape.ts';
import { say, tell } from './output.ts';
import { postEnquiry } from './post-enquiry.ts';
import { exitOfStatus, postOptionsOf } from './question.ts';
import { EXIT, type Exit, type World } from './world.ts';

type Values = Parameters<typeof postOptionsOf>[0];

/**
 * Sends what a compliance officer does, and tells what the gateway says of it.
 * @param body null: a GET. @param shape of what is answered; anything else is a fault, and is not shown.
 */
export async function callAsOfficer<T>(
  call: { readonly path: string; readonly body: JsonObject | null; readonly shape: z.ZodType<T> },
  lines: (answer: T) => readonly string[],
  values: Values,
  world: World,
): Promise<Exit> {
  const method = call.body === null ? 'GET' : 'POST';
  const options = { ...postOptionsOf(values, world), path: call.path, method } as const;
  const { status, body } = await postEnquiry(call.body ?? {}, options);
  const json = parse(body);
  const failed = exitOfStatus(status);
  const problem = answerShape.safeParse(json);
  if (failed !== null && problem.success && problem.data.code !== undefined) {
    tell(world, values.json, { json: body, lines: answerLines(problem.data) });
    return failed;
  }
  const done = call.shape.safeParse(json);
  if (failed !== null || !done.success) {
    say(world, `${options.gateway.origin} answered with status ${status} and not as a gateway does.`);
    return EXIT.fault;
  }
  tell(world, values.json, { json: body, lines: lines(done.data) });
  return EXIT.ok;
}

/** Ids of the log, and words of closed lists: nothing that could steer a terminal. */
export const word = z.string().regex(/^[A-Za-z0-9:._-]{1,64}$/);

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
