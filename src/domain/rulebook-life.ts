import type { Instant } from './time.ts';
import type { Digest } from './versions.ts';

/**
 * The life of a rulebook version: what is put forward, by whom, on what grounds, and what became of it. A version is text
 * and never changes; a **proposal** is one attempt to make a version the active one, and a version can be proposed again:
 * that is what a rollback is.
 */

export const PROPOSAL_STATES = [
  'draft',
  'submitted',
  'partly-approved',
  'approved',
  'scheduled',
  'active',
  'superseded',
  'rejected',
  'withdrawn',
  'lapsed',
] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

export const PROPOSAL_MOVES = [
  'submit',
  'approve',
  'reject',
  'withdraw',
  'activate',
  'schedule',
  'review',
  'supersede',
  'lapse',
] as const;
export type ProposalMove = (typeof PROPOSAL_MOVES)[number];

/**
 * Who makes a move, always a compliance officer unless it is the gateway. `side`: of the partner that drafted it.
 * `other`: of a partner that may see the whole change, and neither author nor submitter. `circle`: of such a partner,
 * whoever it is. `gateway`: nobody; it follows from another move or from time passing.
 */
export const MOVERS = ['side', 'other', 'circle', 'gateway'] as const;
export type Mover = (typeof MOVERS)[number];

interface Way {
  readonly who: readonly Mover[];
  readonly to: readonly ProposalState[];
}

/** States × moves × who. What is not here cannot be done, by anybody. */
export const PROPOSAL_LIFE: Readonly<Record<ProposalState, Readonly<Partial<Record<ProposalMove, Way>>>>> = {
  draft: {
    // At once approved where nobody else need agree: an emergency that only tightens, or a holder's own data.
    submit: { who: ['side'], to: ['submitted', 'approved'] },
    withdraw: { who: ['side'], to: ['withdrawn'] },
  },
  submitted: {
    approve: { who: ['other'], to: ['partly-approved', 'approved'] },
    reject: { who: ['other'], to: ['rejected'] },
    withdraw: { who: ['side'], to: ['withdrawn'] },
    lapse: { who: ['gateway'], to: ['lapsed'] },
  },
  'partly-approved': {
    approve: { who: ['other'], to: ['partly-approved', 'approved'] },
    reject: { who: ['other'], to: ['rejected'] },
    withdraw: { who: ['side'], to: ['withdrawn'] },
    lapse: { who: ['gateway'], to: ['lapsed'] },
  },
  approved: {
    activate: { who: ['circle'], to: ['active'] },
    schedule: { who: ['circle'], to: ['scheduled'] },
    reject: { who: ['other'], to: ['rejected'] },
    withdraw: { who: ['side'], to: ['withdrawn'] },
    lapse: { who: ['gateway'], to: ['lapsed'] },
  },
  scheduled: {
    activate: { who: ['circle', 'gateway'], to: ['active'] },
    reject: { who: ['other'], to: ['rejected'] },
    withdraw: { who: ['side'], to: ['withdrawn'] },
    lapse: { who: ['gateway'], to: ['lapsed'] },
  },
  active: {
    // After an emergency: a second person has looked at it.
    review: { who: ['other'], to: ['active'] },
    supersede: { who: ['gateway'], to: ['superseded'] },
  },
  superseded: {},
  rejected: {},
  withdrawn: {},
  // The grounds no longer hold, the text does: submitted again, it needs every approval again.
  lapsed: {
    submit: { who: ['side'], to: ['submitted', 'approved'] },
    withdraw: { who: ['side'], to: ['withdrawn'] },
  },
};

/** How a version came to be proposed. `start`: by the gateway itself, from the files it was started with. */
export type ProposalKind = 'start' | 'draft' | 'rollback';

/**
 * What must come together before a submitted proposal is approved.
 * `ordinary`: one other person, and one of every partner for whom something widens. `own`: a holder that only tightens or
 * pauses what is its own, which needs nobody. `emergency`: only refusals are added; one pair of eyes, and a review after.
 */
export interface Needs {
  readonly path: 'ordinary' | 'own' | 'emergency';
  /** Partners of whom somebody must approve. */
  readonly partners: readonly string[];
}

/** On what a proposal was submitted. Another text, base or report is another submission: every approval is void. */
export interface Submission {
  /** Counted from 1 for each proposal. */
  readonly round: number;
  /** Person ids. */
  readonly submitter: string;
  readonly time: Instant;
  /** The version that was active: with it the change was compared. */
  readonly base: Digest;
  /** Over the expected decisions that came true. */
  readonly tests: Digest;
  /** Of the replay report that was attached. */
  readonly replay: Digest;
  readonly needs: Needs;
  /** Why it was found to widen, or not to, in words. */
  readonly grounds: readonly string[];
  /** Id of the ledger entry that holds the report. */
  readonly entry: string;
}

/** A person's word for a submission, as the gateway signed it. */
export interface Approval {
  readonly person: string;
  readonly partner: string;
  readonly round: number;
  readonly time: Instant;
  /** C2SP signed note: see `ledger/approval.ts`. */
  readonly note: string;
}

export interface Proposal {
  readonly id: string;
  /** Counted up with each change, so that nobody decides on what somebody else has just changed. */
  readonly revision: number;
  readonly state: ProposalState;
  readonly kind: ProposalKind;
  readonly version: Digest;
  /** Person ids; of a version that the gateway found in its files, `policies`. */
  readonly author: string;
  /** Empty: the gateway itself. */
  readonly partner: string;
  readonly message: string;
  readonly time: Instant;
  readonly submission: Submission | null;
  readonly approvals: readonly Approval[];
  /** When it is to become active. */
  readonly at: Instant | null;
  readonly activated: Instant | null;
  /** After an emergency: until when somebody else is to look at it, and who did. */
  readonly reviewBy: Instant | null;
  readonly reviewer: string | null;
}
