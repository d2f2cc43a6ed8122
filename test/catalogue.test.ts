import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogueText, conditionExample, documentProblems, reasonsText } from '../scripts/catalogue.ts';
import { CONDITIONS, type ConditionDeclaration, LIMITS, TERMS, TREATMENTS } from '../src/domain/catalogue.ts';
import { FIELD_TYPES, type FieldType } from '../src/domain/dataset.ts';
import { FAULT_CODES } from '../src/domain/faults.ts';
import { REASON_CODES } from '../src/domain/reasons.ts';
import type { TreatmentDeclaration } from '../src/domain/treatments.ts';
import { PROBLEM_CODES } from '../src/gateway/problem.ts';
import { readItem } from '../src/rulebook/read-condition.ts';
import { readTreatment } from '../src/rulebook/read-then.ts';
import { exampleVocabulary } from './safes/builders.ts';

const conditions: readonly (readonly [string, ConditionDeclaration])[] = Object.entries(CONDITIONS);
const treatments: readonly (readonly [string, TreatmentDeclaration])[] = Object.entries(TREATMENTS);

describe('the catalogue as a document', () => {
  it('is what the sources say', () => {
    expect(documentProblems(resolve(import.meta.dirname, '..'))).toEqual([]);
  });

  it('is missed where it is missing', () => {
    expect(documentProblems('/nowhere')).toHaveLength(3);
  });

  it('names everything that is declared', () => {
    const text = catalogueText();
    for (const name of [CONDITIONS, LIMITS, TERMS, TREATMENTS].flatMap((all) => Object.keys(all))) {
      expect(text).toContain(`| \`${name}\` |`);
    }
    for (const code of [...REASON_CODES, ...FAULT_CODES, ...PROBLEM_CODES]) {
      expect(reasonsText()).toContain(`\`${code}\` |`);
    }
  });

  it.each(conditions)('writes %s as a page of the example may', (name, declared) => {
    for (const safe of declared.safes) {
      const context = { safe, vocabulary: exampleVocabulary(), agreement: 'vehicle-tracing' };
      expect(readItem(conditionExample(name, declared), context)).toHaveProperty('condition.name', name);
    }
  });
});

describe('treatments on a page', () => {
  it.each(treatments)('%s is taken for its types alone', (name, { types, example }) => {
    const written = example?.written ?? name;
    for (const type of FIELD_TYPES) {
      const read = readTreatment(written, type);
      if ((types as readonly FieldType[]).includes(type)) expect(read).toHaveProperty('adds.treatment.name', name);
      else expect(read).toHaveProperty('misread.code', 'then/treatment');
    }
  });

  it.each([
    ['band', 'number'],
    ['band()', 'number'],
    ['band(1)', 'number'],
    ['band(-10)', 'number'],
    ['band(2.5)', 'number'],
    ['format', 'text'],
    ['format(##)', 'text'],
    ['format(*)', 'text'],
    ['format(##[a-z]+X)', 'text'],
    ['scrub(phone)', 'text'],
    ['pseudonym(key)', 'text'],
    ['last-part(0)', 'text'],
    ['last-part(100)', 'text'],
  ] as const)('%s is not', (written, type) => {
    expect(readTreatment(written, type)).toHaveProperty('misread.code', 'then/treatment');
  });

  it.each(['band(2)', 'band(999999999)', 'band( 10 )'])('%s is', (written) => {
    expect(readTreatment(written, 'number')).toHaveProperty('adds.treatment.name', 'band');
  });
});
