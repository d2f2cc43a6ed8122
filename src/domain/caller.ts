import type { Instant } from './time.ts';

/** A person as authenticated now. Made from a verified token only; roles and the like come from the registry. */
export interface Caller {
  /** Provider that vouches, as in `iss`. */
  readonly issuer: string;
  /** The provider's name for the person, as in `sub`. */
  readonly subject: string;
  /** RFC 9068 `acr`, `amr`, `auth_time`: absent where the provider did not say. */
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly authTime?: Instant;
  /** The token is bound to a key the sender has proved to hold (RFC 9449, RFC 8705). */
  readonly bound: boolean;
  /** SHA-256 of the token's `jti`, for the record. */
  readonly tokenId?: string;
}

/** Where a request came from. */
export interface Channel {
  /** Textual IP address of the client: the socket's, or a configured proxy's word for it. */
  readonly address: string;
}

/** What a request says of its sender, as it came; none of it is believed yet. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** Values of the `DPoP` header lines, one each (RFC 9449 section 4.3: there may be one). */
  readonly dpop: readonly string[];
  readonly method: string;
  /** The request target as received (RFC 9112 section 3.2). */
  readonly path: string;
}
