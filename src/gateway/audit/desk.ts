import { z } from 'zod';
import { digestOf } from '../../domain/digest.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Person } from '../../domain/partnership.ts';
import { DAY, type Instant, SECOND } from '../../domain/time.ts';
import { PERMITTED_USE_NAMES, type PermittedUse } from '../../ledger/audit/permitted-use.ts';
import type { OpenedExchange } from '../../ledger/opened.ts';
import { type Action, type Leave, leaveFor } from '../../registry/duties.ts';
import { personOf } from '../person.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { Received } from '../receive.ts';
import type { AuditPorts } from './ports.ts';
import { agreementUnder, type Side, sideOf } from './scope.ts';
import { type ShownExchange, shownExchange } from './view.ts';

/** What every reading states: for which use the law permits it, and why, in the reader's own words. */
export const purposeOfReading = {
  use: z.enum(PERMITTED_USE_NAMES),
  reason: z
    .string()
    .min(1)
    .max(1_000)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u),
};

export interface Reader {
  readonly person: Person;
  readonly leave: Leave;
  readonly now: Instant;
}

/** @throws Problem `audit/not-entitled` unless the caller may do this, today. */
export function readerOf(ports: GatewayPorts, { caller }: Received, action: Action): Reader {
  const person = personOf(ports, caller);
  const now = ports.clock.now();
  const leave = leaveFor(person, ports.rolesOf(person, now), action, ports.audit.agreements, now);
  if (leave === null) throw new Problem('audit/not-entitled');
  return { person, leave, now };
}

export interface Reading {
  /** Index of the entry. */
  readonly index: number;
  /** The tree that holds it: what is read is read in this tree. */
  readonly size: number;
}

interface Stated {
  readonly use: PermittedUse;
  readonly reason: string;
  /** What is read; holds no identifier's value. */
  readonly query: JsonObject;
  /** Searched for; sealed apart from the rest, by a key of its own. Erasure by identifier does not reach it. */
  readonly by?: { readonly scheme: string; readonly value: string } | null;
}

/**
 * Records a reading. Nothing may be opened or searched before this resolves. A search by an identifier uses up one of the
 * day's, in the same transaction, so that neither a restart nor many requests at once give more of them.
 * @throws Problem `request/too-many` where they are used up: that, too, is recorded.
 */
export async function recordReading(
  ports: GatewayPorts,
  { caller, channel }: Received,
  { person, now }: Reader,
  { use, reason, query, by = null }: Stated,
): Promise<Reading> {
  const tomorrow = (Math.floor(now / DAY) + 1) * DAY;
  const key = digestOf(`five-safes identifier searches\n${person.id}\n${tomorrow}`);
  const limit = ports.audit.identifierSearchesPerDay;
  const { issuer, subject } = caller;
  const { index, spent } = await ports.ledger.append({
    kind: 'reading',
    exchange: ports.newExchangeId(),
    accountability: {
      who: { issuer, subject, person: person.id, partner: person.partner, address: channel.address },
      use,
      reason,
      query,
      source: 'audit API',
    },
    subject: by === null ? null : { by: { ...by } },
    ...(by === null ? {} : { reservations: [{ dataset: 'audit', key, limit, expires: tomorrow }] }),
  });
  ports.log('reading', { entry: index });
  if (spent.length > 0) {
    throw new Problem('request/too-many', {
      detail: `Searches by identifier are limited to ${limit} a day.`,
      retryAfter: Math.ceil((tomorrow - now) / SECOND),
    });
  }
  return { index, size: index + 1 };
}

/** What is known of agreements and projects today. */
interface Registered {
  readonly audit: Pick<AuditPorts, 'agreements' | 'project'>;
}

/** The side from which a reader may see an exchange; null: it is not for the reader. */
export function sideFor({ audit }: Registered, { leave }: Pick<Reader, 'leave'>, opened: OpenedExchange): Side | null {
  return sideOf(leave, opened, (id) => audit.project(id));
}

/** An exchange as this reader may see it; null: not at all. */
export function shownTo(
  ports: Registered,
  reader: Pick<Reader, 'leave'>,
  opened: OpenedExchange,
): ShownExchange | null {
  const side = sideFor(ports, reader, opened);
  if (side === null) return null;
  const agreement = agreementUnder(opened, (id) => ports.audit.project(id));
  const sees = ports.audit.agreements.find(({ id }) => id === agreement)?.holderSees ?? [];
  return shownExchange(opened, side, reader.leave.holder, sees);
}

/** The body, parsed. @throws Problem `request/malformed` with each place. */
export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.') || '(body)',
    code: issue.code === 'unrecognized_keys' ? 'request/unknown-field' : 'request/malformed',
    expected: issue.message,
  }));
  throw new Problem('request/malformed', { errors });
}
