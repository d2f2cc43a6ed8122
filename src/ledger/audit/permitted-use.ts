/**
 * For what the log may be read: Directive (EU) 2016/680 Art. 25(2), "solely for verification of the lawfulness of
 * processing, self-monitoring, ensuring the integrity and security of the personal data, and for criminal proceedings".
 * Closed list; every reading states one of them.
 */
export const PERMITTED_USES = {
  lawfulness: 'verification of the lawfulness of processing',
  'self-monitoring': 'self-monitoring',
  security: 'ensuring the integrity and security of the personal data',
  'criminal-proceedings': 'criminal proceedings',
} as const;
export type PermittedUse = keyof typeof PERMITTED_USES;
export const PERMITTED_USE_NAMES = ['lawfulness', 'self-monitoring', 'security', 'criminal-proceedings'] as const;

/** The provision that is named with each reading. */
export const USE_SOURCE = 'Directive (EU) 2016/680 Art. 25(2)';

export function isPermittedUse(text: string): text is PermittedUse {
  return Object.hasOwn(PERMITTED_USES, text);
}
