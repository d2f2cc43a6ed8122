import { vocabularyOf } from '../../src/ruleset.ts';
import { exampleConfig } from '../builders.ts';

/** The names that pages of the example may use. */
export function vocabulary() {
  const { registry, networks } = exampleConfig();
  return vocabularyOf(registry, networks);
}

/** A page by which Northgate Motors keeps Harbour's officers out. */
export const HARBOUR_DENIED = `safe, id, who, what, only if, verdict, then
page, -, holder-northgate-motors, -, -, -, owner=legal review=2027-03-01
projects, H1, partner:harbour-police, dealer-sales, -, deny, -
`;
