import { createHmac, hkdfSync } from 'node:crypto';
import { type ErasureReader, erasureReader, type FoundExchanges } from '../adapters/sqlite/erasure-reader.ts';
import type { SqliteSearch } from '../adapters/sqlite/search.ts';
import { Fault } from '../domain/faults.ts';
import { canonicalIdentifier, isScheme } from '../domain/identifier.ts';
import type { ErasingPorts } from '../gateway/erasure-ports.ts';
import { identifierTerm } from '../ledger/audit/terms.ts';
import { plainHoldKey } from '../ledger/erasure.ts';
import type { Registry } from '../registry/registry.ts';

/** What the index of the log offers. */
export type ForgettingSearch = Pick<SqliteSearch, 'forgetExchange' | 'status' | 'catchUp' | 'find'>;

/** So far behind, the index would take longer to bring up than the entries to go through. */
const FAR_BEHIND = 100_000;
/** Places that the index gives at once. */
const AT_ONCE = 1_000;

/**
 * Erasure and legal hold over the ledger in a directory.
 * @param keys `kek` opens details, `derivation` names cases in holds. @param search what is to forget what was erased.
 */
export function erasingPorts(
  directory: string,
  keys: { readonly kek: Uint8Array; readonly derivation: Uint8Array },
  registry: Pick<Registry, 'agreements' | 'project'>,
  search?: ForgettingSearch,
): ErasingPorts & Pick<ReturnType<typeof erasureReader>, 'steady'> {
  const caseKey = Buffer.from(hkdfSync('sha256', keys.derivation, '', 'five-safes/hold/v1', 32));
  const reader = erasureReader(directory, () => keys.kek);
  return {
    ...reader,
    findExchanges: async (query, from, most) =>
      (search === undefined ? null : await byIndex(reader, search, query, from)) ??
      reader.findExchanges(query, from, most),
    agreements: registry.agreements,
    agreementOf: ({ agreement, project }) => agreement ?? registry.project(project)?.agreement,
    holdKey: (scope, value) =>
      scope === 'case' ? createHmac('sha256', caseKey).update(value).digest('base64url') : plainHoldKey(scope, value),
    canonical: (scheme, value) => (isScheme(scheme) ? canonicalIdentifier(scheme, value)?.value : undefined),
    forget: async (exchanges, parts) => search?.forgetExchange(exchanges, parts === 'whole' ? 'all' : 'subject'),
  };
}

/**
 * What was asked by an identifier, through the index: opening the whole log for it would take minutes.
 * @returns null where the index cannot answer for the whole log: it is far behind, passed something over, or cannot be read.
 */
async function byIndex(
  reader: ErasureReader,
  search: ForgettingSearch,
  query: Parameters<ErasureReader['findExchanges']>[0],
  from: number,
): Promise<FoundExchanges | null> {
  if (query.identifier === undefined) return null;
  try {
    const before = await search.status();
    if (before.size - before.position > FAR_BEHIND) return null;
    const { position: size, skipped } = await search.catchUp();
    if (skipped > 0) return null;
    const places: number[] = [];
    for (let end = size, more = true; more; ) {
      const terms = [identifierTerm(query.identifier)];
      const found = await search.find({ terms, scopes: null, size, before: end, limit: AT_ONCE });
      places.push(...found);
      end = found.at(-1) ?? 0;
      more = found.length === AT_ONCE;
    }
    const wanted = places.filter((place) => place >= from).reverse();
    return { found: reader.exchangesAt(wanted, query), next: size, ended: true };
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
