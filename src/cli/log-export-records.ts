import { openReader } from '../adapters/sqlite/reader.ts';
import { parseExchangeId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { CSV_HEADER, csvLines } from '../ledger/export/csv.ts';
import { type Exported, jsonLine } from '../ledger/export/exported.ts';
import { ocsfOf } from '../ledger/export/ocsf-exchange.ts';
import { instant } from '../registry/words.ts';
import { type ExportFilter, exportedExchanges } from '../wiring/exported.ts';
import { say } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_EXPORT_RECORDS } from './pages/exports.ts';
import { printable, printableJson } from './printable.ts';
import { recordQuery } from './reading.ts';
import { stateDirectory } from './state.ts';
import { statedReason, statedUse } from './stated.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const FORMATS = ['jsonl', 'csv', 'ocsf'] as const;
type Format = (typeof FORMATS)[number];

/** Written at once; more waits until it is taken. */
const PIECE = 65_536;
const TELL_EVERY_MS = 2_000;
/** Problems that are told one by one; the others are counted. */
const TOLD = 20;

/** `five-safes log export-records`: a reading of the log, streamed. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(LOG_EXPORT_RECORDS, args);
  const format = formatOf(values.format);
  const filter = filterOf(values);
  const use = statedUse(values.use);
  const reason = statedReason(values.reason);
  const state = stateDirectory(world, values);
  const reader = openReader(state);
  try {
    const { from = null, to = null, exchange = null } = values;
    const query = { export: format, from, to, exchange };
    const reading = await recordQuery(world, state, { query, use, reason, source: 'five-safes log export-records' });
    say(world, `This reading is recorded as entry ${reading.index}.`);
    const write = writer(world, format);
    const source = { log: reading.log };
    const progress = telling(world, reading.index);
    let [told, problems] = [0, 0];
    if (format === 'csv') await write(CSV_HEADER);
    for (const step of exportedExchanges(reader, reading.kek, reading.index, filter)) {
      progress(step.at, told);
      if ('problem' in step) {
        problems += 1;
        if (problems <= TOLD) say(world, `Left out: ${step.problem}`);
        continue;
      }
      told += 1;
      await write(textOf(format, source, step.exchange));
    }
    await write(null);
    const count = `${told} ${told === 1 ? 'exchange' : 'exchanges'}`;
    say(world, `${count}${problems === 0 ? '' : `; ${problems} could not be told`}.`);
    return problems === 0 ? EXIT.ok : EXIT.fault;
  } finally {
    reader.close();
  }
}

function textOf(format: Format, source: { readonly log: string }, exchange: Exported): string {
  if (format === 'jsonl') return jsonLine(exchange);
  return format === 'csv' ? csvLines(exchange) : `${JSON.stringify(ocsfOf(source, exchange))}\n`;
}

/** Collects pieces and hands them on as fast as they are taken. Null: that was all. */
function writer(world: World, format: Format): (text: string | null) => Promise<void> {
  let piece = '';
  return async (text) => {
    piece += text ?? '';
    if (piece === '' || (text !== null && piece.length < PIECE)) return;
    world.out(world.terminal ? shown(piece, format) : piece);
    piece = '';
    await world.taken?.();
  };
}

function shown(piece: string, format: Format): string {
  return format === 'csv' ? piece.split('\r\n').map(printable).join('\n') : printableJson(piece);
}

function telling(world: World, size: number): (at: number, told: number) => void {
  let last = Date.now();
  return (at, told) => {
    const now = Date.now();
    if (now - last < TELL_EVERY_MS) return;
    last = now;
    say(world, `${told} exchanges so far, entry ${at} of ${size}`);
  };
}

function formatOf(text: string | undefined): Format {
  const format = FORMATS.find((known) => known === text);
  if (format === undefined) throw new UsageError(`--format: expected one of ${FORMATS.join(', ')}`);
  return format;
}

function filterOf(given: { readonly from?: string; readonly to?: string; readonly exchange?: string }): ExportFilter {
  const exchange = given.exchange === undefined ? undefined : parseExchangeId(given.exchange.toUpperCase());
  if (given.exchange !== undefined && exchange === undefined)
    throw new UsageError('--exchange: expected an exchange id of 26 characters');
  const [from, to] = [moment('from', given.from), moment('to', given.to)];
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(exchange === undefined ? {} : { exchange }),
  };
}

function moment(name: string, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const parsed = instant.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`--${name}: expected a day as YYYY-MM-DD (its first moment, UTC) or a time as in RFC 3339`);
}
