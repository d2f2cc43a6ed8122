import type { LedgerSource, StoredEntry } from '../ledger/source.ts';
import type { RangeChecks } from '../ledger/verify-quick.ts';

const EVERY = 65_536;

interface Verified {
  readonly source: LedgerSource;
  readonly elsewhere?: RangeChecks;
}

/**
 * The same, telling how far the log was read.
 * @param tell writes to a terminal; absent: nobody watches. The line is overwritten each time and taken away at the end.
 */
export function withProgress(
  { source, elsewhere }: Verified,
  tell: ((text: string) => void) | undefined,
): { readonly source: LedgerSource; readonly elsewhere: RangeChecks | undefined } {
  if (tell === undefined) return { source, elsewhere };
  const blocks = source.blocks;
  const progressed = progress(source.size, tell);
  return {
    source: {
      ...source,
      entries: () => entriesTold(source, progressed),
      ...(blocks === undefined
        ? {}
        : {
            blocks: {
              entries(from, to) {
                progressed(to);
                return blocks.entries(from, to);
              },
              nodes: (from, to) => blocks.nodes(from, to),
              checkpoints: (from, to) => blocks.checkpoints(from, to),
            },
          }),
    },
    elsewhere: elsewhere === undefined ? undefined : rangesTold(elsewhere, progressed),
  };
}

/** @returns what takes how many entries were read, or are just being read; 0 begins anew. The line goes with the last ones. */
function progress(size: number, tell: (text: string) => void): (read: number) => void {
  let told = 0;
  let shown = false;
  return (read) => {
    if (read >= size) {
      if (shown) tell('\r\u001b[K');
      shown = false;
    } else if (read === 0) {
      told = 0;
    } else if (read - told >= EVERY) {
      told = read;
      shown = true;
      tell(`\r${read.toLocaleString('en')} of ${size.toLocaleString('en')} entries`);
    }
  };
}

async function* entriesTold(
  source: LedgerSource,
  progressed: (read: number) => void,
): AsyncGenerator<readonly StoredEntry[]> {
  let read = 0;
  progressed(0);
  try {
    for await (const chunk of source.entries()) {
      yield chunk;
      read += chunk.length;
      progressed(read);
    }
  } finally {
    // Also where the walk ends early.
    progressed(source.size);
  }
}

function rangesTold({ width, atOnce, check }: RangeChecks, progressed: (read: number) => void): RangeChecks {
  return {
    width,
    atOnce,
    async check(range, receipt) {
      const checked = await check(range, receipt);
      progressed(range.to);
      return checked;
    },
  };
}
