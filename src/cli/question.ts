import { OUTPUT_LEVELS } from '../domain/enquiry.ts';
import type { JsonObject } from '../domain/json.ts';
import { isSafeUrl } from '../registry/words.ts';
import { accessOf } from './access.ts';
import { type parseArguments, required, wholeNumber } from './page.ts';
import type { QUESTION_OPTIONS, WAITING_OPTIONS } from './pages/question.ts';
import type { PostOptions } from './post-enquiry.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const DEFAULT_GATEWAY = 'http://127.0.0.1:8080';
const DEFAULT_TIMEOUT_S = 60;
/** Statuses that say: later. */
const LATER: readonly number[] = [408, 429];

type Values = ReturnType<typeof parseArguments<typeof QUESTION_OPTIONS & typeof WAITING_OPTIONS>>['values'];

/** A question as the gateway takes it. What is in it is for the gateway to judge. @throws UsageError */
export function enquiryOf(values: Values): JsonObject {
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

/** Where to put it and as whom. @throws UsageError */
export function postOptionsOf(values: Values, world: World): Omit<PostOptions, 'path'> {
  const named = values.gateway ?? world.env['FIVE_SAFES_GATEWAY'];
  if (named !== undefined) demandSafe(named);
  const { gateway: usual, ...access } = accessOf(world, Date.now());
  const gateway = named ?? usual ?? DEFAULT_GATEWAY;
  demandSafe(gateway);
  const seconds = values.timeout === undefined ? DEFAULT_TIMEOUT_S : wholeNumber('timeout', values.timeout, 1, 3_600);
  return { gateway: new URL(gateway), ...access, timeoutMs: seconds * 1_000 };
}

/** What a status that is none of success means; null for success. */
export function exitOfStatus(status: number): Exit | null {
  if (status >= 500 || LATER.includes(status)) return EXIT.fault;
  return status >= 400 ? EXIT.refused : null;
}

function demandSafe(gateway: string): void {
  if (!isSafeUrl(gateway)) throw new UsageError('--gateway: expected https://…, or http:// on this very machine');
}
