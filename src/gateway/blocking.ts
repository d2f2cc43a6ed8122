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

/** Those that a hold keeps from being erased. The store asks again in the transaction that erases. */
export function heldAmong(
  erasing: Pick<ErasingPorts, 'holdKey' | 'agreementOf' | 'holds'>,
  exchanges: readonly ErasableExchange[],
): readonly ErasableExchange[] {
  // Read once, however many there are: the file is opened for it.
  const blocking = new Set(
    erasing
      .holds()
      .filter((hold) => hold.state !== 'lifted')
      .map((hold) => hold.key),
  );
  return exchanges.filter((one) => holdKeysOf(erasing, one).some((key) => blocking.has(key)));
}
