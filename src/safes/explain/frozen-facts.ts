import { z } from 'zod';
import type { Facts } from '../../domain/facts.ts';
import type { JsonObject } from '../../domain/json.ts';

const text = z.string().optional();
const texts = z.array(z.string()).optional();
const number = z.number().optional();
const flag = z.boolean().optional();

/** Kinds of the facts that conditions read, as `domain/facts.ts` has them. */
const kinds = z.looseObject({
  'clock.now': number,
  'caller.person': text,
  'caller.partner': text,
  'caller.roles': texts,
  'caller.suspended': flag,
  'token.acr': text,
  'token.amr': texts,
  'token.auth-time': number,
  'token.bound': flag,
  'channel.networks': texts,
  'agreement.id': text,
  'agreement.from': number,
  'agreement.until': number,
  'agreement.time-zone': text,
  'project.id': text,
  'project.partner': text,
  'project.from': number,
  'project.until': number,
  'project.legal-basis': text,
  'project.case-pattern': text,
  'project.member': flag,
  'enquiry.purpose': text,
  'enquiry.case': text,
  'enquiry.output': text,
  'enquiry.scheme': text,
  'enquiry.full': flag,
  'dataset.id': text,
  'dataset.holder': text,
  'dataset.paused': flag,
});
const NAMED = /^(accreditation|training|undertaking)\./;

function areFacts(recorded: unknown): recorded is Facts {
  const parsed = kinds.safeParse(recorded);
  return (
    parsed.success &&
    Object.entries(parsed.data).every(([name, value]) => !NAMED.test(name) || typeof value === 'number')
  );
}

/** Facts as they were sealed with a decision; null where they are not of the form that rules are asked with. */
export function frozenFacts(recorded: JsonObject): Facts | null {
  return areFacts(recorded) ? recorded : null;
}
