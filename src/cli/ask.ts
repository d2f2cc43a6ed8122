import { resolve } from 'node:path';
import { z } from 'zod';
import { newAnswerFile } from './answer-file.ts';
import { answerLines } from './answer-lines.ts';
import { type Answer, answerShape } from './answer-shape.ts';
import { say, tell } from './output.ts';
import { parseArguments } from './page.ts';
import { ASK } from './pages/ask.ts';
import { type Posted, postEnquiry } from './post-enquiry.ts';
import { enquiryOf, exitOfStatus, postOptionsOf } from './question.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** Printable ASCII, as a header field can carry it. */
const KEY_TEXT = /^[\x21-\x7e]{1,16384}$/;

/** What became of the question, for a program that looks at the exit code alone. A replay tells its outcome with 200. */
const OUTCOMES: Readonly<Record<string, Exit>> = { refused: EXIT.refused, fault: EXIT.fault };

type Values = ReturnType<typeof parseArguments<(typeof ASK)['options']>>['values'];

/** `five-safes ask`: one question, one answer. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(ASK, args);
  const enquiry = enquiryOf(values);
  const options = { ...postOptionsOf(values, world), ...idempotencyKeyOf(values), path: 'v1/exchanges' };
  const file = values.receipt === undefined ? null : newAnswerFile(resolve(world.directory, values.receipt));
  try {
    const posted = await postEnquiry(enquiry, options);
    const answer = parse(posted);
    if (answer === undefined) {
      say(world, `${options.gateway.origin} answered with status ${posted.status} and not as a gateway does.`);
      return EXIT.fault;
    }
    const replayed = isReplay(answer);
    if (answer.receipt !== undefined) file?.save(replayed ? receiptIn(posted.body) : posted.body);
    tell(world, values.json, { json: posted.body, lines: [...answerLines(answer), ...(replayed ? TOLD_ONCE : [])] });
    if (file !== null) say(world, savedLine(answer, values.receipt ?? ''));
    return exitOf(posted.status, answer);
  } finally {
    file?.close();
  }
}

function idempotencyKeyOf(values: Values): { idempotencyKey?: string } {
  const key = values['idempotency-key'];
  if (key === undefined) return {};
  if (!KEY_TEXT.test(key)) throw new UsageError('--idempotency-key: expected printable ASCII');
  return { idempotencyKey: key };
}

/** Undefined where the answer is none of a gateway's: then nothing of it is shown. */
function parse({ status, body }: Posted): Answer | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = answerShape.safeParse(json);
  if (!parsed.success) return undefined;
  const { code, outcome } = parsed.data;
  return (status >= 400 ? code : status < 300 ? outcome : undefined) === undefined ? undefined : parsed.data;
}

/** What came back is told once: asked again under its key, an exchange says its state and its receipt. */
const TOLD_ONCE = [
  'This was asked before under the same idempotency key. What came back is told once; why: five-safes explain --exchange ID',
] as const;

function isReplay({ legs = [] }: Answer): boolean {
  return legs.length > 0 && legs.every(({ findings }) => findings === undefined);
}

/** The receipt alone: it is for the answer as it was told, and would not fit what is told of it later. */
function receiptIn(body: string): string {
  return JSON.stringify(z.object({ receipt: z.json() }).parse(JSON.parse(body)).receipt);
}

function exitOf(status: number, { outcome }: Answer): Exit {
  return exitOfStatus(status) ?? OUTCOMES[outcome ?? ''] ?? EXIT.ok;
}

function savedLine({ receipt }: Answer, path: string): string {
  return receipt === undefined
    ? `The answer has no receipt, so nothing was saved in ${path}.`
    : `Saved in ${path}. Check it with: five-safes verify LEDGER --key VKEY --receipt ${path}`;
}
