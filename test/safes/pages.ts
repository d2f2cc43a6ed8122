import type { Safe } from '../../src/domain/safe.ts';

/** One row that allows, for each Safe. */
export const ALLOW: Readonly<Record<Safe, string>> = {
  people: 'people,P1,role:investigator,any dataset,-,allow,-',
  projects: 'projects,J1,partner:police,any dataset,-,allow,-',
  settings: 'settings,S1,anyone,any dataset,-,allow,-',
  data: 'data,D1,anyone,sales/name,-,allow,keep\ndata,D2,anyone,sales/born,-,allow,year\ndata,D3,anyone,sales (hit),-,allow,exists',
  outputs:
    'outputs,O1,anyone,sales (records),rows<=3,allow,release keep<=9d\noutputs,O2,anyone,sales (hit),-,allow,release no-onward',
};

/** Rows of a page that allows, with those of some Safes replaced. */
export function rows(changes: Partial<Record<Safe, string>> = {}): string {
  return Object.values({ ...ALLOW, ...changes }).join('\n');
}

/** One row in place of a Safe's usual ones: its condition, and its verdict. */
export const P = (condition: string, verdict = 'allow') => ({
  people: `people,P7,role:investigator,any dataset,${condition},${verdict},-`,
});
export const J = (condition: string) => ({ projects: `projects,J7,partner:police,any dataset,${condition},allow,-` });
export const S = (condition: string) => ({ settings: `settings,S7,anyone,any dataset,${condition},allow,-` });
