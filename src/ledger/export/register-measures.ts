import { CONDITIONS } from '../../domain/catalogue.ts';
import type { Rule } from '../../domain/rule.ts';

export interface Measure {
  readonly measure: string;
  /** Where it is from: the program itself, or a rule of the page. */
  readonly source: string;
}

/** Measures that hold for every agreement, because the program has no other way to work. */
export const MEASURES: readonly Measure[] = [
  'A field that no rule names does not leave the holder.',
  'No holder is asked before the question is durably recorded, and nothing is answered before its outcome is.',
  'Each question is judged by people, projects, settings, data and outputs, and the findings are recorded.',
  'What is recorded is sealed under keys of its own per exchange (AES-256-GCM); erasure destroys the keys.',
  'The log is a Merkle tree with signed checkpoints (RFC 6962): partners can check that nothing was altered or removed.',
  'Each reading of the log is recorded before its first result, with the use it is for.',
  'Answers that there is no record look alike, whatever the reason.',
].map((measure) => ({ measure, source: 'program' }));

/** Measures that the page demands of the setting in which is asked, of the people and of the answer. */
export function settingMeasures(allowed: readonly Rule[]): readonly Measure[] {
  return allowed
    .filter(({ safe }) => safe === 'settings' || safe === 'people')
    .flatMap((rule) =>
      rule.conditions.map(({ name, negated, text }) => ({
        measure: `${text}: ${negated ? 'not: ' : ''}${CONDITIONS[name].means}`,
        source: `rule ${rule.id}`,
      })),
    );
}

/** What the provisions ask for and neither registry nor rulebook knows. Whoever keeps the register adds it. */
export const NOT_KNOWN: readonly string[] = [
  'contact details of the controllers, of their representatives and of their data protection officers',
  'categories of data subjects',
  'use of profiling: the gateway makes none; what an asker does with an answer it cannot know',
  'transfers to third countries or international organisations: where a partner is established is not in the registry',
  'measures that controllers take in their own premises',
];
