import type { Request, RequestHandler } from 'express';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import type { Members } from './proxy-operation.ts';
import { wrongPath } from './proxy-target.ts';
import { readBody } from './read-body.ts';

const JSON_TYPE = /^application\/json(\s*;\s*charset="?utf-8"?)?\s*$/i;
/** A text of JSON (RFC 8259 section 7), and whether it is the name of a member. */
const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/** Reads the body of a look-up as text: `JSON.parse` would not tell that a member was sent twice. */
export function readLookUp(ports: GatewayPorts): RequestHandler {
  return async (req, _res, next) => {
    if (req.method === 'POST') {
      if (!JSON_TYPE.test(req.get('content-type') ?? '')) throw new Problem('request/media-type');
      req.body = (await readBody(req, ports.limits.bodyBytes)) ?? '';
      return next();
    }
    // RFC 9110 section 9.3.1: content of a GET means nothing, and parties along the way differ in what they do with it.
    if (req.get('transfer-encoding') !== undefined || (req.get('content-length') ?? '0') !== '0') {
      throw malformed('no body with GET');
    }
    next();
  };
}

/**
 * Members of a look-up's body. @throws Problem `request/malformed` where it is no JSON object, `request/path` where it
 * has a member twice or one that is neither text nor number nor boolean: no declared operation has.
 */
export function membersOf(req: Request): Members {
  if (req.method !== 'POST') return new Map();
  const text: unknown = req.body;
  const object = typeof text === 'string' ? parsed(text) : undefined;
  if (typeof text !== 'string' || typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw malformed('a JSON object');
  }
  const names = [...text.matchAll(STRING)].filter(([, colon]) => colon !== undefined);
  const members = Object.entries(object).flatMap(([name, value]): [string, string | number | boolean][] =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [],
  );
  if (members.length !== names.length) throw wrongPath('members that are declared, each once, and no other');
  return new Map(members);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed(expected: string): Problem {
  return new Problem('request/malformed', {
    detail: `body: expected ${expected}`,
    errors: [{ path: 'body', code: 'request/malformed', expected }],
  });
}
