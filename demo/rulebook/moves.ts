import { tellLine } from '../tell.ts';
import type { Desk, Told } from './desk.ts';
import type { Load } from './load.ts';

type Print = (line: string) => void;

/** What came out of a step, beside what was expected: what each is called, the one, the other. */
export type Check = readonly [what: string, expected: unknown, found: unknown];

/** Approves what is submitted now, as somebody does who has read it. */
export async function approves(desk: Desk, proposal: string): Promise<Told> {
  const { version, submission } = await desk.read(`/proposals/${proposal}`);
  const body = { version, replay: submission?.replay ?? '', reason: 'read, with its replay' };
  return desk.do(`/proposals/${proposal}/approve`, body);
}

/** What a submission widens, and who has to approve. */
export function tellNeeds(print: Print, { missing, submission }: Told): void {
  for (const ground of submission?.grounds ?? []) tellLine(print, 'widens', ground);
  tellLine(print, 'needs', `somebody of ${missing.join(', ')}`);
}

/** An activation, and what became of those who asked meanwhile. */
export function tellLoad(print: Print, { said, asked, failed, versions }: Load<Told>): void {
  tellLine(print, 'active', `entry ${said.entry}; ${asked} questions meanwhile, ${failed} failed`);
  for (const [version, answers] of versions) tellLine(print, '', `${answers} answered under ${version.slice(0, 19)}…`);
}

/** @param both the versions that decided before and after: no answer may name another. */
export function activation({ said, failed, versions }: Load<Told>, both: readonly string[]): readonly Check[] {
  return [
    ['it is', 'active', said.state],
    ['failed questions', 0, failed],
    ['versions answered under', both.toSorted(), [...versions.keys()].toSorted()],
  ];
}
