import { dpopProof, fetchAs, lastNonce } from '../../demo/parties/possession.ts';
import type { Partnership, Subject } from './partnership.ts';

/** Targets that the gateway looks at as an address; of the others no proof can be made. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;

/** Header lines of somebody's request that a test writes as bytes: a bound token, and a proof for this request; where none can be made, an unbound token. */
export async function proofLines(
  { access, token: bearerToken, running }: Pick<Partnership, 'access' | 'token' | 'running'>,
  as: Subject,
  method: string,
  target: string,
): Promise<readonly string[]> {
  const { token, dpopJwk } = await access(as);
  if (dpopJwk === null || !PLAIN.test(target)) return [`Authorization: Bearer ${await bearerToken(as)}`];
  const { url, config } = running();
  if (lastNonce(url) === undefined) await (await fetchAs({ token, dpopJwk }, `${url}/v1/me`)).body?.cancel();
  const nonce = lastNonce(url) ?? '';
  const path = target.startsWith('/') ? target : (URL.parse(target)?.pathname ?? '');
  const proof = dpopProof(dpopJwk, { method, url: `${config.origin}${path}`, token, nonce });
  return [`Authorization: DPoP ${token}`, `DPoP: ${proof}`];
}
