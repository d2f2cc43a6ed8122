import type { ErasableExchange, ErasingPorts } from './erasure-ports.ts';

/** The names of all holds that would block erasing this exchange. */
export function holdKeysOf(
  erasing: Pick<ErasingPorts, 'holdKey' | 'agreementOf'>,
  exchange: ErasableExchange,
): readonly string[] {
  const agreement = erasing.agreementOf(exchange);
  return [
    erasing.holdKey('exchange', exchange.exchange),
    ...(exchange.case === null ? [] : [erasing.holdKey('case', exchange.case)]),
    ...(agreement === undefined ? [] : [erasing.holdKey('agreement', agreement)]),
  ];
}

/** Whether a hold blocks one of them. The store asks again in the transaction that erases. */
export function blockedBy(
  erasing: Pick<ErasingPorts, 'holdKey' | 'agreementOf' | 'holds'>,
  exchanges: readonly ErasableExchange[],
): boolean {
  const blocking = new Set(
    erasing
      .holds()
      .filter((hold) => hold.state !== 'lifted')
      .map((hold) => hold.key),
  );
  return exchanges.some((one) => holdKeysOf(erasing, one).some((key) => blocking.has(key)));
}
