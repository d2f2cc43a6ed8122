/** Where the live feed goes. */
export type FeedTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const PATH = /^(file|unix):(?:\/\/)?(\/[^\0]+)$/;
const TCP = /^tcp:\/\/(127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})$/;

/** What is written is plain text, so that a socket is one of this machine: what forwards it from there has to encrypt. */
export const FEED_TARGET =
  'expected file:/absolute/path, unix:/absolute/path or tcp://127.0.0.1:port (this machine only)';

/** @returns undefined where the text is none. */
export function parseFeedTarget(text: string): FeedTarget | undefined {
  const [, kind, path = ''] = PATH.exec(text) ?? [];
  if (kind === 'file' || kind === 'unix') return { kind, path };
  const [, host, digits] = TCP.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { kind: 'tcp', host: host.replace(/[[\]]/g, ''), port };
}
