import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Person } from '../domain/partnership.ts';
import { inForce } from '../domain/partnership.ts';
import { personOf } from './person.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { type Received, receivedOf } from './receive.ts';

/** Body of a pause: why, for the log. */
export const pauseBody = z.strictObject({
  reason: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u),
});

/** Who of a holder may pause and resume its datasets. */
const ROLE = 'data-steward';

/** Stopping every question to a dataset, and letting them through again. */
export interface Pausing {
  /**
   * `POST /v1/datasets/{id}/pause`: the holder's own people stop every question to a dataset, at once. It holds from the
   * moment of the request, before it is recorded: if the log is away it holds all the same, until the gateway ends.
   */
  readonly pause: RequestHandler<{ id: string }>;
  /** `POST /v1/datasets/{id}/resume`: questions are put again, once that is recorded, unless a pause came meanwhile. */
  readonly resume: RequestHandler<{ id: string }>;
}

export function createPausing(ports: GatewayPorts): Pausing {
  /** How often each dataset was paused: what was asked last stands, whichever is heard to be recorded last. */
  const pauses = new Map<string, number>();
  return {
    pause: async (req, res) => {
      const { dataset, steward, reason } = entitled(ports, receivedOf(req), req.params.id, req.body);
      pauses.set(dataset, (pauses.get(dataset) ?? 0) + 1);
      ports.live.pause(dataset);
      const entry = await record(ports, 'pause', { dataset, steward, reason });
      ports.log('pause', { dataset, entry });
      res.json({ dataset, paused: true, entry });
    },
    resume: async (req, res) => {
      const { dataset, steward, reason } = entitled(ports, receivedOf(req), req.params.id, req.body);
      const before = pauses.get(dataset);
      const entry = await record(ports, 'resume', { dataset, steward, reason });
      if (pauses.get(dataset) === before) ports.live.resume(dataset);
      ports.log('resume', { dataset, entry });
      res.json({ dataset, paused: ports.live.isPaused(dataset), entry });
    },
  };
}

/** A dataset of another holder and one that does not exist are told alike. */
function entitled(ports: GatewayPorts, { caller, channel }: Received, id: string, body: unknown) {
  const person = personOf(ports, caller);
  const dataset = ports.registry.dataset(id);
  const now = ports.clock.now();
  const isSteward = person.roles.some((role) => role.name === ROLE && inForce(role, now));
  const isSuspended = person.suspensions.some((suspension) => inForce(suspension, now));
  if (dataset?.holder !== person.partner || !isSteward || isSuspended)
    throw new Problem('people/not-entitled', {
      detail: 'This is for data stewards of the partner that holds the dataset.',
    });
  const parsed = pauseBody.safeParse(body);
  if (!parsed.success) {
    const expected = 'why: {"reason": "…"}, at most 1000 characters';
    throw new Problem('request/malformed', { errors: [{ path: 'reason', code: 'request/malformed', expected }] });
  }
  const { issuer, subject } = caller;
  return {
    dataset: dataset.id,
    reason: parsed.data.reason,
    steward: { person, issuer, subject, address: channel.address },
  };
}

interface Change {
  readonly dataset: string;
  readonly reason: string;
  readonly steward: {
    readonly person: Person;
    readonly issuer: string;
    readonly subject: string;
    readonly address: string;
  };
}

async function record(
  ports: GatewayPorts,
  kind: 'pause' | 'resume',
  { dataset, reason, steward }: Change,
): Promise<number> {
  const { person, ...from } = steward;
  const { index } = await ports.ledger.append({
    kind,
    exchange: ports.newExchangeId(),
    accountability: { who: { ...from, person: person.id, partner: person.partner }, dataset, reason },
    subject: null,
    change: { kind, dataset },
  });
  return index;
}
