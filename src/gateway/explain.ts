import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import type { Person } from '../domain/partnership.ts';
import { explainDraft } from '../ledger/record.ts';
import { enquiryBody, parseEnquiry } from './enquiry-schema.ts';
import { type Reader, readersOf, tellLeg } from './explain-readers.ts';
import { explainOwn } from './explain-recorded.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';

/** Body of `POST /v1/explain`: a question, and for those who answer for the rules the person who would ask it. */
export const explainBody = enquiryBody.extend({ person: z.string().min(1).max(64).optional() });
/** A body that names an exchange asks for a decision that was recorded. */
const recordedAsked = z.looseObject({ exchange: z.unknown().nonoptional() });
const named = z.looseObject({ person: explainBody.shape.person });

/**
 * `POST /v1/explain`: what the rules say of a question and why, without asking it. Everybody is told in the caller's words;
 * compliance officers and auditors also in their own, and they may name a person of their own partner: then that person's
 * facts count, with the sign-in and the network of this request. Recorded before it is told; no holder is asked. A body
 * `{exchange}` has a recorded decision of one's own explained.
 */
export function postExplain(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const { caller, channel, asker } = receivedOf(req);
    const now = ports.clock.now();
    const person = ports.registry.personOf(caller.issuer, caller.subject) ?? null;
    const readers = person === null ? [] : readersOf(person, ports.rolesOf(person, now), now);
    if (recordedAsked.safeParse(req.body).success) {
      await explainOwn(ports, req, res, readers);
      return;
    }
    const { about, body } = aboutWhom(ports, person, readers, req.body);
    const enquiry = parseEnquiry(body, (id) => ports.registry.dataset(id) !== undefined);

    const exchange = ports.newExchangeId();
    const submission = { exchange, caller: posedBy(caller, about), asker, channel, enquiry };
    const { decision, legs, versions } = ports.explain(submission, now);
    for (const defect of decision.defects)
      ports.log('defect', { error: defect instanceof Error ? defect.stack : String(defect) });

    // A crash before this is durable: nothing was told. After it: an explanation is recorded that nobody received.
    const recorded = { exchange, caller, person, asker, address: channel.address, enquiry, versions };
    const { index } = await ports.ledger.append(
      explainDraft({ ...recorded, decided: decision.legs, facts: decision.facts }, { about, readers }),
    );
    ports.log('explained', { exchange, legs: legs.map(({ dataset, allowed }) => ({ dataset, allowed })) });
    res.json({
      exchange,
      allowed: legs.every((leg) => leg.allowed),
      ...(about === null ? {} : { person: about.id }),
      explanations: legs.map((leg) => tellLeg(leg, readers)),
      rulebook: versions.rulebook,
      ...(readers.includes('auditor') ? { versions } : {}),
      entry: index,
    });
  };
}

/** The person named, if any; an unknown one and one of another partner are the same mistake. */
function aboutWhom(
  ports: GatewayPorts,
  person: Person | null,
  readers: readonly Reader[],
  body: unknown,
): { readonly about: Person | null; readonly body: unknown } {
  const parsed = named.safeParse(body);
  // Whoever reads only the caller's words has no such field: then it is for the schema of questions to say so.
  if (!parsed.success || parsed.data.person === undefined || readers.length === 0) return { about: null, body };
  const { person: id, ...question } = parsed.data;
  const about = ports.registry.person(id);
  if (about === undefined || about.partner !== person?.partner || about.identities.length === 0) {
    const expected = 'a person of your own organisation who can sign in';
    throw new Problem('request/malformed', {
      detail: `person: expected ${expected}`,
      errors: [{ path: 'person', code: 'request/malformed', expected }],
    });
  }
  return { about, body: question };
}

/** As if the person named had sent this request. */
function posedBy(caller: Caller, about: Person | null): Caller {
  const [identity] = about?.identities ?? [];
  return identity === undefined ? caller : { ...caller, issuer: identity.issuer, subject: identity.subject };
}
