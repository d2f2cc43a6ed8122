import { z } from 'zod';
import type { Facts } from '../domain/facts.ts';
import type { JsonObject } from '../domain/json.ts';
import { treatmentText } from '../domain/plan.ts';
import { askedDetails, refusedDetails } from '../ledger/opened.ts';
import type { Registry } from '../registry/registry.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { judgeFacts } from '../ruleset/judge-facts.ts';

/** Exchanges named as examples, of one's own partner. */
const EXAMPLES = 20;

/** Recorded decisions taken again on their frozen facts by two versions. */
export interface Replay {
  /** Accountability details of an entry; null: they were erased. */
  take(kind: 'asked' | 'outcome', details: JsonObject | null): void;
  report(): JsonObject;
}

const output = z.enum(['hit', 'records']);

/** @param partner whose people may be named in what is reported. */
export function createReplay(was: Rulebook, is: Rulebook, registry: Registry, partner: string): Replay {
  const count = {
    decisions: 0,
    erased: 0,
    undetermined: 0,
    same: 0,
    newlyAllowed: 0,
    newlyRefused: 0,
    otherFields: 0,
    otherTerms: 0,
  };
  const byDataset = new Map<string, number>();
  const byPartner = new Map<string, number>();
  const bySafe = new Map<string, number>();
  const fields = new Map<string, number>();
  const people = new Map<string, number>();
  const more = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

  const leg = (
    id: string,
    facts: Facts,
    level: 'hit' | 'records',
    asker: { person: string | null; partner: string | null },
  ) => {
    const dataset = registry.dataset(id);
    const agreement = facts['agreement.id'];
    const [old, fresh] = [was, is].map((book) => (agreement === undefined ? null : book.rulesFor(agreement, id)));
    count.decisions++;
    if (dataset === undefined || old === null || old === undefined || fresh === null || fresh === undefined) {
      count.undetermined++;
      return;
    }
    const [before, after] = [old, fresh].map((ask) => judgeFacts(ask, dataset, level, facts));
    if (before === undefined || after === undefined || before.defect !== undefined || after.defect !== undefined) {
      count.undetermined++;
      return;
    }
    const changed = (kind: 'newlyAllowed' | 'newlyRefused' | 'otherFields' | 'otherTerms') => {
      count[kind]++;
      more(byDataset, `${id} ${kind}`);
      more(byPartner, `${asker.partner ?? 'unregistered'} ${kind}`);
      if (asker.partner === partner && asker.person !== null) more(people, `${asker.person} ${kind}`);
    };
    const refusing = Object.entries(after.findings).find(([, finding]) => finding.verdict === 'refuse');
    if (before.granted === null || after.granted === null) {
      if (before.granted === after.granted) count.same++;
      else if (before.granted === null) changed('newlyAllowed');
      else {
        changed('newlyRefused');
        if (refusing !== undefined) more(bySafe, `${refusing[0]} ${refusing[1].code}`);
      }
      return;
    }
    const plans = [before.granted, after.granted].map(
      ({ plan }) =>
        new Map(plan.map((one) => [one.field, one.treatment === null ? 'withheld' : treatmentText(one.treatment)])),
    );
    const other = [...(plans[1] ?? [])].filter(([field, treatment]) => plans[0]?.get(field) !== treatment);
    for (const [field, treatment] of other)
      more(fields, `${id}/${field}: ${plans[0]?.get(field) ?? 'withheld'} -> ${treatment}`);
    const duty = [before.granted, after.granted].map(({ terms, maxRows }) => JSON.stringify([maxRows, terms]));
    if (other.length > 0) changed('otherFields');
    if (duty[0] !== duty[1]) changed('otherTerms');
    if (other.length === 0 && duty[0] === duty[1]) count.same++;
  };

  return {
    take(kind, details) {
      // What follows an intent was decided there.
      if (details !== null && kind === 'outcome' && typeof details['asked'] === 'number') return;
      const read = details === null ? undefined : (kind === 'asked' ? askedDetails : refusedDetails).safeParse(details);
      if (read === undefined) {
        if (kind === 'asked') count.erased++;
        return;
      }
      const level = read.success ? output.safeParse(read.data.output) : undefined;
      if (!read.success || level?.success !== true) return;
      for (const [i, { dataset }] of read.data.legs.entries()) {
        leg(dataset, (read.data.facts[i] ?? {}) as Facts, level.data, read.data.who);
      }
    },
    report: () => ({
      ...count,
      byDataset: told(byDataset),
      byPartner: told(byPartner),
      bySafe: told(bySafe),
      fields: told(fields),
      ownPeople: told(people, EXAMPLES),
    }),
  };
}

function told(map: ReadonlyMap<string, number>, most = 500): JsonObject {
  return Object.fromEntries([...map].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most));
}
