/** A fault is an exception: something that should have worked did not. Closed list; a refusal is never a fault. */
export const FAULTS = {
  'ledger/unavailable': 'The log cannot be written, so nothing may move. Try again shortly.',
  'ledger/unwitnessed':
    'The log has gone too long without the word of its witnesses, so nothing may be asked. Try again shortly.',
  'clock/untrusted': 'The clock of the gateway cannot be trusted at the moment. Try again shortly.',
  'identity/unavailable': 'The identity provider could not be reached to check the token. Try again shortly.',
  'holder/timeout': 'The holder did not answer in time.',
  'holder/unreachable': 'The holder could not be reached.',
  'holder/status': 'The holder answered with an error.',
  'holder/not-json': 'The holder did not answer in the agreed format.',
  'holder/too-large': 'The holder answered with more than the gateway accepts.',
  'holder/shape': 'A record of the holder has a field that is not of the agreed type.',
  'holder/unavailable': 'The records of the holder are not loaded.',
  'exchange/interrupted':
    'The gateway stopped while this question was open. The holder may have been asked; nothing was released.',
  'exchange/internal': 'The gateway could not finish this part of the question. Nothing was released.',
  'exchange/not-in-force': 'The agreement, the project or the person changed state while the question was under way.',
} as const;
export type FaultCode = keyof typeof FAULTS;
export const FAULT_CODES = Object.keys(FAULTS) as readonly FaultCode[];

export class Fault extends Error {
  readonly code: FaultCode;
  /** @param context for operators; must hold no personal data and no holder's value. */
  constructor(code: FaultCode, context?: string, options?: ErrorOptions) {
    super(context ?? FAULTS[code], options);
    this.name = 'Fault';
    this.code = code;
  }
}

/** The code of any thrown value: an unforeseen one is blamed on `fallback`. */
export function faultCode(thrown: unknown, fallback: FaultCode): FaultCode {
  return thrown instanceof Fault ? thrown.code : fallback;
}
