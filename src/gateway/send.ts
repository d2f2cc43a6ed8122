import type { ServerResponse } from 'node:http';
import { SECURITY_HEADERS, secure } from './security-headers.ts';

export const JSON_CONTENT = 'application/json; charset=utf-8';

const SECURITY_LINES: readonly string[] = SECURITY_HEADERS.flat();

/**
 * Answers with a whole text, and with the headers that every answer has, whether a middleware has set them or not. What
 * Express would do beside this (entity tags, freshness, guessing a type) has no use here.
 */
export function sendWhole(res: ServerResponse, status: number, type: string, text: string): void {
  const size = Buffer.byteLength(text);
  if (res.getHeaderNames().length === 0) {
    // One list, written as it stands, costs a third of setting each.
    res.writeHead(status, [...SECURITY_LINES, 'Content-Type', type, 'Content-Length', String(size)]);
  } else {
    secure(res);
    res.setHeader('Content-Type', type);
    res.setHeader('Content-Length', size);
    res.statusCode = status;
  }
  // Of ASCII the bytes are the same, and need not be made from characters one by one.
  res.end(text, size === text.length ? 'latin1' : 'utf8');
}
