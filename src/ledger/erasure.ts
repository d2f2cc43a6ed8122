import type { Instant } from '../domain/time.ts';
import { DAY } from '../domain/time.ts';

/**
 * Erasure and legal hold. Erasing destroys the data keys of an exchange's details: its entries stay in the tree, every
 * proof stays valid, and nobody reads the details again. It is proposed by one person and approved by another.
 */

/** `subject`: what was searched for and facts about others. `whole`: also who asked, why, and what was decided. */
export const ERASED_PARTS = ['subject', 'whole'] as const;
export type ErasedParts = (typeof ERASED_PARTS)[number];

/** Why details may, or must, be erased. Closed list: no free text stands outside the sealed details. */
export const ERASURE_GROUNDS = {
  'storage-period-ended':
    'Directive (EU) 2016/680 Art. 5; Regulation (EU) 2016/679 Art. 5(1)(e): the storage period has ended',
  'request-of-the-person':
    'Directive (EU) 2016/680 Art. 16(2); Regulation (EU) 2016/679 Art. 17: the person concerned asked for it',
  'unlawful-processing': 'Directive (EU) 2016/680 Art. 16(2): the processing was unlawful',
  order: 'an order of a court or of a supervisory authority',
  exit: 'the agreement has ended and provides for erasure',
} as const;
export type ErasureGround = keyof typeof ERASURE_GROUNDS;

/** How long a proposal, or the first of two words for lifting a hold, waits for the second person. */
export const SECOND_PERSON_WITHIN = 7 * DAY;

/** Every state of a proposed erasure, and the moves out of it. */
export const ERASURE_MOVES = {
  proposed: { approve: 'done', expire: 'expired' },
  done: {},
  expired: {},
} as const;
export type ErasureState = keyof typeof ERASURE_MOVES;

/** Every state of a legal hold, and the moves out of it. A hold blocks in every state but `lifted`. */
export const HOLD_MOVES = {
  set: { lift: 'lifting' },
  lifting: { lift: 'lifted', expire: 'set' },
  lifted: {},
} as const;
export type HoldState = keyof typeof HOLD_MOVES;

/** A proposal as it is kept beside the tree. Reasons in people's words stand in its entry, sealed. */
export interface ErasureProposal {
  readonly id: string;
  readonly parts: ErasedParts;
  readonly ground: ErasureGround;
  readonly exchanges: readonly string[];
  /** Person ids. */
  readonly proposer: string;
  readonly partner: string;
  readonly proposed: Instant;
}

export interface StoredErasure extends ErasureProposal {
  readonly state: ErasureState;
  readonly approver: string | null;
}

export const HOLD_SCOPES = ['exchange', 'case', 'agreement'] as const;
export type HoldScope = (typeof HOLD_SCOPES)[number];

/** Name under which a hold on an exchange or agreement is kept. Those of cases are keyed: they can be tried out. */
export function plainHoldKey(scope: Exclude<HoldScope, 'case'>, value: string): string {
  return `${scope}:${value}`;
}

/** What a plain name says: the id of the exchange or agreement. */
export function heldValue(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

export interface LegalHold {
  readonly id: string;
  readonly scope: HoldScope;
  /** Name of what is held, keyed for a case: the table tells nobody which. */
  readonly key: string;
  /** Who set it, and for which partner. */
  readonly person: string;
  readonly partner: string;
}

export interface StoredHold extends LegalHold {
  readonly state: HoldState;
  readonly since: Instant;
  /** Who gave the first of two words for lifting, and when. */
  readonly lifter: string | null;
  readonly lifterPartner: string | null;
  readonly lifting: Instant | null;
}

/** An exchange to be erased, with the names of all holds that would block it. */
export interface ErasedExchange {
  readonly exchange: string;
  readonly holdKeys: readonly string[];
}

/** What the store changes in the transaction of an `erasure` or `legal-hold` entry. */
export type ErasingChange =
  | { readonly kind: 'erasure-proposed'; readonly proposal: ErasureProposal }
  | {
      readonly kind: 'erase';
      /** Null: a rule erases, not a proposal. */
      readonly proposal: string | null;
      readonly approver: string | null;
      readonly parts: ErasedParts;
      readonly exchanges: readonly ErasedExchange[];
    }
  | { readonly kind: 'hold-set'; readonly hold: LegalHold }
  | { readonly kind: 'hold-lift'; readonly hold: string; readonly person: string; readonly partner: string };

/** The state of a proposal now: one that nobody approved in time has expired. */
export function erasureStateAt({ state, proposed }: StoredErasure, now: Instant): ErasureState {
  return state === 'proposed' && now - proposed > SECOND_PERSON_WITHIN ? ERASURE_MOVES.proposed.expire : state;
}

/** The state of a hold now: a first word that nobody seconded in time counts for nothing. */
export function holdStateAt({ state, lifting }: Pick<StoredHold, 'state' | 'lifting'>, now: Instant): HoldState {
  return state === 'lifting' && (lifting === null || now - lifting > SECOND_PERSON_WITHIN)
    ? HOLD_MOVES.lifting.expire
    : state;
}

/**
 * Why a hold cannot be lifted by this person now, or the state that follows. Two persons, one of them of the partner that
 * set it: nobody else can lift its hold over its head.
 */
export function liftedBy(
  hold: StoredHold,
  by: { readonly person: string; readonly partner: string },
  now: Instant,
): { readonly state: HoldState } | { readonly refused: 'state' | 'same-person' | 'partner' } {
  const state = holdStateAt(hold, now);
  if (state === 'lifted') return { refused: 'state' };
  if (state === 'set') return { state: HOLD_MOVES.set.lift };
  if (hold.lifter === by.person) return { refused: 'same-person' };
  if (hold.lifterPartner !== hold.partner && by.partner !== hold.partner) return { refused: 'partner' };
  return { state: HOLD_MOVES.lifting.lift };
}
