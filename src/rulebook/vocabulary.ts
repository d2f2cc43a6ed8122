import type { FieldPath, FieldType } from '../domain/dataset.ts';

/** The names that pages may use, taken from the registry and the configuration. Anything else on a page is a flaw. */
export interface Vocabulary {
  readonly partners: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
  readonly agreements: ReadonlyMap<
    string,
    {
      readonly parties: ReadonlySet<string>;
      readonly datasets: readonly string[];
      readonly purposes: readonly string[];
      readonly legalBases: readonly string[];
      readonly undertakings: readonly { readonly id: string }[];
    }
  >;
  readonly datasets: ReadonlyMap<
    string,
    {
      readonly holder: string;
      readonly fields: ReadonlyMap<FieldPath, FieldType>;
      readonly schemes: ReadonlySet<string>;
    }
  >;
}
