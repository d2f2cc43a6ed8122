/**
 * Purposes: the terms of the W3C Data Privacy Vocabulary that agreements may name, as data. A term counts wherever one
 * of its broader terms is allowed (`skos:broader`, transitive). Source: DPV 2.2, sector "law", module purposes.
 */
export const DPV_VERSION = '2.2';
export const DPV_LAW = 'https://w3id.org/dpv/sector/law#';

const BROADER: Readonly<Record<string, readonly string[]>> = {
  JusticeManagement: [],
  LawEnforcement: ['JusticeManagement'],
  CriminalLawEnforcement: ['LawEnforcement'],
  LegalInvestigation: ['LawEnforcement'],
  LegalSuspectedOffenceInvestigation: ['LegalInvestigation'],
  LegalEvidenceCollection: ['LegalInvestigation'],
  LegalOffenceDetection: ['LawEnforcement'],
  LegalOffenceProsecution: ['LawEnforcement'],
  CrimeDetection: ['CriminalLawEnforcement', 'LegalOffenceDetection'],
  CriminalBehaviourDetection: ['CrimeDetection'],
  CrimeInvestigation: ['CriminalLawEnforcement', 'LegalInvestigation'],
  SuspectedCrimeInvestigation: ['CriminalLawEnforcement', 'LegalSuspectedOffenceInvestigation'],
  CrimeProsecution: ['CriminalLawEnforcement', 'LegalOffenceProsecution'],
  TransportLawEnforcement: ['LawEnforcement'],
  RoadTrafficLawEnforcement: ['TransportLawEnforcement'],
  RoadVehicleRegistrationEnforcement: ['RoadTrafficLawEnforcement'],
  JudicialSystemManagement: ['JusticeManagement'],
  LegalComplaintManagement: ['JudicialSystemManagement'],
};

export const PURPOSES: readonly string[] = Object.keys(BROADER);

export function isPurpose(term: string): boolean {
  return Object.hasOwn(BROADER, term);
}

/** `https://w3id.org/dpv/sector/law#CrimeInvestigation` */
export function purposeIri(term: string): string {
  return DPV_LAW + term;
}

/** Whether `asked` is `allowed` or narrower than it. Unknown terms match nothing. */
export function purposeWithin(asked: string, allowed: string): boolean {
  if (!isPurpose(asked) || !isPurpose(allowed)) return false;
  if (asked === allowed) return true;
  return (BROADER[asked] ?? []).some((broader) => purposeWithin(broader, allowed));
}
