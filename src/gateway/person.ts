import type { Caller } from '../domain/caller.ts';
import type { Person } from '../domain/partnership.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';

/** The registered person behind a caller. @throws Problem `people/unregistered` */
export function personOf(ports: GatewayPorts, caller: Caller): Person {
  const person = ports.registry.personOf(caller.issuer, caller.subject);
  if (person === undefined)
    throw new Problem('people/unregistered', {
      detail: 'Ask your organisation to register this account with the partnership.',
    });
  return person;
}
