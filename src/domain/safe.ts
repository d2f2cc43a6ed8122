/** The Five Safes (Desai, Ritchie & Welpton 2016) in the order in which a finding is told. */
export const SAFES = ['people', 'projects', 'settings', 'data', 'outputs'] as const;
export type Safe = (typeof SAFES)[number];

/** `hold`: allowed, but a person reviews the result first. `not-judged`: the facts to judge by never came to be known. */
export type Verdict = 'allow' | 'hold' | 'refuse' | 'not-judged';
