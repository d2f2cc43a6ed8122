import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { SAFES } from '../../domain/safe.ts';
import type { OpenedExchange } from '../opened.ts';

/**
 * By what entries are found. `put-to`: holder of a leg that was permitted, so that the holder may know of it. `rule`:
 * `agreement/rule`, be it the deciding rule of a finding or that of a field.
 */
export const ATTRIBUTES = [
  'person',
  'partner',
  'holder',
  'put-to',
  'dataset',
  'agreement',
  'project',
  'case',
  'purpose',
  'output',
  'scheme',
  'identifier',
  'result',
  'state',
  'refused-by',
  'code',
  'rule',
  'rulebook',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

export interface Term {
  readonly attribute: Attribute;
  readonly value: string;
}

/** Terms of an entry, apart as its details are: those of the subject part go when its key goes. */
export interface Terms {
  readonly accountability: readonly Term[];
  readonly subject: readonly Term[];
}

export function identifierTerm(by: { readonly scheme: string; readonly value: string }): Term {
  return { attribute: 'identifier', value: `${by.scheme}=${by.value}` };
}

/**
 * Everything by which an exchange is found, each term once. A question that was explained and not asked is found by who
 * put it to the rules, and what it was; nothing was decided, so by no finding.
 */
export function termsOf(opened: OpenedExchange): Terms {
  const { who, project, purpose, output, versions, result, by, legs } = opened;
  const found = new Map<string, Term>();
  const add = (attribute: Attribute, value: string | null | undefined) => {
    if (value != null) found.set(`${attribute} ${value}`, { attribute, value });
  };
  add('person', who.person);
  add('partner', who.partner);
  add('project', project);
  add('case', opened.case);
  add('purpose', purpose.term);
  add('output', output);
  add('rulebook', versions.rulebook);
  // An exchange that is open yet is not found by a result it does not have.
  if (opened.outcome !== null || opened.explained !== undefined) add('result', result);
  for (const leg of legs) {
    const agreement = agreementOf(leg.facts);
    add('agreement', agreement);
    add('dataset', leg.dataset);
    add('holder', leg.holder);
    if (opened.explained !== undefined) continue;
    if (leg.permit !== null) add('put-to', leg.holder);
    if (leg.state !== 'open') add('state', leg.state);
    add('code', leg.code);
    const page = agreement ?? '-';
    for (const safe of SAFES) {
      const { verdict, code, rule } = leg.findings[safe];
      if (verdict === 'refuse') add('refused-by', safe);
      if (verdict !== 'allow') add('code', code);
      if (rule !== null) add('rule', `${page}/${rule}`);
    }
    for (const { rule } of leg.permit?.plan ?? []) if (rule !== null) add('rule', `${page}/${rule}`);
  }
  if (by !== null) add('scheme', by.scheme);
  return { accountability: [...found.values()], subject: by === null ? [] : [identifierTerm(by)] };
}

/** The agreement under which a leg was judged; undefined where none could be told. */
export function agreementOf(facts: JsonObject): string | undefined {
  const agreement = facts['agreement.id'];
  return typeof agreement === 'string' ? agreement : undefined;
}

const erasure = z.looseObject({
  event: z.enum(['approved', 'retention']),
  parts: z.enum(['subject', 'whole']),
  exchanges: z.array(z.string()),
});

/** What an `erasure` entry took away; null where it took nothing, as one that only proposes. */
export function erasedBy(
  accountability: JsonObject | null,
): { readonly exchanges: readonly string[]; readonly part: 'all' | 'subject' } | null {
  const told = erasure.safeParse(accountability);
  if (!told.success) return null;
  return { exchanges: told.data.exchanges, part: told.data.parts === 'whole' ? 'all' : 'subject' };
}
