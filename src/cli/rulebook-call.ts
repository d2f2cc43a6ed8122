import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { answerLines } from './answer-lines.ts';
import { answerShape } from './answer-shape.ts';
import { say, tell } from './output.ts';
import { postEnquiry } from './post-enquiry.ts';
import { exitOfStatus, postOptionsOf } from './question.ts';
import { EXIT, type Exit, type World } from './world.ts';

export type Where = Parameters<typeof postOptionsOf>[0];

/** What came back, or how the command ends: then it has been told already. */
export type Asked<T> = { readonly answer: T; readonly body: string } | { readonly exit: Exit };

/**
 * Asks the gateway about the rulebook.
 * @param body null: a GET. @param shape of what is wanted of the answer; a problem document is told and ends the command.
 */
export async function askRulebook<T>(
  path: string,
  body: JsonObject | null,
  shape: z.ZodType<T>,
  values: Where,
  world: World,
): Promise<Asked<T>> {
  const method = body === null ? 'GET' : 'POST';
  const options = { ...postOptionsOf(values, world), path: `v1/rulebook${path}`, method } as const;
  const response = await postEnquiry(body ?? {}, options);
  const json = parse(response.body);
  const failed = exitOfStatus(response.status);
  const problem = answerShape.safeParse(json);
  if (failed !== null && problem.success && problem.data.code !== undefined) {
    tell(world, values.json, { json: response.body, lines: answerLines(problem.data) });
    return { exit: failed };
  }
  const found = shape.safeParse(json);
  if (failed !== null || !found.success) {
    say(world, `${options.gateway.origin} answered with status ${response.status} and not as a gateway does.`);
    return { exit: EXIT.fault };
  }
  return { answer: found.data, body: response.body };
}

/** Asks, and tells the answer. */
export async function tellRulebook<T>(
  call: { readonly path: string; readonly body: JsonObject | null; readonly shape: z.ZodType<T> },
  lines: (answer: T) => readonly string[],
  values: Where,
  world: World,
): Promise<Exit> {
  const asked = await askRulebook(call.path, call.body, call.shape, values, world);
  if ('exit' in asked) return asked.exit;
  tell(world, values.json, { json: asked.body, lines: lines(asked.answer) });
  return EXIT.ok;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Everything that is shown is made printable where it is shown: pages may say anything. */
const text = z.string();
export const finding = z.object({
  severity: text,
  file: text,
  line: z.int(),
  column: z.int(),
  code: text,
  expected: text,
  remedy: text.optional(),
});
export const proposal = z.object({
  proposal: text,
  version: text,
  state: text,
  kind: text,
  author: text,
  partner: text,
  message: text,
  submission: z
    .object({
      ...{ path: text, submitter: text, replay: text },
      ...{ partners: z.array(text), grounds: z.array(text), withheld: z.boolean() },
    })
    .nullable(),
  approvals: z.array(z.object({ person: text, partner: text, time: text })),
  missing: z.array(text),
  enough: z.boolean(),
  at: text.nullable(),
  reviewBy: text.nullable(),
  reviewOverdue: z.boolean(),
  entry: z.int().optional(),
});
export type ShownProposal = z.output<typeof proposal>;

/** Twelve digits tell versions apart for people; JSON has them all. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:(.{12}).*$/, '$1');
}

export function proposalLines(one: ShownProposal): readonly string[] {
  const { submission, approvals } = one;
  return [
    `Proposal ${one.proposal}: ${one.state}${one.kind === 'rollback' ? ', a rollback' : ''}; version ${shortDigest(one.version)} by ${one.author}`,
    `  ${JSON.stringify(one.message)}`,
    ...(submission === null ? [] : [`  submitted by ${submission.submitter} as ${submission.path}`]),
    ...(submission?.grounds ?? []).map((ground) => `  ${ground}`),
    ...(submission?.withheld === true ? ['  its grounds are on pages to which your organisation is no party'] : []),
    ...approvals.map(({ person, partner, time }) => `  approved by ${person} of ${partner} at ${time}`),
    ...(submission === null || one.enough || submission.withheld
      ? []
      : [`  needs ${one.missing.length === 0 ? 'one other person' : `somebody of ${one.missing.join(', ')}`}`]),
    ...(one.at === null ? [] : [`  becomes active at ${one.at}`]),
    ...(one.reviewBy === null
      ? []
      : [`  somebody else is to look at it until ${one.reviewBy}${one.reviewOverdue ? ': OVERDUE' : ''}`]),
    ...(one.entry === undefined ? [] : [`  recorded as entry ${one.entry}`]),
  ];
}

export function findingLine({
  severity,
  file,
  line,
  column,
  code,
  expected,
  remedy,
}: z.output<typeof finding>): string {
  return `${severity}  ${file}:${line}:${column} ${code}: expected ${expected}${remedy === undefined ? '' : ` -> ${remedy}`}`;
}
