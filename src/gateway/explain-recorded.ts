import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseExchangeId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Digest } from '../domain/versions.ts';
import type { OpenedExchange, OpenedLeg } from '../ledger/opened.ts';
import type { LegExplanation, ToldFinding } from '../safes/explain/explain.ts';
import type { RecordedLeg } from '../safes/explain/recorded.ts';
import { parsed } from './audit/desk.ts';
import { type Reader, tellLeg } from './explain-readers.ts';
import type { GatewayPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { receivedOf } from './receive.ts';

/** Body of `POST /v1/explain` for a decision that was recorded: an exchange of one's own. */
export const explainRecordedBody = z.strictObject({ exchange: z.string().min(1).max(64) });

const SAY = {
  atHand: 'Explained from the facts as recorded, with the rules that decided.',
  other: 'Other rules are in force now than those that decided: the findings are told as recorded, without their rows.',
} as const;

/**
 * A recorded decision of one's own, explained from its frozen facts. Another's exchange and an unknown one are the same
 * 404. It is a reading of the log: recorded, in a tree of known size, before anything is opened.
 */
export async function explainOwn(ports: GatewayPorts, req: Request, res: Response, readers: readonly Reader[]) {
  const { caller, channel, asker } = receivedOf(req);
  const id = parseExchangeId(parsed(explainRecordedBody, req.body).exchange);
  const found = id === undefined ? null : await ports.findExchange(id);
  if (found?.standing.asker !== asker) throw new Problem('exchange/unknown');

  const person = ports.registry.personOf(caller.issuer, caller.subject);
  const exchange = ports.newExchangeId();
  // A crash before this is durable: nothing was opened. After it: a reading is recorded that nobody received.
  const { index } = await ports.ledger.append({
    kind: 'reading',
    exchange,
    accountability: {
      who: {
        issuer: caller.issuer,
        subject: caller.subject,
        person: person?.id ?? null,
        partner: person?.partner ?? null,
        address: channel.address,
      },
      use: 'self-monitoring',
      reason: 'The asker had a decision of their own explained.',
      query: { explained: found.exchange },
      source: 'POST /v1/explain',
    },
    subject: null,
  });
  ports.log('reading', { entry: index });
  const opened = await openedIn(ports, found.exchange, index + 1);
  if (opened === null) throw new Problem('exchange/unknown', { detail: 'Its details were erased.' });
  const { legs, recorded, active } = explainOpened(ports, opened, opened.legs);
  res.json({
    exchange,
    allowed: legs.every((leg) => leg.allowed),
    explanations: legs.map((leg) => tellLeg(leg, readers)),
    recorded,
    rulebook: active,
    entry: index,
  });
}

/** The exchange as of the tree of `size`; null where there is none, it was not asked, or its details were erased. */
export async function openedIn({ audit: { search } }: GatewayPorts, exchange: string, size: number) {
  const place = await search.placeOf(exchange, size);
  const [opened = null] = place === null ? [] : await search.open([place], size);
  return opened?.explained === undefined ? opened : null;
}

/**
 * Explains an exchange that was opened.
 * @param legs those that may be told. @returns explanations in the order of `legs`, and what is said of the record.
 */
export function explainOpened(ports: GatewayPorts, opened: OpenedExchange, legs: readonly OpenedLeg[]) {
  const { asked, outcome, exchange, result, versions, output } = opened;
  const { legs: told, ...version } = ports.explainRecorded(legs.map(recordedLeg), output, versions.rulebook);
  const recorded: JsonObject = {
    exchange,
    time: (asked ?? outcome)?.time ?? null,
    result,
    rulebook: versions.rulebook,
    atHand: version.atHand,
    say: version.atHand ? SAY.atHand : SAY.other,
  };
  return { legs: told, recorded, active: version.active } satisfies {
    readonly legs: readonly LegExplanation[];
    readonly recorded: JsonObject;
    readonly active: Digest;
  };
}

function recordedLeg({ dataset, holder, findings, permit, facts }: OpenedLeg): RecordedLeg {
  const { people, projects, settings, data, outputs } = findings;
  return {
    dataset,
    holder,
    allowed: permit !== null,
    facts,
    findings: {
      people: toldFinding(people),
      projects: toldFinding(projects),
      settings: toldFinding(settings),
      data: toldFinding(data),
      outputs: toldFinding(outputs),
    },
  };
}

function toldFinding({ verdict, rule, code, say, remedy }: OpenedLeg['findings']['people']): ToldFinding {
  return { verdict, rule, code, say, ...(remedy === undefined ? {} : { remedy }) };
}
