import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { evaluationDraft, type RecordedEvaluation } from '../../ledger/evaluation.ts';
import { parsed } from '../audit/desk.ts';
import type { GatewayPorts } from '../ports.ts';
import { type Desk, deskFor } from './desk.ts';
import { type Judged, judge } from './judge.ts';
import { evaluationBody, evaluationsBody, type SEMANTICS } from './wire.ts';

type Semantic = (typeof SEMANTICS)[number];

/** `POST /access/v1/evaluation` (section 6): may this person do this? */
export function postEvaluation(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const desk = deskFor(ports, req);
    const judged = judge(desk, parsed(evaluationBody, req.body));
    await record(ports, req, desk, [judged.recorded]);
    res.json(told(judged));
  };
}

/** `POST /access/v1/evaluations` (section 7): several at once, each with what stands at the top where it has none of its own. */
export function postEvaluations(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const desk = deskFor(ports, req);
    const { evaluations = [], options, ...defaults } = parsed(evaluationsBody, req.body);
    if (evaluations.length === 0) {
      const judged = judge(desk, parsed(evaluationBody, req.body));
      await record(ports, req, desk, [judged.recorded]);
      res.json(told(judged));
      return;
    }
    const semantic = options?.evaluations_semantic ?? 'execute_all';
    const judged = inTurn(desk, evaluations, defaults, semantic);
    await record(
      ports,
      req,
      desk,
      judged.map((one) => one.recorded),
    );
    res.json({ evaluations: judged.map(told) });
  };
}

/** One after the other, up to the first denial or permit where the semantic says so: that one is among them. */
function inTurn(
  desk: Desk,
  evaluations: readonly JsonObject[],
  { subject, action, resource, context }: Omit<z.output<typeof evaluationsBody>, 'evaluations' | 'options'>,
  semantic: Semantic,
): readonly Judged[] {
  const judged: Judged[] = [];
  for (const evaluation of evaluations) {
    const merged = evaluationBody.safeParse({ subject, action, resource, context, ...evaluation });
    const one = merged.success ? judge(desk, merged.data) : malformed(merged.error);
    judged.push(one);
    if (semantic === 'deny_on_first_deny' && !one.decision) break;
    if (semantic === 'permit_on_first_permit' && one.decision) break;
  }
  return judged;
}

/** An evaluation that lacks something is an error of its own, and the others are made. */
function malformed(error: z.ZodError): Judged {
  const places = [...new Set(error.issues.map(({ path }) => path.map(String).join('.')))];
  const message = `Missing or not as expected: ${places.join(', ')}.`;
  return {
    decision: false,
    obligations: [],
    context: { error: { status: 400, message } },
    recorded: { subject: '', action: '', resource: '', decision: false, judged: null, error: message },
  };
}

function told({ decision, context }: Judged): JsonObject {
  return Object.keys(context).length === 0 ? { decision } : { decision, context };
}

/** A crash before this is durable: nothing was told. After it: evaluations are recorded that nobody received. */
export async function record(
  ports: GatewayPorts,
  req: Request,
  desk: Desk,
  evaluations: readonly RecordedEvaluation[],
): Promise<void> {
  const { exchange, caller, person, channel, evaluator } = desk;
  const { versions } = evaluator;
  const request = req.get('x-request-id')?.slice(0, 256) ?? null;
  const draft = { exchange, caller, person, address: channel.address, route: req.path, request, versions, evaluations };
  await ports.ledger.append(evaluationDraft(draft));
  req.res?.set('Five-Safes-Exchange', exchange);
  const allowed = evaluations.filter(({ decision }) => decision).length;
  ports.log('evaluated', { exchange, evaluations: evaluations.length, allowed });
}
