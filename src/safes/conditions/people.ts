import { DAY } from '../../domain/time.ts';
import type { Meaning } from './meaning.ts';
import { met } from './meaning.ts';

/** The person is suspended. The registry always says so or the contrary, so a missing fact is a doubt, not a no. */
export const suspended: Meaning = (_, facts) => met(facts['caller.suspended'], (is) => is);

/** The fact is the instant until which the accreditation lasts. A person without it has no such fact: unknown. */
export const accreditation: Meaning = ({ argument }, facts) =>
  met(facts['clock.now'], (now) => met(facts[`accreditation.${argument}`], (until) => now < until));

/** The fact is the instant at which the training was completed. */
export const training: Meaning = ({ argument, bound = 0 }, facts) =>
  met(facts['clock.now'], (now) => met(facts[`training.${argument}`], (on) => on <= now && now - on <= bound * DAY));

/** The fact is the instant at which the present version was accepted. */
export const undertaking: Meaning = ({ argument, bound = 0 }, facts) =>
  met(facts['clock.now'], (now) => met(facts[`undertaking.${argument}`], (at) => at <= now && now - at <= bound * DAY));
