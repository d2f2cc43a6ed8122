import { RECEIPT_CODES } from './receipt-check.ts';

/** What can be wrong with a ledger. Closed list. */
export const VERIFY_CODES = [
  'entry/index',
  'entry/form',
  'entry/kind',
  'entry/columns',
  'entry/time',
  'entry/altered',
  'entry/second-asked',
  'entry/second-outcome',
  'details/missing',
  'details/altered',
  'details/undeclared',
  'details/form',
  'node/missing',
  'node/altered',
  'entries/missing',
  'entries/form',
  'tile/missing',
  'tile/form',
  'checkpoint/missing',
  'checkpoint/unsigned',
  'checkpoint/order',
  'checkpoint/root',
  'log-key/missing',
  'log-key/altered',
  'source/unreadable',
  ...RECEIPT_CODES,
] as const;
export type VerifyCode = (typeof VERIFY_CODES)[number];

/** How the walk through a ledger ends early. Thrown and caught within the verifier alone. */
export class BadEntry extends Error {
  readonly index: number;
  readonly code: VerifyCode;
  constructor(index: number, code: VerifyCode) {
    super(code);
    this.index = index;
    this.code = code;
  }
}
