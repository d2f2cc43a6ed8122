import { isDayOver } from '../../domain/local-time.ts';
import { purposeWithin } from '../../domain/purpose.ts';
import { type Meaning, met } from './meaning.ts';

export const member: Meaning = (_, facts) => met(facts['project.member'], (is) => is);

export const agreementInForce: Meaning = (_, facts) =>
  met(facts['clock.now'], (now) =>
    met(facts['agreement.from'], (from) => met(facts['agreement.until'], (until) => from <= now && now < until)),
  );

export const projectInForce: Meaning = (_, facts) =>
  met(facts['clock.now'], (now) =>
    met(facts['project.from'], (from) => met(facts['project.until'], (until) => from <= now && now < until)),
  );

/** The whole of the day that is named is still within time. */
export const pageLapsed: Meaning = ({ argument = '' }, facts) =>
  met(facts['clock.now'], (now) => met(facts['agreement.time-zone'], (zone) => isDayOver(argument, zone, now)));

/** A narrower term counts: DPV `skos:broader`. */
export const purpose: Meaning = ({ argument = '' }, facts) =>
  met(facts['enquiry.purpose'], (asked) => purposeWithin(asked, argument));

export const legalBasis: Meaning = ({ argument }, facts) =>
  met(facts['project.legal-basis'], (basis) => basis === argument);

export const caseReference: Meaning = (_, facts) =>
  met(facts['project.case-pattern'], (pattern) =>
    met(facts['enquiry.case'], (reference) => fitsPattern(reference, pattern)),
  );

/** `#` a digit, `@` a letter A to Z, anything else itself. Not a regular expression: registries are edited by people. */
export function fitsPattern(reference: string, pattern: string): boolean {
  if (pattern === '' || reference.length !== pattern.length) return false;
  return [...pattern].every((mark, i) => {
    const char = reference.charAt(i);
    if (mark === '#') return char >= '0' && char <= '9';
    if (mark === '@') return char >= 'A' && char <= 'Z';
    return char === mark;
  });
}
