import {
  type Approval,
  type Mover,
  type Needs,
  PROPOSAL_LIFE,
  type Proposal,
  type ProposalMove,
  type ProposalState,
  type Submission,
} from '../domain/rulebook-life.ts';
import { DAY, type Instant } from '../domain/time.ts';

/** So long a submission waits for what it still needs. */
export const LAPSES_AFTER = 30 * DAY;
/** So soon somebody else is to look at what one person made active. */
export const REVIEW_WITHIN = 3 * DAY;

/** Somebody who moves a proposal. What a compliance officer is, is asked before. */
export interface Actor {
  readonly person: string;
  readonly partner: string;
  /** Whether the person's partner may see everything that the proposal changes. */
  readonly seesAll: boolean;
}

export type Refusal = 'state' | 'same-person' | 'not-concerned';
export type Moved = { readonly proposal: Proposal } | { readonly refused: Refusal };

/** In which of the roles that the table knows somebody stands to a proposal. */
export function moversOf(
  proposal: Pick<Proposal, 'author' | 'partner' | 'submission'>,
  actor: Actor,
): readonly Mover[] {
  const own = proposal.author === actor.person || proposal.submission?.submitter === actor.person;
  return [
    ...(proposal.partner === actor.partner ? (['side'] as const) : []),
    ...(actor.seesAll ? (['circle'] as const) : []),
    ...(actor.seesAll && !own ? (['other'] as const) : []),
  ];
}

/**
 * Whether the table lets them make this move.
 * @returns null where it does, else why not: what cannot be done at all comes before who may not do it.
 */
export function refusalOf(state: ProposalState, move: ProposalMove, movers: readonly Mover[]): Refusal | null {
  const way = PROPOSAL_LIFE[state][move];
  if (way === undefined) return 'state';
  if (way.who.some((who) => movers.includes(who))) return null;
  return way.who.includes('other') && movers.includes('circle') ? 'same-person' : 'not-concerned';
}

/** The state now: a submission that waited too long has lapsed. */
export function stateAt({ state, submission }: Pick<Proposal, 'state' | 'submission'>, now: Instant): ProposalState {
  const late = submission !== null && now - submission.time > LAPSES_AFTER;
  return late && PROPOSAL_LIFE[state].lapse !== undefined ? 'lapsed' : state;
}

/** Whether nothing is missing for it to be approved. Approvals of earlier rounds count for nothing. */
export function isSufficient(
  { path, partners }: Needs,
  submission: Submission,
  approvals: readonly Approval[],
): boolean {
  if (path !== 'ordinary') return true;
  const counted = approvals.filter((one) => one.round === submission.round);
  return counted.length > 0 && partners.every((partner) => counted.some((one) => one.partner === partner));
}

/** Partners that still have to approve; empty with `enough` false: anybody else will do. */
export function missingFrom({ submission, approvals }: Pick<Proposal, 'submission' | 'approvals'>): {
  readonly partners: readonly string[];
  readonly enough: boolean;
} {
  if (submission === null) return { partners: [], enough: false };
  const counted = approvals.filter((one) => one.round === submission.round);
  const partners = submission.needs.partners.filter((partner) => !counted.some((one) => one.partner === partner));
  return { partners, enough: isSufficient(submission.needs, submission, approvals) };
}

function moved(
  proposal: Proposal,
  move: ProposalMove,
  actor: Actor | null,
  now: Instant,
  change: (now: Proposal) => Partial<Proposal> & { readonly state: ProposalState },
): Moved {
  const state = stateAt(proposal, now);
  const refused = refusalOf(state, move, actor === null ? ['gateway'] : moversOf(proposal, actor));
  if (refused !== null) return { refused };
  const next = { ...proposal, ...change({ ...proposal, state }), revision: proposal.revision + 1 };
  // The table is what counts: a way that it does not have is a mistake here, not a refusal.
  if (PROPOSAL_LIFE[state][move]?.to.includes(next.state) !== true)
    throw new Error(`${state} cannot ${move} to ${next.state}`);
  return { proposal: next };
}

/** @param grounds all but the round, which is counted here: approvals of an earlier one are void. */
export function submit(
  proposal: Proposal,
  actor: Actor,
  grounds: Omit<Submission, 'round' | 'submitter' | 'time'>,
  now: Instant,
): Moved {
  const submission = { ...grounds, round: (proposal.submission?.round ?? 0) + 1, submitter: actor.person, time: now };
  return moved(proposal, 'submit', actor, now, () => ({
    submission,
    at: null,
    state: grounds.needs.path === 'ordinary' ? 'submitted' : 'approved',
  }));
}

/** @param approval signed for this very submission. One person's word counts once. */
export function approve(
  proposal: Proposal,
  actor: Actor,
  approval: Omit<Approval, 'person' | 'partner' | 'round' | 'time'>,
  now: Instant,
): Moved {
  const { submission } = proposal;
  if (submission === null) return { refused: 'state' };
  const before = proposal.approvals.filter((one) => one.round === submission.round);
  if (
    refusalOf(stateAt(proposal, now), 'approve', moversOf(proposal, actor)) === null &&
    before.some((one) => one.person === actor.person)
  )
    return { refused: 'same-person' };
  const { person, partner } = actor;
  const approvals = [...before, { ...approval, person, partner, round: submission.round, time: now }];
  return moved(proposal, 'approve', actor, now, () => ({
    approvals,
    state: isSufficient(submission.needs, submission, approvals) ? 'approved' : 'partly-approved',
  }));
}

export function reject(proposal: Proposal, actor: Actor, now: Instant): Moved {
  return moved(proposal, 'reject', actor, now, () => ({ state: 'rejected' }));
}

export function withdraw(proposal: Proposal, actor: Actor, now: Instant): Moved {
  return moved(proposal, 'withdraw', actor, now, () => ({ state: 'withdrawn' }));
}

export function schedule(proposal: Proposal, actor: Actor, at: Instant, now: Instant): Moved {
  return moved(proposal, 'schedule', actor, now, () => ({ state: 'scheduled', at }));
}

/** @param actor null: the gateway, at the time that was set. */
export function activate(proposal: Proposal, actor: Actor | null, now: Instant): Moved {
  const emergency = proposal.submission?.needs.path === 'emergency';
  return moved(proposal, 'activate', actor, now, () => ({
    state: 'active',
    activated: now,
    reviewBy: emergency ? now + REVIEW_WITHIN : null,
  }));
}

export function review(proposal: Proposal, actor: Actor, now: Instant): Moved {
  if (proposal.state === 'active' && (proposal.reviewBy === null || proposal.reviewer !== null))
    return { refused: 'state' };
  return moved(proposal, 'review', actor, now, () => ({ state: 'active', reviewer: actor.person }));
}

/** Whether a review that an emergency asked for is due and not done. */
export function isOverdue(
  { reviewBy, reviewer, state }: Pick<Proposal, 'reviewBy' | 'reviewer' | 'state'>,
  now: Instant,
): boolean {
  return state === 'active' && reviewBy !== null && reviewer === null && now > reviewBy;
}
