import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { shownExchange, summary } from '../gateway/audit/view.ts';
import { findQuery, readQuery } from '../ledger/audit/find-query.ts';
import { postAudit } from './audit-post.ts';
import { momentText } from './audit-time.ts';
import { withLocalLog } from './local-log.ts';
import { table, tell } from './output.ts';
import { parseArguments, wholeNumber } from './page.ts';
import { LOG_FIND } from './pages/audit.ts';
import { stateDirectory } from './state.ts';
import { statedReason, statedUse } from './stated.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const DEFAULT_LIMIT = 50;
const MOST = 200;
const BESIDE_CURSOR: readonly string[] = ['cursor', 'gateway', 'timeout', 'json'];

const page = z.object({
  reading: z.int(),
  size: z.int(),
  exchanges: z.array(
    z.object({
      exchange: z.string(),
      time: z.string().nullable(),
      result: z.string().nullable(),
      partner: z.string().nullable(),
      person: z.string().nullable(),
      project: z.string(),
      case: z.string().nullable(),
      legs: z.array(z.object({ dataset: z.string(), state: z.string() })),
    }),
  ),
  next: z.string().nullable(),
});
/** `more`: on this machine there is no next page, but there is more. */
type Page = z.output<typeof page> & { readonly more?: boolean };
type Values = ReturnType<typeof parseArguments<typeof LOG_FIND.options>>['values'];

/** `five-safes log find`: a reading of the log. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(LOG_FIND, args);
  const { cursor } = values;
  if (cursor !== undefined) {
    const beside = Object.keys(values).find((name) => !BESIDE_CURSOR.includes(name));
    if (beside !== undefined)
      throw new UsageError(`--${beside} does not go with --cursor, which goes on with a search`);
    return postAudit(world, values, 'search/next', { cursor }, toldPage);
  }
  const stated = { use: statedUse(values.use), reason: statedReason(values.reason) };
  const find = findOf(values);
  const limit = values.limit === undefined ? DEFAULT_LIMIT : wholeNumber('limit', values.limit, 1, MOST);
  const local = values.config !== undefined || values.state !== undefined;
  if (!local) return postAudit(world, values, 'search', { ...stated, find, limit }, toldPage);
  if (values.gateway !== undefined) throw new UsageError('give --gateway, or --config or --state');
  const found = await findLocally(world, values, { stated, find, limit });
  tell(world, values.json, { json: JSON.stringify(found), lines: linesOf(found) });
  return EXIT.ok;
}

function findOf(values: Values): JsonObject {
  const [, scheme, value] = /^([^=]+)=(.+)$/s.exec(values.by ?? '') ?? [];
  if (values.by !== undefined && (scheme === undefined || value === undefined))
    throw new UsageError('--by: expected SCHEME=VALUE, such as vin=WVW…');
  const { person, partner, holder, dataset, agreement, project, purpose, result, code, rule, rulebook } = values;
  const given = {
    ...{
      person,
      partner,
      holder,
      dataset,
      agreement,
      project,
      case: values.case,
      purpose,
      result,
      code,
      rule,
      rulebook,
    },
    refusedBy: values['refused-by'],
    from: momentText('from', values.from),
    until: momentText('until', values.until),
  };
  const named = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(named),
    ...(scheme === undefined || value === undefined ? {} : { by: { [scheme]: value } }),
  };
}

async function findLocally(
  world: World,
  values: Values,
  { stated, find, limit }: { readonly stated: JsonObject; readonly find: JsonObject; readonly limit: number },
): Promise<Page> {
  const query = findQuery.safeParse(find);
  if (!query.success) {
    const [issue] = query.error.issues;
    throw new UsageError(
      `--${issue?.path[0] === 'refusedBy' ? 'refused-by' : String(issue?.path[0])}: ${issue?.message}`,
    );
  }
  const read = readQuery(query.data);
  if (!('terms' in read)) throw new UsageError(`--by: expected ${read.expected}`);
  const { by: _, ...rest } = query.data;
  const told = { ...rest, ...(read.by === null ? {} : { scheme: read.by.scheme }) };
  const entry = { ...stated, query: { find: told }, source: 'five-safes log find' };
  const subject = read.by === null ? null : { by: { ...read.by } };
  const { from, until } = query.data;
  return withLocalLog(world, stateDirectory(world, values), entry, subject, async ({ reading, size, search }) => {
    const places = await search.find({
      terms: read.terms,
      scopes: null,
      ...(from === undefined ? {} : { from: Date.parse(from) }),
      ...(until === undefined ? {} : { until: Date.parse(until) }),
      size,
      limit: limit + 1,
    });
    const opened = await search.open(places.slice(0, limit), size);
    const exchanges = opened.flatMap((one) => (one === null ? [] : summary(shownExchange(one, 'whole', null, []))));
    return { reading, size, exchanges, next: null, more: places.length > limit };
  });
}

function toldPage(answer: unknown): readonly string[] | null {
  const parsed = page.safeParse(answer);
  return parsed.success ? linesOf(parsed.data) : null;
}

function linesOf({ reading, exchanges, next, more }: Page): readonly string[] {
  const rows = exchanges.map(({ exchange, time, result, person, partner, project, legs, ...found }) => [
    exchange,
    time ?? '',
    result ?? '',
    `${person ?? '(kept back)'} of ${partner ?? 'nobody registered'}`,
    project,
    found.case ?? '',
    legs.map((leg) => `${leg.dataset} ${leg.state}`).join(', '),
  ]);
  return [
    ...(rows.length === 0
      ? ['Nothing was found.']
      : table([['Exchange', 'Time', 'Result', 'Who', 'Project', 'Case', 'Legs'], ...rows])),
    `This reading is recorded as entry ${reading}.`,
    ...(next === null ? [] : ['There is more: five-safes log find --cursor', next]),
    ...(more === true ? ['There is more: narrow the search with --from and --until, or raise --limit.'] : []),
  ];
}
