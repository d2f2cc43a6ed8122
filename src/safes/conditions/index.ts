import type { ConditionName } from '../../domain/catalogue.ts';
import type { Evaluate } from '../../domain/matching.ts';
import { paused } from './data.ts';
import type { Meaning } from './meaning.ts';
import { by } from './outputs.ts';
import { accreditation, suspended, training, undertaking } from './people.ts';
import {
  agreementInForce,
  caseReference,
  legalBasis,
  member,
  pageLapsed,
  projectInForce,
  purpose,
} from './projects.ts';
import { authAge, boundToken, hours, mfa, network } from './settings.ts';

/** Every condition of the catalogue with its meaning; the type holds the list complete. */
const MEANINGS: Readonly<Record<ConditionName, Meaning>> = {
  suspended,
  accreditation,
  training,
  undertaking,
  member,
  'agreement-in-force': agreementInForce,
  'project-in-force': projectInForce,
  'page-lapsed': pageLapsed,
  purpose,
  'legal-basis': legalBasis,
  case: caseReference,
  mfa,
  'auth-age': authAge,
  network,
  hours,
  'bound-token': boundToken,
  by,
  paused,
};

/** Evaluates one condition on the facts, its negation aside. Pure. */
export const evaluateCondition: Evaluate = (condition, facts) => MEANINGS[condition.name](condition, facts);
