import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { writeBatch } from '../../../src/adapters/sqlite/batch.ts';
import { ledgerPaths } from '../../../src/adapters/sqlite/files.ts';
import { messageOf } from '../../../src/adapters/sqlite/messages.ts';
import type { SqliteSearch } from '../../../src/adapters/sqlite/search.ts';
import { SearchBackend } from '../../../src/adapters/sqlite/search-backend.ts';
import type { SearchRequest } from '../../../src/adapters/sqlite/search-protocol.ts';
import { LedgerStore } from '../../../src/adapters/sqlite/store.ts';
import { holdWriterLock } from '../../../src/adapters/sqlite/writer-lock.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { noteSigner } from '../../../src/ledger/note.ts';
import type { Place } from './builders.ts';

/** Writes to a ledger without the writer's thread, each draft in a batch of its own. @throws Error where one is refused. */
export function writeAt(at: Place, drafts: readonly EntryDraft[], now: number = Date.now()): void {
  const lock = holdWriterLock(ledgerPaths(at.directory).lock);
  const { origin, signingKey, kek } = at.keys;
  const options = { paths: ledgerPaths(at.directory), signer: noteSigner(origin, signingKey), kek, node: 'n' };
  const store = new LedgerStore({ ...options, random: randomBytes }, true);
  try {
    for (const draft of drafts) {
      const { refused } = writeBatch(store, [messageOf(1, draft)], now, new Map());
      if (refused.length > 0) throw new Error(refused[0]?.reason);
    }
  } finally {
    store.close();
    lock.release();
  }
}

/** The search of a ledger without its thread: what the thread does with each request, done here. */
export function searchIn(at: Pick<Place, 'directory' | 'keys'>): SqliteSearch {
  const backend = new SearchBackend({ directory: at.directory, kek: at.keys.kek }, () => undefined);
  onTestFinished(() => backend.rest());
  const ask = async <T extends ReturnType<SearchBackend['answer']>['type']>(request: SearchRequest, type: T) => {
    const answer = backend.answer(request);
    if (isOf(answer, type)) return answer;
    throw new Error(`answered with ${answer.type}`);
  };
  const status = async (request: SearchRequest) => (await ask(request, 'status')).status;
  return {
    find: async (request) => (await ask({ type: 'find', ...request }, 'places')).places,
    open: async (places, size) => (await ask({ type: 'open', places, size }, 'opened')).opened,
    placeOf: async (exchange, size) => (await ask({ type: 'placeOf', exchange, size }, 'place')).place,
    evidence: async (exchange, size) => (await ask({ type: 'evidence', exchange, size }, 'proven')).evidence,
    prove: async (indices, size) => (await ask({ type: 'prove', indices, size }, 'proven')).evidence,
    boundary: async (time, size) => (await ask({ type: 'boundary', time, size }, 'index')).index,
    scan: async (request) => (await ask({ type: 'scan', ...request }, 'scanned')).entries,
    forgetExchange: async (exchanges, part) => void (await status({ type: 'forget', exchanges, part })),
    rebuild: () => status({ type: 'rebuild' }),
    catchUp: () => status({ type: 'catchUp' }),
    status: () => status({ type: 'status' }),
    close: async () => backend.rest(),
  };
}

type Answer = ReturnType<SearchBackend['answer']>;

function isOf<T extends Answer['type']>(answer: Answer, type: T): answer is Extract<Answer, { readonly type: T }> {
  return answer.type === type;
}
