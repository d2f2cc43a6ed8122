import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { enquiryBody, parseEnquiry, plainEnquiry } from '../../src/gateway/enquiry-schema.ts';
import { SOLD } from './dealer.ts';
import { question } from './partnership.ts';

describe('a plain enquiry', () => {
  test('is what most programs send, and needs no schema', () => {
    const { case: _, ...without } = question();
    for (const body of [question(), without]) expect(plainEnquiry(body)).toEqual(body);
    expect(parseEnquiry(question(), () => true)).toEqual({
      project: 'op-gearbox',
      purpose: 'SuspectedCrimeInvestigation',
      case: 'KP-2026-AB',
      justification: 'engine found without a car',
      datasets: ['dealer-sales'],
      by: { scheme: 'vin', value: SOLD, full: true },
      output: 'records',
    });
  });

  test.each<readonly [what: string, body: unknown]>([
    ['another script', question({ justification: 'Wagen ohne Motor: Straße' })],
    ['a control character', question({ justification: 'a\u0007b' })],
    ['a field too many', question({ more: 1 })],
    ['a field too many in ask', question({}, { more: 1 })],
    ['two identifiers', question({}, { by: { vin: SOLD, registration: 'NG-101-A' } })],
    ['an unknown output level', question({}, { output: 'everything' })],
    ['no dataset', question({}, { datasets: [] })],
    ['text that is too long', question({ project: 'p'.repeat(65) })],
    ['an empty text', question({ case: '' })],
    ['no object', [question()]],
  ])('is none for %s: the schema tells', (_what, body) => {
    expect(plainEnquiry(body)).toBeUndefined();
  });

  test('is always one that the schema takes, and reads in the same way', () => {
    const edge = ['', 'a\tb', 'é', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(1000), 'x'.repeat(1001)];
    const other = fc.oneof(
      fc.string(),
      fc.constantFrom<unknown>(...edge, undefined, null, 7, [], {}, ['a'], { a: 'b' }),
    );
    /** Mostly as it should be, so that one mistake is not hidden behind another. */
    const mostly = (good: unknown) => fc.oneof({ weight: 9, arbitrary: fc.constant(good) }, other);
    const more = fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, fc.constant({ more: 1 }));
    const ask = fc.record(
      {
        datasets: fc.oneof(mostly(['dealer-sales']), fc.array(other, { maxLength: 3 })),
        by: fc.oneof(mostly({ vin: SOLD }), fc.dictionary(fc.string(), other, { maxKeys: 2, noNullPrototype: true })),
        output: mostly('records'),
      },
      { requiredKeys: ['datasets', 'by', 'output'] },
    );
    const { project, purpose, justification } = question();
    const body = fc.record(
      {
        project: mostly(project),
        purpose: mostly(purpose),
        case: mostly('KP-2026-AB'),
        justification: mostly(justification),
        ask: fc.oneof({ weight: 9, arbitrary: fc.tuple(ask, more).map(([a, b]) => ({ ...a, ...b })) }, other),
      },
      { requiredKeys: ['project', 'purpose', 'justification', 'ask'] },
    );
    let plainOnes = 0;
    fc.assert(
      fc.property(body, more, (most, rest) => {
        const sent = { ...most, ...rest };
        const plain = plainEnquiry(sent);
        if (plain === undefined) return;
        plainOnes += 1;
        expect(enquiryBody.safeParse(sent)).toEqual({ success: true, data: plain });
      }),
      { numRuns: 3_000 },
    );
    expect(plainOnes).toBeGreaterThan(200);
  });
});
