import { z } from 'zod';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { REPORT_NAMES, REPORTS, type ReportName } from '../ledger/audit/reports/index.ts';
import { reportInput } from '../ledger/audit/reports/input.ts';
import { postAudit } from './audit-post.ts';
import { momentText } from './audit-time.ts';
import { withLocalLog } from './local-log.ts';
import { outline, say, table } from './output.ts';
import { parseArguments, required } from './page.ts';
import { LOG_REPORT } from './pages/audit.ts';
import { printable, printableJson } from './printable.ts';
import { stateDirectory } from './state.ts';
import { statedReason, statedUse } from './stated.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** Rows that people are shown; programs get all. */
const SHOWN = 200;

const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const answered = z.object({
  reading: z.int(),
  report: z.enum(REPORT_NAMES),
  columns: z.array(z.string()),
  rows: z.array(json),
  summary: json,
});
type Values = ReturnType<typeof parseArguments<typeof LOG_REPORT.options>>['values'];

/** `five-safes log report`: a reading of the log. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_REPORT, args);
  const name = REPORT_NAMES.find((known) => known === positionals[0]);
  if (name === undefined) throw new UsageError(`expected one of ${REPORT_NAMES.join(', ')}`);
  const body = {
    report: name,
    from: momentText('from', required('from', values.from)),
    until: momentText('until', required('until', values.until)),
    use: statedUse(values.use),
    reason: statedReason(values.reason),
  };
  if (Date.parse(body.from) >= Date.parse(body.until))
    throw new UsageError('--until: expected a later time than --from');
  if (values.config === undefined && values.state === undefined) {
    return postAudit(world, values, 'reports', body, (answer) => {
      const parsed = answered.safeParse(answer);
      return parsed.success ? linesOf(parsed.data) : null;
    });
  }
  if (values.gateway !== undefined) throw new UsageError('give --gateway, or --config or --state');
  return reportLocally(world, values, name, body);
}

/** Written row by row, so that a report may be larger than memory. */
async function reportLocally(
  world: World,
  values: Values,
  name: ReportName,
  {
    from,
    until,
    use,
    reason,
  }: { readonly from: string; readonly until: string; readonly use: string; readonly reason: string },
): Promise<Exit> {
  const told = { use, reason, query: { report: name, from, until }, source: 'five-safes log report' };
  await withLocalLog(world, stateDirectory(world, values), told, null, async ({ reading, size, search }) => {
    const wanted = { name, from: Date.parse(from), until: Date.parse(until), size };
    const input = await reportInput(search, wanted, {
      covers: (opened) => ({ whole: true, legs: opened.legs }),
      showsReading: () => true,
    });
    const { columns } = REPORTS[name];
    const { first, end } = input;
    const head = { reading, report: name, period: { from, until }, size, first, end, columns: [...columns] };
    const asJson = values.json === true || !world.terminal;
    const put = (text: string) => {
      if (asJson) world.out(world.terminal ? printableJson(text) : text);
    };
    put(`${JSON.stringify(head).slice(0, -1)},"rows":[`);
    const shown: JsonObject[] = [];
    let count = 0;
    const rows = REPORTS[name].run(input);
    let step = await rows.next();
    for (; step.done !== true; step = await rows.next()) {
      put(`${count === 0 ? '' : ','}${JSON.stringify(step.value)}`);
      count += 1;
      if (shown.length < SHOWN) shown.push(step.value);
      await world.taken?.();
    }
    put(`],"summary":${JSON.stringify(step.value)}}\n`);
    if (values.json === true) return;
    const lines = linesOf({ reading, report: name, columns, rows: shown, summary: step.value }, count);
    if (world.terminal) world.out(lines.map((line) => `${printable(line)}\n`).join(''));
    else say(world, ...lines);
  });
  return EXIT.ok;
}

interface Told {
  readonly reading: number;
  readonly report: string;
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  readonly summary: JsonObject;
}

function linesOf({ reading, report, columns, rows, summary }: Told, count = rows.length): readonly string[] {
  const shown = rows.slice(0, SHOWN);
  return [
    `Report: ${report}`,
    ...(shown.length === 0
      ? ['  No rows.']
      : table([columns, ...shown.map((row) => columns.map((column) => cell(row[column] ?? null)))], '  ')),
    ...(count > shown.length ? [`  … and ${count - shown.length} more: see --json`] : []),
    'Summary:',
    ...outline(summary, '  '),
    `This reading is recorded as entry ${reading}.`,
  ];
}

function cell(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
