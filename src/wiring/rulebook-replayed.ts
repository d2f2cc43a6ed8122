import { agreementOf } from '../ledger/audit/terms.ts';
import type { DecidedExchange } from '../ledger/exchange-text.ts';
import type { ReplayStep } from '../ruleset/replay/recorded.ts';

/** For whom a replay is, and the agreements that the partner signed. */
interface Circle {
  readonly partner: string;
  readonly agreements: readonly string[];
}

/** Exchanges between which progress is told. */
const TELL_EVERY = 1_000;

/**
 * Of the log, what a partner may be told how it was decided: exchanges under agreements that it signed. Others are counted,
 * no more: what their askers did is not the partner's to know, not even as numbers by dataset. What was erased or cannot
 * be read belongs to nobody any more, and goes through to be counted.
 */
export function shown(log: AsyncIterable<ReplayStep>, circle: Circle) {
  let others = 0;
  return {
    /** How many were left out so far. */
    others: () => others,
    /** @param tell how many were read, now and then. */
    async *of(tell: (read: number) => void): AsyncGenerator<ReplayStep> {
      let read = 0;
      for await (const step of log) {
        read += 1;
        if (read % TELL_EVERY === 0) tell(read);
        if ('exchange' in step && 'who' in step.exchange && !isOf(step.exchange, circle)) others += 1;
        else yield step;
      }
    },
  };
}

/** By the agreement that was recorded; where none was found, no rule of any was asked, and it is its asker's. */
function isOf({ who, legs }: DecidedExchange, { partner, agreements }: Circle): boolean {
  const under = legs.flatMap(({ facts }) => agreementOf(facts) ?? []);
  if (under.length === 0) return who.partner === partner;
  return under.every((id) => agreements.includes(id));
}
