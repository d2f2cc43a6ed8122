import { resolve } from 'node:path';
import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import type { JsonObject } from '../domain/json.ts';
import { isSafeUrl } from '../registry/words.ts';
import { accessOf } from './access.ts';
import { newAnswerFile } from './answer-file.ts';
import { answerLines } from './answer-lines.ts';
import { type Answer, answerShape } from './answer-shape.ts';
import { say, tell } from './output.ts';
import { parseArguments, required, wholeNumber } from './page.ts';
import { ASK } from './pages/ask.ts';
import { type Posted, type PostOptions, postEnquiry } from './post-enquiry.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const DEFAULT_GATEWAY = 'http://127.0.0.1:8080';
const DEFAULT_TIMEOUT_S = 60;
/** Printable ASCII, as a header field can carry it. */
const KEY_TEXT = /^[\x21-\x7e]{1,16384}$/;

/** What became of the question, for a program that looks at the exit code alone. A replay tells its outcome with 200. */
const OUTCOMES: Readonly<Record<string, Exit>> = { refused: EXIT.refused, fault: EXIT.fault };
/** Statuses that say: later. */
const LATER: readonly number[] = [408, 429];

type Values = ReturnType<typeof parseArguments<(typeof ASK)['options']>>['values'];

/** `five-safes ask`: one question, one answer. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(ASK, args);
  const enquiry = enquiryOf(values);
  const options = optionsOf(values, world);
  const file = values.receipt === undefined ? null : newAnswerFile(resolve(world.directory, values.receipt));
  try {
    const posted = await postEnquiry(enquiry, options);
    const answer = parse(posted);
    if (answer === undefined) {
      say(world, `${options.gateway.origin} answered with status ${posted.status} and not as a gateway does.`);
      return EXIT.fault;
    }
    if (answer.receipt !== undefined) file?.save(posted.body);
    tell(world, values.json, { json: posted.body, lines: answerLines(answer) });
    if (file !== null) say(world, savedLine(answer, values.receipt ?? ''));
    return exitOf(posted.status, answer);
  } finally {
    file?.close();
  }
}

/** The body of `POST /v1/exchanges`. What is in it is for the gateway to judge. */
function enquiryOf(values: Values): JsonObject {
  const datasets = values.dataset ?? [];
  if (datasets.length === 0) throw new UsageError('--dataset is required');
  const [, scheme, value] = /^([^=]+)=(.+)$/s.exec(required('by', values.by)) ?? [];
  if (scheme === undefined || value === undefined)
    throw new UsageError('--by: expected SCHEME=VALUE, such as vin=WVW…');
  const output = OUTPUT_LEVELS.find((level) => level === required('output', values.output));
  if (output === undefined) throw new UsageError(`--output: expected ${OUTPUT_LEVELS.join(' or ')}`);
  return {
    project: required('project', values.project),
    purpose: required('purpose', values.purpose),
    ...(values.case === undefined ? {} : { case: values.case }),
    justification: required('justification', values.justification),
    ask: { datasets, by: { [scheme]: value }, output },
  };
}

function optionsOf(values: Values, world: World): PostOptions {
  const named = values.gateway ?? world.env['FIVE_SAFES_GATEWAY'];
  if (named !== undefined) demandSafe(named);
  const { gateway: usual, ...access } = accessOf(world, Date.now());
  const gateway = named ?? usual ?? DEFAULT_GATEWAY;
  demandSafe(gateway);
  const key = values['idempotency-key'];
  if (key !== undefined && !KEY_TEXT.test(key)) throw new UsageError('--idempotency-key: expected printable ASCII');
  const seconds = values.timeout === undefined ? DEFAULT_TIMEOUT_S : wholeNumber('timeout', values.timeout, 1, 3_600);
  return {
    gateway: new URL(gateway),
    ...access,
    ...(key === undefined ? {} : { idempotencyKey: key }),
    timeoutMs: seconds * 1_000,
  };
}

function demandSafe(gateway: string): void {
  if (!isSafeUrl(gateway)) throw new UsageError('--gateway: expected https://…, or http:// on this very machine');
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

function exitOf(status: number, { outcome }: Answer): Exit {
  if (status >= 500 || LATER.includes(status)) return EXIT.fault;
  if (status >= 400) return EXIT.refused;
  return OUTCOMES[outcome ?? ''] ?? EXIT.ok;
}

function savedLine({ receipt }: Answer, path: string): string {
  return receipt === undefined
    ? `The answer has no receipt, so nothing was saved in ${path}.`
    : `Saved in ${path}. Check it with: five-safes verify LEDGER --key VKEY --receipt ${path}`;
}
