/** Nobody writes leave to ask by hand. Every line marked as rejected must be refused by the compiler, and no other. */
import type { Permit } from '../../src/domain/permit.ts';
import type { Plain } from './plain.ts';

export function written(plain: Plain<Permit>): Permit {
  return plain; // rejected: TS2322
}

export function changed(permit: Permit): void {
  permit.maxRows = 1_000_000; // rejected: TS2540
}

export function plainAgain(permit: Permit): Plain<Permit> {
  return permit;
}
