import { type EntryLine, type LedgerReader, openReader } from '../adapters/sqlite/reader.ts';
import { ENTRY_KINDS } from '../ledger/entry.ts';
import { checkpointSize } from './checkpoint-size.ts';
import { table, tell } from './output.ts';
import { parseArguments, wholeNumber } from './page.ts';
import { LOG_LIST } from './pages/log.ts';
import { shownEntry, stateDirectory } from './state.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const DEFAULT_LIMIT = 20;
const MOST = 100_000;
/** Entries looked at together while those of a kind are searched. */
const STRETCH = 1_000;

/** `five-safes log list`: what everybody may see of the log. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(LOG_LIST, args);
  const limit = values.limit === undefined ? DEFAULT_LIMIT : wholeNumber('limit', values.limit, 1, MOST);
  const from = values.from === undefined ? null : wholeNumber('from', values.from, 0, Number.MAX_SAFE_INTEGER);
  const { kind } = values;
  if (kind !== undefined && !(ENTRY_KINDS as readonly string[]).includes(kind))
    throw new UsageError(`--kind: expected one of ${ENTRY_KINDS.join(', ')}`);

  const reader = openReader(stateDirectory(world, values));
  try {
    const wanted = (line: EntryLine) => kind === undefined || line.kind === kind;
    const found = from === null ? newest(reader, limit, wanted) : onward(reader, from, limit, wanted);
    const shown = found.map(shownEntry);
    const rows = shown.map((entry) => [String(entry.index), entry.time, entry.kind, entry.exchange]);
    tell(world, values.json, {
      json: JSON.stringify(shown),
      lines: rows.length === 0 ? ['No entries.'] : table([['Index', 'Time', 'Kind', 'Exchange'], ...rows]),
    });
    return EXIT.ok;
  } finally {
    reader.close();
  }
}

type Wanted = (line: EntryLine) => boolean;

function onward(reader: LedgerReader, from: number, limit: number, wanted: Wanted): readonly EntryLine[] {
  const found: EntryLine[] = [];
  for (let next = from; found.length < limit; ) {
    const stretch = reader.list(next, STRETCH);
    const last = stretch.at(-1);
    if (last === undefined) break;
    found.push(...stretch.filter(wanted));
    next = last.index + 1;
  }
  return found.slice(0, limit);
}

/** Walks back from the end, stretch by stretch, so that a long log costs no more than a short one. */
function newest(reader: LedgerReader, limit: number, wanted: Wanted): readonly EntryLine[] {
  const note = reader.checkpoint();
  const size = (note === null ? null : checkpointSize(note)) ?? 0;
  let found: readonly EntryLine[] = [];
  for (let end = size; end > 0 && found.length < limit; end -= STRETCH) {
    const start = Math.max(0, end - STRETCH);
    const stretch = reader.list(start, end - start).filter((line) => line.index < end);
    found = [...stretch.filter(wanted), ...found];
  }
  return found.slice(-limit);
}
