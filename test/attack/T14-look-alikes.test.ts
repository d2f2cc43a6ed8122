import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalIdentifier, SCHEMES } from '../../src/domain/identifier.ts';
import { SOLD } from '../gateway/dealer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

/** Characters that look like those of a VIN and are others: Cyrillic, Greek, full width, mathematical, combining. */
const LOOK_ALIKES = ['А', 'Е', 'Т', 'Ζ', 'Ε', 'Ｊ', '５', '𝟓', '５', 'Ӏ', 'J\u0301', '٥'];
/** Characters that cannot be seen. Those that Unicode calls blanks are passed over like any blank. */
const INVISIBLE = ['\u200b', '\u200d', '\u2060', '\u00ad', '\u202e'];

describe('as an identifier', () => {
  test.each([...LOOK_ALIKES, ...INVISIBLE])('%j makes none', (char) => {
    for (const scheme of SCHEMES) expect(canonicalIdentifier(scheme, char + SOLD.slice(1, 12))).toBeUndefined();
  });

  test('whatever is typed, the canonical form is of ASCII letters and digits, and canonical once and for all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCHEMES), fc.string({ unit: 'binary', maxLength: 30 }), (scheme, raw) => {
        const identifier = canonicalIdentifier(scheme, raw);
        if (identifier === undefined) return;
        expect(identifier.value).toMatch(/^[A-Z0-9]+$/);
        expect(canonicalIdentifier(scheme, identifier.value)).toEqual(identifier);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('at the gateway', () => {
  let p: Partnership;
  beforeAll(async () => {
    p = await startPartnership();
  });
  afterAll(() => p.stop());

  test.each([...LOOK_ALIKES, '\u200b'])('%j in a VIN, a project or a dataset is no other name for it', async (char) => {
    const vin = await p.ask('mara.lindqvist', question({}, { by: { vin: char + SOLD.slice(1) } }));
    expect([vin.status, vin.body.code]).toEqual([400, 'request/malformed']);
    const dataset = await p.ask('mara.lindqvist', question({}, { datasets: [`dealer-s${char}les`] }));
    expect([dataset.status, dataset.body.code]).toEqual([400, 'request/unknown-dataset']);
    const project = await p.ask('mara.lindqvist', question({ project: `op-ge${char}rbox` }));
    expect(project.body.legs?.[0]?.code).toBe('projects/unknown');
    expect(p.dealer.calls).toEqual([]);
  });
});
