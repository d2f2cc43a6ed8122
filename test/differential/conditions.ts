import type { Met } from '../../src/domain/catalogue.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { Fault } from './faults.ts';

/** W3C DPV 2.2, sector law: what each term lies within, as far as the drawn pages go. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  JusticeManagement: ['JusticeManagement'],
  LawEnforcement: ['LawEnforcement', 'JusticeManagement'],
  CrimeInvestigation: [
    ...['CrimeInvestigation', 'CriminalLawEnforcement', 'LegalInvestigation'],
    ...['LawEnforcement', 'JusticeManagement'],
  ],
  SuspectedCrimeInvestigation: [
    ...['SuspectedCrimeInvestigation', 'CriminalLawEnforcement', 'LegalSuspectedOffenceInvestigation'],
    ...['LegalInvestigation', 'LawEnforcement', 'JusticeManagement'],
  ],
};

/** Zones without summer time, in hours ahead of UTC. */
const AHEAD: Readonly<Record<string, number>> = { UTC: 0, 'Asia/Tokyo': 9, 'America/Phoenix': -7 };
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Whether a condition, its `not` taken off, holds. A fact that is needed and missing makes it unknown. */
export function conditionHolds(text: string, facts: Facts, fault: Fault | null): Met {
  const [, name = '', argument = '', full, bound = '0'] =
    /^([a-z-]+)(?::([^(<]+))?(\(full\))?(?:<=(\d+)[dh])?$/.exec(text) ?? [];
  const now = facts['clock.now'];
  const fresh = (at: number | undefined, unit: number) =>
    whole([now, at], ([today, then]) => then <= today && today <= then + Number(bound) * unit);
  const between = (from: number | undefined, until: number | undefined) =>
    whole([now, from, until], ([today, first, end]) =>
      fault === 'last-moment-counts' ? first <= today && today <= end : first <= today && today < end,
    );
  switch (name) {
    case 'suspended':
      return plain(facts['caller.suspended']);
    case 'member':
      return plain(facts['project.member']);
    case 'paused':
      return plain(facts['dataset.paused']);
    case 'bound-token':
      return plain(facts['token.bound']);
    case 'accreditation':
      return between(0, facts[`accreditation.${argument}`]);
    case 'training':
      return fresh(facts[`training.${argument}`], DAY_MS);
    case 'undertaking':
      return fresh(facts[`undertaking.${argument}`], DAY_MS);
    case 'auth-age':
      return fresh(facts['token.auth-time'], HOUR_MS);
    case 'agreement-in-force':
      return between(facts['agreement.from'], facts['agreement.until']);
    case 'project-in-force':
      return between(facts['project.from'], facts['project.until']);
    case 'purpose': {
      const asked = facts['enquiry.purpose'];
      if (asked === undefined) return 'unknown';
      return yes(fault === 'purpose-exact' ? asked === argument : (WITHIN[asked] ?? []).includes(argument));
    }
    case 'page-lapsed': {
      const zone = facts['agreement.time-zone'];
      if (now === undefined || zone === undefined) return 'unknown';
      const ahead = fault === 'hours-in-utc' ? 0 : (AHEAD[zone] ?? Number.NaN);
      return yes(now + ahead * HOUR_MS >= Date.parse(argument) + DAY_MS);
    }
    case 'legal-basis': {
      const basis = facts['project.legal-basis'];
      return basis === undefined ? 'unknown' : yes(basis === argument);
    }
    case 'case': {
      const [pattern, given] = [facts['project.case-pattern'], facts['enquiry.case']];
      if (pattern === undefined || given === undefined) return 'unknown';
      return yes(new RegExp(`^${pattern.replaceAll('#', '[0-9]').replaceAll('@', '[A-Z]')}$`).test(given));
    }
    case 'mfa': {
      const methods = facts['token.amr'];
      return methods === undefined ? 'unknown' : yes(methods.includes('mfa'));
    }
    case 'network': {
      const networks = facts['channel.networks'];
      return networks === undefined ? 'unknown' : yes(networks.includes(argument));
    }
    case 'hours':
      return hours(argument, now, facts['agreement.time-zone'], fault);
    case 'by': {
      const scheme = facts['enquiry.scheme'];
      if (scheme === undefined) return 'unknown';
      if (scheme !== argument) return 'unmet';
      return full === undefined || fault === 'fragment-is-full' ? 'met' : plain(facts['enquiry.full']);
    }
    default:
      throw new Error(`no such condition: ${text}`);
  }
}

function hours(span: string, now: number | undefined, zone: string | undefined, fault: Fault | null): Met {
  if (now === undefined || zone === undefined) return 'unknown';
  const ahead = fault === 'hours-in-utc' ? 0 : (AHEAD[zone] ?? Number.NaN);
  const minute = Math.floor(((((now + ahead * HOUR_MS) % DAY_MS) + DAY_MS) % DAY_MS) / 60_000);
  const [from = 0, to = 0] = span.split('-').map((clock) => {
    const [hour, rest] = clock.split(':').map(Number);
    return (hour ?? 0) * 60 + (rest ?? 0);
  });
  return yes(from <= minute && minute < to);
}

function yes(is: boolean): Met {
  return is ? 'met' : 'unmet';
}

function plain(fact: boolean | undefined): Met {
  return fact === undefined ? 'unknown' : yes(fact);
}

/** Unknown unless every number is there. */
function whole<const T extends readonly (number | undefined)[]>(
  numbers: T,
  test: (known: { readonly [K in keyof T]: number }) => boolean,
): Met {
  return allKnown(numbers) ? yes(test(numbers)) : 'unknown';
}

function allKnown<T extends readonly (number | undefined)[]>(
  numbers: T,
): numbers is T & { readonly [K in keyof T]: number } {
  return !numbers.includes(undefined);
}
