/** No fetch without a Permit, no release without a Receipt. */
import type { Raw, Treated } from '../../src/domain/answer.ts';
import type { Permit } from '../../src/domain/permit.ts';
import { type Ports, type Release, release } from '../../src/exchange.ts';
import type { Appended } from '../../src/ledger/entry.ts';
import type { Receipt } from '../../src/ledger/receipt.ts';
import type { Plain } from './plain.ts';

type Answer = Parameters<typeof release>[1];
type Told = Parameters<typeof release>[2];

export function fetched(ports: Ports, permit: Permit, asked: Appended): Promise<Raw> {
  return ports.fetch(permit, asked);
}

export function fetchedWithoutPermit(ports: Ports, plain: Plain<Permit>, asked: Appended): Promise<Raw> {
  return ports.fetch(plain, asked); // rejected: TS2345
}

export function fetchedWithPerhapsAPermit(ports: Ports, permit: Permit | null, asked: Appended): Promise<Raw> {
  return ports.fetch(permit, asked); // rejected: TS2345
}

export function fetchedWithoutIntent(ports: Ports, permit: Permit): Promise<Raw> {
  return ports.fetch(permit); // rejected: TS2554
}

export function fetchedWithPerhapsAnIntent(ports: Ports, permit: Permit, asked: Appended | null): Promise<Raw> {
  return ports.fetch(permit, asked); // rejected: TS2345
}

export function treatedWithoutPermit(ports: Ports, plain: Plain<Permit>, raw: Raw): Treated {
  return ports.treat(plain, raw); // rejected: TS2345
}

export function released(receipt: Receipt, answer: Answer, told: Told): Release {
  return release(receipt, answer, told);
}

export function releasedWithoutReceipt(plain: Plain<Receipt>, answer: Answer, told: Told): Release {
  return release(plain, answer, told); // rejected: TS2345
}

export function releasedOnTheEntryAlone(entry: Appended & Plain<Receipt>, answer: Answer, told: Told): Release {
  return release(entry, answer, told); // rejected: TS2345
}

export function releasedByHand(plain: Plain<Release>): Release {
  return plain; // rejected: TS2322
}
