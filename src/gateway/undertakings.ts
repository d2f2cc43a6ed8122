import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Undertaking } from '../domain/partnership.ts';
import { isoTime } from '../domain/time.ts';
import { personOf } from './person.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';

/** Body of `POST /v1/me/undertakings/{id}`: the version that was read. */
export const undertakingBody = z.strictObject({ version: z.int().min(1) });

/** The undertakings of the agreements that a person works under, and whether their present version was accepted. */
export function undertakingsOf(ports: GatewayPorts, person: string) {
  const accepted = ports.live.acceptedBy(person);
  return declared(ports, person).map(({ id, version, title, text }) => {
    const at = accepted.find((a) => a.undertaking === id && a.version === version)?.accepted;
    return { id, version, title, text, accepted: at === undefined ? null : isoTime(at) };
  });
}

/**
 * `POST /v1/me/undertakings/{id}`: I accept this undertaking, in the version that I name. Recorded before it counts.
 */
export function postUndertaking(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { caller, channel } = receivedOf(req);
    const person = personOf(ports, caller);
    const body = undertakingBody.safeParse(req.body);
    if (!body.success) {
      const expected = 'the version you have read: {"version": 1}';
      throw new Problem('request/malformed', { errors: [{ path: 'version', code: 'request/malformed', expected }] });
    }
    const undertaking = declared(ports, person.id).find((u) => u.id === req.params.id);
    if (undertaking === undefined) throw new Problem('undertaking/unknown');
    const { id, version } = undertaking;
    if (version !== body.data.version)
      throw new Problem('undertaking/version', { detail: `Read version ${version} first.` });

    const accepted = ports.clock.now();
    const { index } = await ports.ledger.append({
      kind: 'undertaking',
      exchange: ports.newExchangeId(),
      accountability: {
        who: {
          issuer: caller.issuer,
          subject: caller.subject,
          person: person.id,
          partner: person.partner,
          address: channel.address,
        },
        undertaking: { id, version },
      },
      subject: null,
      change: { kind: 'undertaking', person: person.id, undertaking: id, version },
    });
    ports.live.accept({ person: person.id, undertaking: id, version, accepted });
    res.json({ undertaking: id, version, accepted: isoTime(accepted), entry: index });
  };
}

function declared(ports: GatewayPorts, person: string): readonly Undertaking[] {
  const agreements = new Set(ports.registry.projectsOf(person).map((project) => project.agreement));
  const asked = [...agreements].flatMap((id) => ports.registry.agreement(id)?.undertakings ?? []);
  // Two agreements that ask for one promise ask for the same: the registry has seen to that.
  return [...new Map(asked.map((undertaking) => [undertaking.id, undertaking])).values()];
}
