import { type Operation, VALUE } from '../domain/operation.ts';
import { type ProxyTarget, wrongPath } from './proxy-target.ts';

/** A request that is one of the declared operations, and the identifier as the client wrote it. */
export interface Matched {
  readonly operation: Operation;
  readonly value: string;
}

/** Members of the body: text, numbers and booleans. Empty where a request has no body. */
export type Members = ReadonlyMap<string, string | number | boolean>;

const UNDECLARED = 'a request as the dataset declares it: its path, its parameters, each once, and no other';

/**
 * Operations that a request's path and query fit; what its body holds is not known yet.
 * @throws Problem `request/path` where there is none.
 */
export function operationsFor(
  operations: readonly Operation[],
  method: string,
  target: ProxyTarget,
): readonly Operation[] {
  const fitting = operations.filter(
    (operation) =>
      operation.method === method &&
      fitsPath(operation, target.segments) &&
      fits(new Map(Object.entries(operation.query)), target.query),
  );
  if (fitting.length === 0) throw wrongPath(UNDECLARED);
  return fitting;
}

/** The one operation of `candidates` that the body fits too. @throws Problem `request/path` */
export function matchOperation(candidates: readonly Operation[], target: ProxyTarget, body: Members): Matched {
  const [operation, ...others] = candidates.filter((one) => fits(new Map(Object.entries(one.body)), body));
  // Two at once are refused when the registry is built.
  if (operation === undefined || others.length > 0) throw wrongPath(UNDECLARED);
  const value = valueIn(operation, target, body);
  if (typeof value !== 'string') throw wrongPath('the identifier as text');
  return { operation, value };
}

function fitsPath({ path }: Operation, segments: readonly string[]): boolean {
  const [, ...template] = path.split('/');
  return template.length === segments.length && template.every((part, i) => part === VALUE || part === segments[i]);
}

/** Exactly the declared names, each with the declared value. */
function fits(declared: Members, sent: Members): boolean {
  if (declared.size !== sent.size) return false;
  return [...declared].every(([name, value]) => sent.has(name) && (value === VALUE || value === sent.get(name)));
}

function valueIn({ path, query, body }: Operation, target: ProxyTarget, members: Members): unknown {
  const [, ...template] = path.split('/');
  const segment = template.indexOf(VALUE);
  if (segment >= 0) return target.segments[segment];
  const parameter = Object.keys(query).find((name) => query[name] === VALUE);
  if (parameter !== undefined) return target.query.get(parameter);
  const member = Object.keys(body).find((name) => body[name] === VALUE);
  return member === undefined ? undefined : members.get(member);
}
