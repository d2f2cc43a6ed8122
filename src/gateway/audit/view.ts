import type { JsonObject } from '../../domain/json.ts';
import { agreementOf } from '../../ledger/audit/terms.ts';
import type { OpenedExchange, OpenedLeg } from '../../ledger/opened.ts';
import type { HolderSees } from '../../registry/duties.ts';
import type { Side } from './scope.ts';

/** Facts that a holder knows anyway: of the agreement, of its own dataset, of what it was asked. */
const HOLDERS_FACTS =
  /^(clock\.now|agreement\.|dataset\.|project\.(id|partner|from|until|legal-basis)$|enquiry\.(purpose|output|scheme|full)$)/;
/** And these where the agreement lets it know the person. */
const PERSONAL_FACTS = /^(caller\.|accreditation\.|training\.|undertaking\.)/;

/** An exchange as a reader is shown it; null stands where there is nothing or where it is kept from this side. */
export interface ShownExchange {
  readonly exchange: string;
  readonly side: Side;
  /** What is kept from this side. */
  readonly keptBack: readonly string[];
  readonly asked: OpenedExchange['asked'];
  readonly outcome: OpenedExchange['outcome'];
  readonly explained?: NonNullable<OpenedExchange['explained']>;
  readonly result: string | null;
  readonly answer: string | null;
  readonly who: {
    readonly partner: string | null;
    readonly person: string | null;
    readonly issuer: string | null;
    readonly subject: string | null;
    readonly address: string | null;
  };
  readonly agreement: string | null;
  readonly project: string;
  readonly purpose: OpenedExchange['purpose'];
  readonly case: string | null;
  readonly justification: string | null;
  readonly output: string;
  readonly by: OpenedExchange['by'];
  readonly versions: OpenedExchange['versions'];
  readonly legs: readonly ShownLeg[];
}

export interface ShownLeg {
  readonly dataset: string;
  readonly holder: string;
  readonly state: string;
  readonly code: string | null;
  readonly rows: number | null;
  readonly findings: OpenedLeg['findings'];
  readonly returned: readonly { readonly field: string; readonly treatment: string; readonly rule: string | null }[];
  readonly withheld: readonly string[];
  readonly terms: readonly string[];
  readonly facts: JsonObject;
}

/**
 * @param side from which it is seen. @param holder of the reader's partner, for the holder's side.
 * @param sees what the agreement lets a holder see of the asker.
 */
export function shownExchange(
  opened: OpenedExchange,
  side: Side,
  holder: string | null,
  sees: readonly HolderSees[],
): ShownExchange {
  const whole = side === 'whole';
  const { who, legs, exchange, asked, outcome, project, purpose, output, versions, by } = opened;
  const own = whole ? legs : legs.filter((leg) => leg.holder === holder && leg.permit !== null);
  const alone = own.length === legs.length;
  const may = (part: HolderSees) => whole || sees.includes(part);
  const personal = may('person');
  const keptBack = [
    ...(whole ? [] : ['account', 'address']),
    ...(['person', 'case', 'justification'] as const).filter((part) => !may(part)),
    ...(alone ? [] : ['legs of others']),
  ];
  return {
    ...{ exchange, side, keptBack, asked, outcome, project, purpose, output, versions, by },
    ...(opened.explained === undefined ? {} : { explained: opened.explained }),
    result: alone ? opened.result : null,
    answer: alone ? opened.answer : null,
    agreement: legs.flatMap((leg) => agreementOf(leg.facts) ?? [])[0] ?? null,
    who: {
      partner: who.partner,
      person: personal ? who.person : null,
      issuer: whole ? who.issuer : null,
      subject: whole ? who.subject : null,
      address: whole ? who.address : null,
    },
    case: may('case') ? opened.case : null,
    justification: may('justification') ? opened.justification : null,
    legs: own.map((leg) => shownLeg(leg, (name) => whole || isHoldersFact(name, personal))),
  };
}

function isHoldersFact(name: string, personal: boolean): boolean {
  return HOLDERS_FACTS.test(name) || (personal && PERSONAL_FACTS.test(name));
}

function shownLeg(leg: OpenedLeg, tells: (fact: string) => boolean): ShownLeg {
  const { dataset, holder, state, code, rows, findings, permit, facts } = leg;
  const plan = permit?.plan ?? [];
  return {
    ...{ dataset, holder, state, code, rows, findings },
    returned: plan.filter(isReturned).map(({ field, treatment, rule }) => ({ field, treatment, rule })),
    withheld: plan.filter((p) => !isReturned(p)).map(({ field }) => field),
    terms: permit?.terms ?? [],
    facts: Object.fromEntries(Object.entries(facts).filter(([name]) => tells(name))),
  };
}

function isReturned({ treatment }: { readonly treatment: string }): boolean {
  return treatment !== 'withheld';
}

/** One line of a search: never the identifier, so that a list of exchanges is no list of plates. */
export function summary({
  exchange,
  asked,
  outcome,
  result,
  who,
  project,
  purpose,
  output,
  legs,
  ...shown
}: ShownExchange) {
  return {
    exchange,
    time: (asked ?? outcome ?? shown.explained)?.time ?? null,
    result,
    partner: who.partner,
    person: who.person,
    project,
    purpose: purpose.term,
    case: shown.case,
    output,
    legs: legs.map(({ dataset, holder, state, code }) => ({ dataset, holder, state, code })),
  };
}
