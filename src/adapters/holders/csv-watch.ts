import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { CsvConnector, Dataset } from '../../domain/dataset.ts';
import { type CsvLoad, type CsvRecords, loadCsv } from './csv.ts';
import { fileMark } from './csv-file.ts';
import type { Mapping } from './mapping.ts';

/** What a look at a changed file came to. `kept`: the records of the last good file are still those that are asked. */
export type ReloadEvent =
  | { readonly dataset: string; readonly outcome: 'loaded'; readonly load: CsvLoad }
  | { readonly dataset: string; readonly outcome: 'kept'; readonly problems: readonly string[] };

export interface CsvHolder {
  /** The file in use now: one reference, so that a look-up sees one file and never two. */
  current(): CsvRecords;
  close(): Promise<void>;
}

export interface Watching {
  /** Milliseconds between two looks at the file. */
  readonly everyMs: number;
  onReload(event: ReloadEvent): void;
}

const GONE = 'gone';

/**
 * Loads a file and loads it anew whenever it has changed and then stayed the same from one look to the next. Whoever
 * writes it should write another file and rename it, for a writer that pauses longer than a look looks finished.
 * @throws ConfigurationError where the first load fails; later ones keep what there is.
 */
export async function watchCsv(
  dataset: Dataset,
  connector: CsvConnector,
  mapping: Mapping,
  { everyMs, onReload }: Watching,
): Promise<CsvHolder> {
  const look = async () => (await fileMark(connector.file)) ?? GONE;
  /** Marks of the file that was last judged, good or not, and of the last look. */
  let judged = await look();
  let current = await loadCsv(dataset, connector, mapping);
  let seen = judged;
  let closed = false;
  let timer: NodeJS.Timeout;
  let looking: Promise<void> = Promise.resolve();

  const kept = (problems: readonly string[]) => onReload({ dataset: dataset.id, outcome: 'kept', problems });
  const reload = async (mark: string) => {
    if (mark === GONE) {
      judged = mark;
      return kept([`dataset ${dataset.id}: the file ${connector.file} is gone`]);
    }
    try {
      const fresh = await loadCsv(dataset, connector, mapping);
      // Written to while it was read: neither the old nor the new content, so it is left for the next look.
      if ((await look()) !== mark || closed) return;
      judged = mark;
      current = fresh;
      onReload({ dataset: dataset.id, outcome: 'loaded', load: fresh.load });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      if ((await look()) !== mark || closed) return;
      judged = mark;
      kept(error.problems);
    }
  };
  const step = async () => {
    const mark = await look();
    const settled = mark === seen;
    seen = mark;
    if (settled && mark !== judged) await reload(mark);
  };
  const next = () => {
    timer = setTimeout(() => {
      looking = step()
        .catch((error: unknown) => kept([`dataset ${dataset.id}: ${error instanceof Error ? error.name : 'error'}`]))
        .then(() => (closed ? undefined : next()));
    }, everyMs).unref();
  };
  next();
  return {
    current: () => current,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
