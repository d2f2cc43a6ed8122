import type { LedgerSource, StoredEntry } from '../ledger/source.ts';

const EVERY = 65_536;

/**
 * The same source, telling how far it was read.
 * @param tell writes to a terminal; absent: nobody watches. The line is overwritten each time and taken away at the end.
 */
export function withProgress(source: LedgerSource, tell: ((text: string) => void) | undefined): LedgerSource {
  if (tell === undefined) return source;
  return {
    ...source,
    async *entries(): AsyncGenerator<readonly StoredEntry[]> {
      let read = 0;
      let told = 0;
      try {
        for await (const chunk of source.entries()) {
          yield chunk;
          read += chunk.length;
          if (read - told < EVERY) continue;
          told = read;
          tell(`\r${read.toLocaleString('en')} of ${source.size.toLocaleString('en')} entries`);
        }
      } finally {
        if (told > 0) tell('\r\u001b[K');
      }
    },
  };
}
