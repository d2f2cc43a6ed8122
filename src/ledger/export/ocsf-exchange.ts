import type { JsonObject } from '../../domain/json.ts';
import type { OpenedExchange, OpenedLeg } from '../opened.ts';
import { type Exported, isErased } from './exported.ts';
import { apiActivity, type EventSource, resourceOf, statusOf } from './ocsf.ts';

/** What the schema demands of an actor and an endpoint, where the log does not say, or this reader is not told. */
export const NOT_DISCLOSED = 'not-disclosed';

/** One exchange as one event, with the details that were opened. An exchange is a reading of a holder's records. */
export function ocsfOf(source: EventSource, exchange: Exported): JsonObject {
  const place = exchange.outcome ?? exchange.asked;
  const common = {
    uid: `${exchange.exchange}:exchange`,
    exchange: exchange.exchange,
    index: place?.index ?? 0,
    time: (exchange.asked ?? exchange.outcome)?.time ?? '1970-01-01T00:00:00.000Z',
    code: 'exchange',
    activity: 'Read',
    operation: 'exchange',
    statusCode: exchange.result,
    message: `Exchange ${exchange.exchange}: ${exchange.result}`,
    ...statusOf(exchange.result),
  } as const;
  const entries = { asked: exchange.asked, outcome: exchange.outcome };
  if (isErased(exchange)) {
    return apiActivity(source, {
      ...common,
      actor: { app_name: NOT_DISCLOSED },
      source: { name: NOT_DISCLOSED },
      unmapped: { entries },
    });
  }
  return apiActivity(source, {
    ...common,
    ...detailOf(exchange),
    actor: actorOf(exchange),
    source: exchange.who.address === '' ? { name: NOT_DISCLOSED } : { ip: exchange.who.address },
    resources: exchange.legs.map((leg) => resourceOf(leg.dataset, leg.holder, stateOf(leg))),
    observables: observablesOf(exchange),
    unmapped: {
      entries,
      project: exchange.project,
      purpose: plain(exchange.purpose),
      case: exchange.case,
      justification: exchange.justification,
      output: exchange.output,
      by: exchange.by === null ? null : plain(exchange.by),
      answer: exchange.answer,
      versions: plain(exchange.versions),
      legs: exchange.legs.map(({ dataset, holder, findings, permit, ...leg }) => ({
        dataset,
        holder,
        ...stateOf(leg),
        findings: plain(findings),
        permit: permit === null ? null : plain(permit),
      })),
    },
  });
}

function actorOf({ who }: OpenedExchange): JsonObject {
  return {
    user: {
      uid: who.person ?? who.subject,
      name: who.subject,
      type_id: 1,
      type: 'User',
      ...(who.partner === null ? {} : { org: { uid: who.partner, name: who.partner } }),
    },
    session: { issuer: who.issuer, ...(who.token === null ? {} : { uid: who.token }) },
  };
}

function stateOf({ state, code, rows }: Pick<OpenedLeg, 'state' | 'code' | 'rows'>): JsonObject {
  return { state, ...(code === null ? {} : { code }), ...(rows === null ? {} : { rows }) };
}

function detailOf({ legs }: OpenedExchange): { readonly statusDetail?: string } {
  const said = legs.flatMap((leg) => Object.values(leg.findings)).flatMap((finding) => refusalOf(finding));
  const detail = [...new Set(said)].join(' ');
  return detail === '' ? {} : { statusDetail: detail };
}

function refusalOf(finding: unknown): readonly string[] {
  if (typeof finding !== 'object' || finding === null || !('verdict' in finding) || !('say' in finding)) return [];
  return finding.verdict === 'refuse' && typeof finding.say === 'string' ? [finding.say] : [];
}

/** What a SIEM searches by. 2 and 10 are the schema's IP Address and Resource UID; identifiers have no type there. */
function observablesOf({ who, legs, by }: OpenedExchange): readonly JsonObject[] {
  return [
    ...(who.address === '' ? [] : [{ name: 'src_endpoint.ip', type_id: 2, type: 'IP Address', value: who.address }]),
    ...legs.map(({ dataset }) => ({ name: 'resources.uid', type_id: 10, type: 'Resource UID', value: dataset })),
    ...(by === null ? [] : [{ name: 'unmapped.by.value', type_id: 99, type: by.scheme, value: by.value }]),
  ];
}

/** Members that a later version added to the details are of JSON too: they were parsed from it. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
