import { z } from 'zod';
import type { Person } from '../domain/partnership.ts';
import type { Instant } from '../domain/time.ts';
import { type Action, type Leave, leaveFor, rolesWith } from '../registry/duties.ts';
import type { ErasableExchange } from './erasure-ports.ts';
import { personOf } from './person.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import type { Received } from './receive.ts';

/** Why, in a person's own words, for the log alone. */
export const reasonText = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/** Body of an approval and of a lift. */
export const reasonBody = z.strictObject({ reason: reasonText });

/** Somebody who may do this now, and how far. */
export interface Officer {
  readonly person: Person;
  readonly leave: Leave;
  readonly now: Instant;
  /** For the accountability details of an entry. */
  readonly who: {
    readonly issuer: string;
    readonly subject: string;
    readonly person: string;
    readonly partner: string;
    readonly address: string;
  };
}

/** @throws Problem `people/not-entitled` where the caller has no such duty. */
export function officerOf(ports: GatewayPorts, { caller, channel }: Received, action: Action): Officer {
  const person = personOf(ports, caller);
  const now = ports.clock.now();
  const leave = leaveFor(person, ports.rolesOf(person, now), action, ports.erasing.agreements, now);
  if (leave === null) {
    const detail = `This is for those who have one of these roles in the registry, and are not suspended: ${rolesWith(action).join(', ')}.`;
    throw new Problem('people/not-entitled', { detail });
  }
  const { issuer, subject } = caller;
  return {
    person,
    leave,
    now,
    who: { issuer, subject, person: person.id, partner: person.partner, address: channel.address },
  };
}

/** Whether the leave reaches an exchange: asked by the officer's side, put to its datasets, or by appointment for all. */
export function covers({ leave }: Officer, exchange: ErasableExchange, agreement: string | undefined): boolean {
  return (
    (leave.asker !== null && exchange.partner === leave.asker) ||
    (leave.holder !== null && exchange.holders.includes(leave.holder)) ||
    (agreement !== undefined && leave.agreements.includes(agreement))
  );
}

/** Whether the officer is the one who asked: nobody decides on the trace of an own question. */
export function concerns({ person }: Officer, exchange: ErasableExchange): boolean {
  return (
    exchange.person === person.id ||
    person.identities.some((own) => own.issuer === exchange.issuer && own.subject === exchange.subject)
  );
}

/** @throws Problem `request/malformed` saying what was expected. */
export function parsed<T>(schema: z.ZodType<T>, body: unknown, expected: string): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.join('.') ?? '';
  throw new Problem('request/malformed', { errors: [{ path, code: 'request/malformed', expected }] });
}
