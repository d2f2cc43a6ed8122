import { type EntryLine, type LedgerReader, type OpenedDetails, openReader } from '../adapters/sqlite/reader.ts';
import { type ExchangeId, parseExchangeId } from '../domain/ids.ts';
import { outline, say, tell } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_SHOW } from './pages/log.ts';
import { recordReading } from './reading.ts';
import { type ShownEntry, shownEntry, stateDirectory } from './state.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const LONGEST_REASON = 1_000;

interface Shown extends ShownEntry {
  readonly details?: OpenedDetails;
}

/** `five-safes log show`: with `--details`, a reading of the log. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_SHOW, args);
  const [wanted = ''] = positionals;
  const reason = reasonOf(values);
  const state = stateDirectory(world, values);
  const reader = openReader(state);
  try {
    const exchange = exchangeOf(reader, wanted);
    if (exchange === undefined) {
      say(world, `There is no entry of "${wanted}" in the log.`);
      return EXIT.refused;
    }
    const reading = reason === undefined ? null : await recordReading(world, state, exchange, reason);
    // Read after the reading was recorded: taking up the ledger may have closed an exchange that a crash left open.
    const entries = reader.entriesOf(exchange).map((line): Shown => {
      const details = reading === null ? null : reader.openDetails(line.index, reading.kek);
      return details === null ? shownEntry(line) : { ...shownEntry(line), details };
    });
    tell(world, values.json, {
      json: JSON.stringify({ exchange, reading: reading?.index ?? null, entries }),
      lines: told(exchange, reading?.index ?? null, entries),
    });
    return EXIT.ok;
  } finally {
    reader.close();
  }
}

/** The reason of a reading. @throws UsageError unless there is a reason exactly where details are to be opened. */
export function reasonOf({
  details,
  reason,
}: {
  readonly details?: boolean;
  readonly reason?: string;
}): string | undefined {
  if (details !== true) {
    if (reason !== undefined) throw new UsageError('--reason goes with --details');
    return undefined;
  }
  const given = reason?.trim() ?? '';
  if (given === '') throw new UsageError('--details needs --reason: why the details are opened is recorded');
  if (given.length > LONGEST_REASON || /[\p{Cc}\p{Cs}]/u.test(given))
    throw new UsageError(`--reason: expected up to ${LONGEST_REASON} characters on one line`);
  return given;
}

export function exchangeOf(reader: LedgerReader, wanted: string): ExchangeId | undefined {
  const lines: readonly EntryLine[] = /^\d{1,15}$/.test(wanted)
    ? [reader.entry(Number(wanted)) ?? []].flat()
    : entriesUnder(reader, wanted);
  return parseExchangeId(lines[0]?.exchange ?? '');
}

function entriesUnder(reader: LedgerReader, wanted: string): readonly EntryLine[] {
  const id = parseExchangeId(wanted.toUpperCase());
  if (id === undefined) throw new UsageError(`expected an exchange id of 26 characters or an index, not "${wanted}"`);
  return reader.entriesOf(id);
}

function told(exchange: string, reading: number | null, entries: readonly Shown[]): readonly string[] {
  return [
    `Exchange ${exchange}`,
    ...(reading === null ? [] : [`This reading is recorded as entry ${reading}.`]),
    ...entries.flatMap(({ index, time, kind, entry, details }) => [
      '',
      `Entry ${index}  ${kind}  ${time}`,
      `  ${entry}`,
      ...(details === undefined
        ? []
        : [...part('Accountability', details.accountability), ...part('Subject', details.subject)]),
    ]),
  ];
}

function part(title: string, content: OpenedDetails['subject']): readonly string[] {
  return content === null ? [`  ${title}: none, or erased`] : [`  ${title}:`, ...outline(content, '    ')];
}
