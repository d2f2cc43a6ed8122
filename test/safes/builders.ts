import type { Vocabulary } from '../../src/rulebook/vocabulary.ts';
import { exampleConfig } from '../builders.ts';

/** The names that the example's pages may use. */
export function exampleVocabulary(): Vocabulary {
  const { registry, networks } = exampleConfig();
  return {
    partners: new Set(registry.partners.map((partner) => partner.id)),
    networks: new Set(networks),
    agreements: new Map(registry.agreements.map((a) => [a.id, { ...a, parties: new Set(a.parties) }])),
    datasets: new Map(
      registry.datasets.map((d) => [
        d.id,
        {
          holder: d.holder,
          fields: new Map(Object.entries(d.fields).map(([field, { type }]) => [field, type])),
          schemes: new Set(Object.keys(d.identifiers)),
        },
      ]),
    ),
  };
}
