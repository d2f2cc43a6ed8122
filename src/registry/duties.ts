import { type Agreement, inForce, type Person } from '../domain/partnership.ts';
import type { Instant } from '../domain/time.ts';

/** What people of a partner do beside asking. Closed list. */
export const ACTIONS = [
  /** The log is searched: who asked what, without the identifiers asked for. */
  'log/find',
  /** The details of one exchange are opened. */
  'log/open',
  'log/report',
  'erasure/propose',
  'erasure/approve',
  'erasure/list',
  'hold/set',
  'hold/lift',
  'hold/list',
  'dataset/pause',
  'dataset/resume',
  /** Versions, proposals and what is found about them, as far as one's own partner is a party. */
  'rulebook/read',
  'rulebook/draft',
  /** What a version would decide: what-if, replay. */
  'rulebook/try',
  'rulebook/submit',
  'rulebook/approve',
  'rulebook/reject',
  'rulebook/withdraw',
  'rulebook/activate',
  'rulebook/rollback',
  /** Looking, afterwards, at what one person alone made active. */
  'rulebook/review',
] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Which exchanges a duty covers. `partner`: those that people of one's own partner asked, and those put to its datasets.
 * `holder`: only those put to its datasets. `self`: those that oneself asked.
 */
export type Reach = 'partner' | 'holder' | 'self';

interface Duty {
  readonly role: string;
  readonly reach: Reach;
  readonly actions: readonly Action[];
}

/** Role × action × reach. What is not here, nobody may. */
export const DUTIES: readonly Duty[] = [
  {
    role: 'auditor',
    reach: 'partner',
    actions: ['log/find', 'log/open', 'log/report', 'erasure/list', 'hold/list', 'rulebook/read'],
  },
  {
    role: 'compliance-officer',
    reach: 'partner',
    actions: [
      'log/find',
      'log/open',
      'log/report',
      'erasure/propose',
      'erasure/approve',
      'erasure/list',
      'hold/set',
      'hold/lift',
      'hold/list',
      'rulebook/read',
      'rulebook/draft',
      'rulebook/try',
      'rulebook/submit',
      'rulebook/approve',
      'rulebook/reject',
      'rulebook/withdraw',
      'rulebook/activate',
      'rulebook/rollback',
      'rulebook/review',
    ],
  },
  {
    role: 'data-steward',
    reach: 'holder',
    actions: ['log/find', 'log/open', 'log/report', 'dataset/pause', 'dataset/resume', 'rulebook/read'],
  },
  { role: 'investigator', reach: 'self', actions: ['log/find', 'log/open'] },
  { role: 'analyst', reach: 'self', actions: ['log/find', 'log/open'] },
];

/** Roles that let somebody do this. */
export function rolesWith(action: Action): readonly string[] {
  return DUTIES.filter(({ actions }) => actions.includes(action)).map(({ role }) => role);
}

/** Roles of which nobody has both at once: who answers for the processing does not audit it. */
export const EXCLUSIVE = ['auditor', 'compliance-officer'] as const;

/** Roles with a duty towards others; the rest of the table is about one's own questions. */
const OFFICES: ReadonlySet<string> = new Set(DUTIES.filter(({ reach }) => reach !== 'self').map(({ role }) => role));

/**
 * Roles by which somebody acts. An office is held as the registry attests it and never by way of another role: whoever
 * edits `roles.csv`, which is part of the rulebook, neither makes officers and auditors nor unmakes them.
 * @param included roles in force today, those they include among them.
 */
export function rolesForDuties(
  { roles }: Pick<Person, 'roles'>,
  included: readonly string[],
  now: Instant,
): readonly string[] {
  const held = roles.filter((role) => inForce(role, now)).map(({ name }) => name);
  return [...new Set([...held, ...included.filter((role) => !OFFICES.has(role))])];
}

/** What an agreement lets a holder's people see of those who ask, beyond partner, project, purpose and output level. */
export const HOLDER_SEES = ['person', 'case', 'justification'] as const;
export type HolderSees = (typeof HOLDER_SEES)[number];

/** How far somebody's leave to act reaches, today. An exchange is covered where one of these covers it. */
export interface Leave {
  /** Exchanges asked by people of this partner. */
  readonly asker: string | null;
  /** Exchanges put to datasets of this partner. */
  readonly holder: string | null;
  /** Exchanges asked by this person. */
  readonly self: string | null;
  /** Every exchange under these agreements: their appointment for all. */
  readonly agreements: readonly string[];
}

type Suspended = Pick<Person, 'id' | 'partner' | 'suspensions'>;

/**
 * Whether, and how far, a person may do this.
 * @param roles as `rolesForDuties` has them. @param agreements all; those in force today can appoint.
 * @returns null where the person may not: no such role, suspended, or two roles that exclude each other.
 */
export function leaveFor(
  person: Suspended,
  roles: readonly string[],
  action: Action,
  agreements: readonly Agreement[],
  now: Instant,
): Leave | null {
  if (person.suspensions.some((suspension) => inForce(suspension, now))) return null;
  if (EXCLUSIVE.every((role) => roles.includes(role))) return null;
  const duties = DUTIES.filter((duty) => roles.includes(duty.role) && duty.actions.includes(action));
  if (duties.length === 0) return null;
  const reaches = new Set(duties.map((duty) => duty.reach));
  return {
    asker: reaches.has('partner') ? person.partner : null,
    holder: reaches.has('partner') || reaches.has('holder') ? person.partner : null,
    self: reaches.has('self') ? person.id : null,
    agreements: agreements.filter((a) => inForce(a, now) && appoints(a, person.partner, duties)).map((a) => a.id),
  };
}

function appoints(agreement: Agreement, partner: string, duties: readonly Duty[]): boolean {
  return agreement.auditors.some((seat) => seat.partner === partner && duties.some((duty) => duty.role === seat.role));
}
