/** Legal bases an agreement may rest on, with the provision each stands for. */
const PROVISIONS = {
  'led-8': 'Directive (EU) 2016/680 Art. 8: necessary for a task of a competent authority',
  'led-10': 'Directive (EU) 2016/680 Art. 10: special categories, strictly necessary',
  'gdpr-6-1-c': 'Regulation (EU) 2016/679 Art. 6(1)(c): legal obligation of the controller',
  'gdpr-6-1-e': 'Regulation (EU) 2016/679 Art. 6(1)(e): task in the public interest',
  'gdpr-6-1-f': 'Regulation (EU) 2016/679 Art. 6(1)(f): legitimate interests',
} as const;

export type LegalBasis = keyof typeof PROVISIONS;
export const LEGAL_BASES = Object.keys(PROVISIONS) as readonly LegalBasis[];

export function provision(basis: LegalBasis): string {
  return PROVISIONS[basis];
}
