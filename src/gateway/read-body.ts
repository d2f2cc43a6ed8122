import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a whole body, uncompressed, as UTF-8.
 * @returns null where the request has none.
 * @throws Problem `request/too-large` after `limit` bytes, `request/media-type` where the body is compressed,
 * `request/malformed` where it ends early or is no UTF-8.
 */
export async function readBody(req: IncomingMessage, limit: number): Promise<string | null> {
  const { 'content-length': length, 'content-encoding': encoding, 'transfer-encoding': transfer } = req.headers;
  if (transfer === undefined && (length ?? '0') === '0') return null;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw new Problem('request/media-type');
  if (Number(length) > limit) throw new Problem('request/too-large');
  // Small bodies arrive with their head: then there is nothing to wait for. The parser may still have to say that it was all.
  const whole = transfer === undefined && req.readableLength === Number(length);
  const bytes = (whole ? arrived(req) : null) ?? (await collect(req, limit));
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Problem('request/malformed');
  }
}

function arrived(req: IncomingMessage): Buffer | null {
  const bytes: Buffer | null = req.read();
  // So that the end is seen, and the request let go of.
  req.resume();
  return bytes;
}

function collect(req: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (problem: Problem | null) => {
      req.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      if (problem === null) {
        resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size));
        return;
      }
      // What is still to come is thrown away, or the next request on the connection would wait behind it for ever.
      req.resume();
      reject(problem);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) end(new Problem('request/too-large'));
    };
    const onEnd = () => end(null);
    const onCut = () => end(new Problem('request/malformed'));
    // Cut off before anybody listened: it will not be said again.
    if (req.destroyed) return onCut();
    req.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

/**
 * The JSON object or list of a body. @throws SyntaxError on anything else, and where a member is called `__proto__`: no
 * schema names such a one, and no copy of a body may drop one unseen.
 */
export function parseBody(text: string): object {
  // Only a text that holds the name, or an escape to write it with, is worth a look at each member.
  const suspicious = text.includes('__proto__') || text.includes('\\');
  const value: unknown = suspicious ? JSON.parse(text, noPrototype) : JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('neither an object nor a list');
  return value;
}

function noPrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('a member is called __proto__');
  return value;
}
