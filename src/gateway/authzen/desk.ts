import type { Request } from 'express';
import type { ExchangeId } from '../../domain/ids.ts';
import { inForce, type Person } from '../../domain/partnership.ts';
import type { Instant } from '../../domain/time.ts';
import { readersOf } from '../explain-readers.ts';
import { personOf } from '../person.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { type Received, receivedOf } from '../receive.ts';
import type { AuthzenPorts, Evaluator } from './ports.ts';

/** One request to the decision point: who makes it, when, and by which rules it is answered. */
export interface Desk extends Received {
  readonly authzen: AuthzenPorts;
  readonly registry: GatewayPorts['registry'];
  readonly evaluator: Evaluator;
  readonly person: Person;
  /** Answers for the rules or audits them, and so is told the reasons of colleagues' refusals. */
  readonly officer: boolean;
  readonly exchange: ExchangeId;
  readonly now: Instant;
}

/**
 * The caller at the decision point: a registered person, or the account of an enforcement point that is registered as one.
 * @throws Problem `people/unregistered`, `people/suspended`
 */
export function deskFor(ports: GatewayPorts, req: Request): Desk {
  const received = receivedOf(req);
  const now = ports.clock.now();
  const person = personOf(ports, received.caller);
  if (person.suspensions.some((suspension) => inForce(suspension, now))) throw new Problem('people/suspended');
  return {
    ...received,
    authzen: ports.authzen,
    registry: ports.registry,
    evaluator: ports.authzen.evaluator(),
    person,
    officer: readersOf(person, ports.rolesOf(person, now), now).length > 0,
    exchange: ports.newExchangeId(),
    now,
  };
}
