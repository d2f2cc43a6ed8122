import type { Facts } from '../../domain/facts.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { DecidedExchange } from '../../ledger/exchange-text.ts';
import type { ErasedExchange } from '../../ledger/export/exported.ts';

/** One exchange of the log, opened, or why it cannot be. `at`: index of its first entry. */
export type ReplayStep =
  | { readonly at: number; readonly exchange: DecidedExchange | ErasedExchange }
  | { readonly at: number; readonly problem: string };

type Kind = 'text' | 'number' | 'flag' | 'texts';

/** Facts that every decision of this build has; the others may be missing, and then that is what was known. */
export const ALWAYS: Readonly<Record<string, Kind>> = {
  'clock.now': 'number',
  'caller.person': 'text',
  'caller.partner': 'text',
  'caller.roles': 'texts',
  'caller.suspended': 'flag',
  'token.bound': 'flag',
  'channel.networks': 'texts',
  'agreement.id': 'text',
  'agreement.from': 'number',
  'agreement.until': 'number',
  'agreement.time-zone': 'text',
  'project.id': 'text',
  'project.partner': 'text',
  'project.from': 'number',
  'project.until': 'number',
  'project.legal-basis': 'text',
  'project.case-pattern': 'text',
  'project.member': 'flag',
  'enquiry.purpose': 'text',
  'enquiry.output': 'text',
  'enquiry.scheme': 'text',
  'enquiry.full': 'flag',
  'dataset.id': 'text',
  'dataset.holder': 'text',
};
const SOMETIMES: Readonly<Record<string, Kind>> = {
  'token.acr': 'text',
  'token.amr': 'texts',
  'token.auth-time': 'number',
  'enquiry.case': 'text',
  'dataset.paused': 'flag',
};
const [NEEDED, SOME] = [new Map(Object.entries(ALWAYS)), new Map(Object.entries(SOMETIMES))];
const NAMED = /^(accreditation|training|undertaking)\./;

/** Facts as they were sealed with a decision; null where they are not those that a decision of this build has. */
export function frozenFacts(recorded: JsonObject): Facts | null {
  return areFacts(recorded) ? recorded : null;
}

function areFacts(recorded: JsonObject): recorded is JsonObject & Facts {
  let always = 0;
  for (const name in recorded) {
    const needed = NEEDED.get(name);
    if (needed !== undefined) always += 1;
    const kind = needed ?? SOME.get(name) ?? (NAMED.test(name) ? 'number' : null);
    if (kind === null || !isOf(kind, recorded[name])) return false;
  }
  return always === NEEDED.size;
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === 'number') return typeof value === 'number';
  if (kind === 'flag') return typeof value === 'boolean';
  if (kind === 'text') return typeof value === 'string';
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
