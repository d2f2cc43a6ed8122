import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Raw } from '../../src/domain/answer.ts';
import { parseFieldPath } from '../../src/domain/field-path.ts';
import type { JsonValue } from '../../src/domain/json.ts';
import type { FieldPlan } from '../../src/domain/plan.ts';
import { type Dealer, sendJson, startDealer } from '../gateway/dealer.ts';
import { pageOf, type World, worlds } from '../safes/arbitraries.ts';
import { canary, recordsOf } from '../safes/records.ts';
import { decideWith, rulebookOf } from '../safes/workshop.ts';
import { conduct, openRig, type Rig } from './rig.ts';

/** A field nobody named never leaves. */

const asked = worlds.chain((world) =>
  fc.record({ world: fc.constant(world), records: recordsOf(Object.keys(world.circumstances.dataset.fields)) }),
);

/** Paths of everything that is in an answer, in the notation of fields; what holds other things has none. */
function pathsIn(value: JsonValue, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((element: JsonValue) => pathsIn(element, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, path === '' ? key : `${path}.${key}`));
}

/** Fields of which something may leave, without the brackets. */
function planned(plan: FieldPlan): readonly string[] {
  return plan.flatMap(({ field, treatment }) => {
    if (treatment === null || treatment.name === 'drop') return [];
    return [(parseFieldPath(field) ?? []).map((step) => step.key).join('.')];
  });
}

function expectNoLeak(text: string, fields: readonly string[], plan: FieldPlan): void {
  const kept = new Set(plan.filter((line) => line.treatment?.name === 'keep').map((line) => line.field));
  for (const field of [...fields, 'extra']) if (!kept.has(field)) expect(text).not.toContain(canary(field));
}

async function permitOf({ circumstances, ...rest }: World) {
  const rulebook = await rulebookOf(pageOf({ circumstances, ...rest }), circumstances);
  return { rulebook, permit: decideWith(rulebook, circumstances).legs[0]?.permit ?? null };
}

let rig: Rig;
let dealer: Dealer;
beforeAll(async () => {
  [rig, dealer] = await Promise.all([openRig(), startDealer()]);
});
afterAll(async () => {
  await Promise.all([rig.close(), dealer.stop()]);
});

describe('on random rulebooks, enquiries and records', () => {
  test('treat lets nothing through that the plan does not name, nested and in lists', async () => {
    let treatedRecords = 0;
    await fc.assert(
      fc.asyncProperty(asked, async ({ world, records }) => {
        const { permit } = await permitOf(world);
        if (permit === null) return;
        const treated = rig.ports.treat(permit, { records } as Raw);
        const names = planned(permit.plan);
        // An absent branch shows as null, an absent list as empty: at the field, or above it.
        for (const record of treated.records) {
          treatedRecords++;
          for (const path of pathsIn(record)) {
            expect(
              names.some((name) => name === path || name.startsWith(`${path}.`)),
              path,
            ).toBe(true);
          }
        }
        const counted = permit.output === 'hit' || records.length > permit.maxRows;
        expect(treated.records.length).toBe(counted ? 0 : records.length);
        expectNoLeak(JSON.stringify(treated.records), Object.keys(world.circumstances.dataset.fields), permit.plan);
      }),
      { numRuns: 300 },
    );
    expect(treatedRecords).toBeGreaterThan(10);
  });

  test('from a real holder through the whole exchange: neither the answer nor the log holds more', async () => {
    let released = 0;
    await fc.assert(
      fc.asyncProperty(asked, async ({ world, records }) => {
        const { rulebook, permit } = await permitOf(world);
        const { circumstances } = world;
        const { value } = circumstances.enquiry.by;
        const rows = records.map((src) => ({ id: value, plate: value, src, extra: canary('extra') }));
        dealer.answerWith((_, response) => sendJson(response, { records: rows, extra: canary('extra') }));
        const connector = {
          kind: 'http',
          baseUrl: dealer.url,
          lookups: { vin: '/{value}', registration: '/{value}' },
          records: 'records',
        } as const;
        const dataset = { ...circumstances.dataset, connector };
        const before = dealer.calls.length;
        const { body, legs } = await conduct(rig, rulebook, { ...circumstances, dataset });
        expect(dealer.calls.length - before).toBe(permit === null ? 0 : 1);
        const [leg] = legs;
        if (permit === null) expect(leg?.state).toBe('refused');
        else if (records.length > permit.maxRows) expect(leg?.code).toBe('outputs/too-many-rows');
        else expect(leg?.state).toBe(records.length > 0 ? 'released' : 'none');
        if (leg?.state === 'released') released++;
        if (leg?.records === undefined) expect(body).not.toContain('CANARY');
        else expectNoLeak(body, Object.keys(dataset.fields), permit?.plan ?? []);
      }),
      { numRuns: 80 },
    );
    // Drawn anew each time: about every fifth is released.
    expect(released).toBeGreaterThan(0);
    expect(rig.stored()).not.toContain('CANARY');
    for (const { details } of rig.entries()) expect(JSON.stringify(details)).not.toContain('CANARY');
    expect(rig.defects).toEqual([]);
  });
});
