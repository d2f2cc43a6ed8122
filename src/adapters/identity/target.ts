/** Printable ASCII without backslash: what URL parsers would otherwise repair, each in its own way. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * Where a request goes, for comparison: public origin of the gateway and path. Never taken from the `Host` header,
 * from forwarded headers, or from the authority in the request line, which are the sender's to write.
 * @param path request target as received, in origin or absolute form (RFC 9112 section 3.2). @returns undefined for other forms.
 */
export function requestUrl(origin: string, path: string): string | undefined {
  if (!PLAIN.test(path)) return undefined;
  if (path.startsWith('/')) return normalized(origin + path);
  const absolute = URL.parse(path);
  return absolute === null || !/^https?:$/.test(absolute.protocol) ? undefined : normalized(origin + absolute.pathname);
}

/**
 * `htu` of a proof, likewise: query and fragment left out, then syntax-based and scheme-based normalization (RFC 9449
 * section 4.3, RFC 3986 sections 6.2.2 and 6.2.3). @returns undefined where it is no http URL, or has credentials.
 */
export function normalized(address: string): string | undefined {
  const url = PLAIN.test(address) ? URL.parse(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const path = url.pathname.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return UNRESERVED.test(character) ? character : escaped.toUpperCase();
  });
  return url.origin + path;
}
