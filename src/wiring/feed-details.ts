import { openReader } from '../adapters/sqlite/reader.ts';
import { parseExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { EventSource } from '../ledger/export/ocsf.ts';
import type { FollowedEntry } from '../ledger/export/ocsf-entry.ts';
import { ocsfOf } from '../ledger/export/ocsf-exchange.ts';
import { exportedExchanges } from './exported.ts';

/**
 * Events of exchanges with their details, by the index of the outcome. What cannot be opened is left out: its event then
 * has no details. The reading was recorded before.
 */
export function detailedEvents(
  directory: string,
  kek: Uint8Array,
  source: EventSource,
  outcomes: readonly FollowedEntry[],
): ReadonlyMap<number, JsonObject> {
  const reader = openReader(directory);
  try {
    return new Map(
      outcomes.flatMap(({ index, exchange }) => {
        const id = parseExchangeId(exchange);
        if (id === undefined) return [];
        const [step] = exportedExchanges(reader, kek, index + 1, { exchange: id });
        return step === undefined || 'problem' in step ? [] : [[index, ocsfOf(source, step.exchange)] as const];
      }),
    );
  } finally {
    reader.close();
  }
}
