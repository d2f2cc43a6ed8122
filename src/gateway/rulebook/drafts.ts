import type { Person } from '../../domain/partnership.ts';
import type { Proposal, ProposalState } from '../../domain/rulebook-life.ts';
import { DAY, type Instant } from '../../domain/time.ts';
import type { Version } from '../../rulebook/version.ts';
import { Problem } from '../problem.ts';
import type { RulebookPorts } from './ports.ts';

/** Drafts of one partner that are neither submitted nor withdrawn. */
const MOST_DRAFTS = 20;
/**
 * Drafts of one partner within a day, whatever became of them. Each holds whole pages, and stays in the store when it is
 * withdrawn: readings and trials in the log name it by its digest, and whoever audits them must be able to see what was tried.
 */
const MOST_A_DAY = 100;

/** Drafts that are being recorded, by partner. */
const underWay = new WeakMap<Pick<RulebookPorts, 'proposals'>, Map<string, number>>();

/** Whose draft it would be, and when. */
interface Drafter {
  readonly now: Instant;
  readonly person: Pick<Person, 'partner'>;
}

/**
 * Does what makes a draft, where its partner may have one more.
 * @throws Problem `rulebook/drafts`
 */
export async function withRoom<T>(
  rulebook: Pick<RulebookPorts, 'proposals'>,
  { now, person: { partner } }: Drafter,
  make: () => Promise<T>,
): Promise<T> {
  const making = underWay.get(rulebook) ?? new Map<string, number>();
  underWay.set(rulebook, making);
  const already = making.get(partner) ?? 0;
  const own = rulebook.proposals().filter((one) => one.kind === 'draft' && one.partner === partner);
  const open = own.filter((one) => one.state === 'draft').length + already;
  if (open >= MOST_DRAFTS)
    throw new Problem('rulebook/drafts', { detail: `There are ${open}. Withdraw or submit one of them first.` });
  const recent = own.filter((one) => one.time > now - DAY).length + already;
  if (recent >= MOST_A_DAY)
    throw new Problem('rulebook/drafts', { detail: `${recent} were drafted within a day, and all of them are kept.` });
  making.set(partner, already + 1);
  try {
    return await make();
  } finally {
    making.set(partner, (making.get(partner) ?? 1) - 1);
  }
}

/** What can be submitted yet, or is under way. */
const OPEN: readonly ProposalState[] = ['draft', 'submitted', 'partly-approved', 'approved', 'scheduled', 'lapsed'];

/**
 * A text is drafted again where it was taken back, or was turned down; others' drafts are not the partner's to know of.
 * @throws Problem `rulebook/same` saying what helps.
 */
export function demandNew(
  rulebook: Pick<RulebookPorts, 'proposals' | 'active'>,
  { digest }: Pick<Version, 'digest'>,
  partner: string,
): void {
  const same = (detail: string) => new Problem('rulebook/same', { detail });
  if (digest === rulebook.active()) throw same('Nothing is changed: it is the active version.');
  const of = rulebook.proposals().filter(({ version }) => version === digest);
  if (of.some(({ activated }) => activated !== null))
    throw same('To make an earlier version active again, roll back to it.');
  const open = of.find((one) => one.partner === partner && OPEN.includes(one.state));
  if (open !== undefined) throw same(`It is proposed already: go on with ${open.id}.`);
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
