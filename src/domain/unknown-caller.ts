/** Why a caller stays unknown. Closed list; `reason` of the 401 problem. */
export const UNKNOWN_CALLER_REASONS = {
  'token/missing': 'The request carries no access token.',
  'token/malformed': 'The access token cannot be read.',
  'token/expired': 'The access token is not valid at this time.',
  'token/audience': 'The access token was made out for another service.',
  'token/issuer': 'The access token comes from a provider that the partnership does not know.',
  'token/algorithm': 'The access token is signed in a way that is not accepted from this provider.',
  'token/signature': 'The access token is not signed with a current key of its provider.',
  'token/type': 'The token is not an access token.',
  'dpop/missing': 'The access token is bound to a key, and the request does not prove possession of it.',
  'dpop/mismatch': 'The proof of possession does not fit the request.',
  'dpop/replayed': 'The proof of possession was used before, or it cannot be ruled out that it was.',
  'dpop/nonce': 'The proof of possession needs a current nonce of this gateway.',
} as const;
export type UnknownCallerReason = keyof typeof UNKNOWN_CALLER_REASONS;

/** Nobody could be recognised from what was sent: 401, and the people finding refuses. Not a fault: everything worked. */
export class UnknownCaller extends Error {
  readonly reason: UnknownCallerReason;
  /** @param what was expected, for whoever writes the client; repeats nothing that was sent. */
  constructor(reason: UnknownCallerReason, what?: string) {
    super(what === undefined ? UNKNOWN_CALLER_REASONS[reason] : `${UNKNOWN_CALLER_REASONS[reason]} ${what}`);
    this.name = 'UnknownCaller';
    this.reason = reason;
  }
}
