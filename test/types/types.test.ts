import { describe, expect, it } from 'vitest';
import { rejectionProblems, rejections } from '../../scripts/rejected-types.ts';

describe('what the compiler refuses', () => {
  it('is exactly the marked lines', () => {
    const found = rejections('.');
    expect(found.marked.length).toBeGreaterThan(8);
    expect(rejectionProblems(found)).toEqual([]);
  });

  it('counts in both directions', () => {
    expect(rejectionProblems({ marked: ['a.ts:1 TS1'], rejected: [] })).toHaveLength(1);
    expect(rejectionProblems({ marked: [], rejected: ['a.ts:1 TS1'] })).toHaveLength(1);
    expect(rejectionProblems({ marked: ['a.ts:1 TS1'], rejected: ['a.ts:1 TS2'] })).toHaveLength(2);
  });
});
