/** A holder's answer is not what may leave, and neither is made of plain data. */
import type { Raw, Treated } from '../../src/domain/answer.ts';
import type { Permit } from '../../src/domain/permit.ts';
import type { Treat } from '../../src/treat/treat.ts';
import type { Plain } from './plain.ts';

declare const treat: Treat;

export function raw(plain: Plain<Raw>): Raw {
  return plain; // rejected: TS2322
}

export function treated(plain: Plain<Treated>): Treated {
  return plain; // rejected: TS2322
}

export function untreated(answer: Raw): Treated {
  return answer; // rejected: TS2322
}

export function treatedWithoutPermit(plain: Plain<Permit>, answer: Raw): Treated {
  return treat(plain, answer); // rejected: TS2345
}

export function treatedTwice(permit: Permit, answer: Treated): Treated {
  return treat(permit, answer); // rejected: TS2345
}
