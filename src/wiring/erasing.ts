import { createHmac, hkdfSync } from 'node:crypto';
import { erasureReader } from '../adapters/sqlite/erasure-reader.ts';
import { canonicalIdentifier, isScheme } from '../domain/identifier.ts';
import type { ErasingPorts } from '../gateway/erasure-ports.ts';
import { plainHoldKey } from '../ledger/erasure.ts';
import type { Registry } from '../registry/registry.ts';

/** What the index of the log offers. */
export interface ForgettingSearch {
  forgetExchange(exchanges: readonly string[], part: 'all' | 'subject'): Promise<void>;
}

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
  return {
    ...erasureReader(directory, () => keys.kek),
    agreements: registry.agreements,
    agreementOf: (project) => registry.project(project)?.agreement,
    holdKey: (scope, value) =>
      scope === 'case' ? createHmac('sha256', caseKey).update(value).digest('base64url') : plainHoldKey(scope, value),
    canonical: (scheme, value) => (isScheme(scheme) ? canonicalIdentifier(scheme, value)?.value : undefined),
    forget: async (exchanges, parts) => search?.forgetExchange(exchanges, parts === 'whole' ? 'all' : 'subject'),
  };
}
