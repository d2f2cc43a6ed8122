import { setImmediate } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { parseExchangeId } from '../domain/ids.ts';
import { isoTime } from '../domain/time.ts';
import {
  ERASED_PARTS,
  ERASURE_GROUNDS,
  type ErasureGround,
  erasureStateAt,
  SECOND_PERSON_WITHIN,
  type StoredErasure,
} from '../ledger/erasure.ts';
import { heldAmong, holdKeysOf } from './blocking.ts';
import type { ErasableExchange, ErasingPorts } from './erasure-ports.ts';
import { forgetErased } from './forget-erased.ts';
import { concerns, covers, type Officer, officerOf, parsed, reasonBody, reasonText } from './officer.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';

/** Exchanges in one proposal: what a second person can still look at. */
const MOST_EXCHANGES = 500;
/** Entries looked at between two rests of a search. */
const LOOKED_AT = 4_096;

const isGround = (text: string): text is ErasureGround => text in ERASURE_GROUNDS;
const common = { ground: z.string().refine(isGround), reason: reasonText } as const;
const byExchange = z.strictObject({ exchange: z.string(), parts: z.enum(ERASED_PARTS), ...common });
const byIdentifier = z.strictObject({
  identifier: z.strictObject({ scheme: z.string().max(64), value: z.string().min(1).max(256) }),
  ...common,
});
const byAgreement = z.strictObject({
  agreement: z.string().max(64),
  before: z.iso.datetime(),
  parts: z.enum(ERASED_PARTS),
  ...common,
});

/** Body of `POST /v1/erasures`: by exchange, by what was searched for, or by age under an agreement. */
export const erasureBody = z.union([byExchange, byIdentifier, byAgreement]);
type ErasureBody = z.output<typeof erasureBody>;

const EXPECTED =
  '{"exchange": id, "parts": "subject" or "whole"}, {"identifier": {"scheme", "value"}} or {"agreement", "before", "parts"}, ' +
  `each with "ground" (${Object.keys(ERASURE_GROUNDS).join(', ')}) and "reason"`;

/**
 * `POST /v1/erasures`: proposes to destroy the keys of details. Nothing is destroyed before a second person approved.
 * What the officer's leave doesn't reach, is erased already or was never asked is told alike.
 */
export function postErasure(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const officer = officerOf(ports, receivedOf(req), 'erasure/propose');
    const body = parsed(erasureBody, req.body, EXPECTED);
    const found = (await sought(ports.erasing, officer, body)).filter((one) =>
      covers(officer, one, ports.erasing.agreementOf(one)),
    );
    if (found.length === 0) throw new Problem('erasure/unknown');
    decent(ports, officer, found);
    const id = ports.newExchangeId();
    const parts = 'parts' in body ? body.parts : 'subject';
    const exchanges = found.map((one) => one.exchange);
    const { index } = await ports.ledger.append({
      kind: 'erasure',
      exchange: id,
      accountability: {
        event: 'proposed',
        who: officer.who,
        by: wayOf(body),
        parts,
        ground: body.ground,
        reason: body.reason,
        exchanges,
      },
      subject: null,
      change: {
        kind: 'erasure-proposed',
        proposal: {
          id,
          parts,
          ground: body.ground,
          exchanges,
          proposer: officer.person.id,
          partner: officer.person.partner,
          proposed: officer.now,
        },
      },
    });
    ports.log('erasure-proposed', { erasure: id, exchanges: exchanges.length, entry: index });
    const expires = isoTime(officer.now + SECOND_PERSON_WITHIN);
    res.status(201).json({ erasure: id, state: 'proposed', parts, exchanges, expires, entry: index });
  };
}

/** `POST /v1/erasures/{id}/approve`: the second person. The entry is durable first, then the keys are destroyed. */
export function postErasureApproval(ports: GatewayPorts): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const officer = officerOf(ports, receivedOf(req as Request), 'erasure/approve');
    const { reason } = parsed(reasonBody, req.body, 'why: {"reason": "…"}, at most 1000 characters');
    const proposal = ports.erasing.erasure(req.params.id);
    const found = proposal === null ? [] : exchangesOf(ports, proposal);
    if (proposal === null || !found.every((one) => covers(officer, one, ports.erasing.agreementOf(one))))
      throw new Problem('erasure/unknown');
    const open = await Promise.all(found.map(async (one) => (await ports.findExchange(one.exchange))?.standing));
    if (open.some((standing) => standing?.outcome === null)) throw new Problem('erasure/open');
    const state = erasureStateAt(proposal, officer.now);
    if (state !== 'proposed' || found.length === 0)
      throw new Problem('erasure/state', {
        detail: state === 'proposed' ? 'Nothing of it is left.' : `It is ${state}.`,
      });
    if (proposal.proposer === officer.person.id) throw new Problem('people/same-person');
    decent(ports, officer, found);
    const { id, parts, ground } = proposal;
    const { index } = await ports.ledger.append({
      kind: 'erasure',
      exchange: ports.newExchangeId(),
      accountability: {
        event: 'approved',
        erasure: id,
        who: officer.who,
        proposer: proposal.proposer,
        parts,
        ground,
        reason,
        exchanges: found.map((one) => one.exchange),
      },
      subject: null,
      change: {
        kind: 'erase',
        proposal: id,
        approver: officer.person.id,
        parts,
        exchanges: found.map((one) => ({ exchange: one.exchange, holdKeys: holdKeysOf(ports.erasing, one) })),
      },
    });
    await forgetErased(
      ports,
      found.map((one) => one.exchange),
      parts,
    );
    ports.log('erased', { erasure: id, exchanges: found.length, entry: index });
    res.json({ erasure: id, state: 'done', parts, exchanges: proposal.exchanges, entry: index });
  };
}

/** `GET /v1/erasures`: those of the officer's own partner, and those that it could approve. */
export function getErasures(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const officer = officerOf(ports, receivedOf(req), 'erasure/list');
    const mine: StoredErasure[] = [];
    for (const one of ports.erasing.erasures()) {
      if (one.partner === officer.person.partner) mine.push(one);
      if (one.partner === officer.person.partner || erasureStateAt(one, officer.now) !== 'proposed') continue;
      const left = exchangesOf(ports, one);
      const approvable = left.every((each) => covers(officer, each, ports.erasing.agreementOf(each)));
      if (left.length > 0 && approvable) mine.push(one);
      // Each is of up to five hundred exchanges, which are opened: requests that wait go first.
      await setImmediate();
    }
    res.json({
      erasures: mine.map((one) => ({
        erasure: one.id,
        state: erasureStateAt(one, officer.now),
        parts: one.parts,
        ground: one.ground,
        exchanges: one.exchanges,
        proposer: one.proposer,
        approver: one.approver,
        expires: isoTime(one.proposed + SECOND_PERSON_WITHIN),
      })),
    });
  };
}

/** Those of the proposal that are not erased meanwhile. */
function exchangesOf({ erasing }: GatewayPorts, proposal: StoredErasure): readonly ErasableExchange[] {
  return erasing.exchanges(proposal.exchanges.flatMap((text) => parseExchangeId(text) ?? []));
}

/** @throws Problem where the officer asked one of them, one is still open, or a legal hold blocks one. */
function decent(ports: GatewayPorts, officer: Officer, found: readonly ErasableExchange[]): void {
  if (found.some((one) => concerns(officer, one)))
    throw new Problem('people/same-person', { detail: 'You asked one of these questions yourself.' });
  if (heldAmong(ports.erasing, found).length > 0) throw new Problem('erasure/held');
}

async function sought(
  erasing: ErasingPorts,
  officer: Officer,
  body: ErasureBody,
): Promise<readonly ErasableExchange[]> {
  if ('exchange' in body) {
    const id = parseExchangeId(body.exchange);
    return id === undefined ? [] : erasing.exchanges([id]);
  }
  if ('identifier' in body) {
    const { scheme } = body.identifier;
    const value = erasing.canonical(scheme, body.identifier.value);
    if (value === undefined) throw new Problem('request/unknown-scheme');
    return collect(erasing, { identifier: { scheme, value } }, () => true);
  }
  const before = Math.min(Date.parse(body.before), officer.now);
  return collect(erasing, { before }, (one) => erasing.agreementOf(one) === body.agreement);
}

/** The oldest ones, at most as many as one proposal holds: what is left is for the next. */
async function collect(
  erasing: ErasingPorts,
  query: Parameters<ErasingPorts['findExchanges']>[0],
  wanted: (one: ErasableExchange) => boolean,
): Promise<readonly ErasableExchange[]> {
  const all: ErasableExchange[] = [];
  for (let from = 0, done = false; !done && all.length < MOST_EXCHANGES; ) {
    const { found, next, ended } = await erasing.findExchanges(query, from, LOOKED_AT);
    all.push(...found.filter(wanted));
    from = next;
    done = ended;
  }
  return all.slice(0, MOST_EXCHANGES);
}

/** How the exchanges were chosen; never the value that was searched for. */
function wayOf(body: ErasureBody) {
  if ('exchange' in body) return { way: 'exchange' };
  if ('identifier' in body) return { way: 'identifier', scheme: body.identifier.scheme };
  return { way: 'agreement', agreement: body.agreement, before: body.before };
}
