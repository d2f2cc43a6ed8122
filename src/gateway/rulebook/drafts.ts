import type { Proposal } from '../../domain/rulebook-life.ts';
import type { Version } from '../../rulebook/version.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { Desk } from './desk.ts';

/** Drafts of one partner that are neither submitted nor withdrawn. Each holds whole pages, and stays in the store. */
const MOST_DRAFTS = 20;

/** @throws Problem `rulebook/drafts` */
export function demandRoom({ rulebook }: GatewayPorts, { officer }: Desk): void {
  const open = rulebook.proposals().filter((one) => one.state === 'draft' && one.partner === officer.person.partner);
  if (open.length >= MOST_DRAFTS)
    throw new Problem('rulebook/drafts', { detail: `There are ${open.length}. Withdraw or submit one of them first.` });
}

/** A proposal as it begins. */
export function drafted(
  id: string,
  kind: Proposal['kind'],
  { digest }: Pick<Version, 'digest'>,
  by: { readonly person: string; readonly partner: string },
  message: string,
  time: number,
): Proposal {
  const none = { submission: null, approvals: [], at: null, activated: null, reviewBy: null, reviewer: null };
  const { person: author, partner } = by;
  return { id, revision: 1, state: 'draft', kind, version: digest, author, partner, message, time, ...none };
}
