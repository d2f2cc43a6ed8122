import { Fault } from '../domain/faults.ts';
import type { ExchangeId } from '../domain/ids.ts';
import { type Clock, DAY, type Instant, isoTime, MINUTE } from '../domain/time.ts';
import { heldAmong, holdKeysOf } from '../gateway/blocking.ts';
import type { ErasableExchange, ErasingPorts } from '../gateway/erasure-ports.ts';
import { forgetErased } from '../gateway/forget-erased.ts';
import type { LogLine } from '../gateway/ports.ts';
import type { Ledger } from '../ledger/entry.ts';

const EVERY_MS = 10 * MINUTE;
/** Entries looked at for one agreement in one run: keeps each run off the requests' way. */
const LOOKED_AT = 2_048;
/** Exchanges erased with one entry. */
const ERASED_AT_ONCE = 200;
/** A silence of the log longer than this may be a clock that was set forward. */
const LONGEST_SILENCE = 7 * DAY;
/** So long after such a silence nothing is erased, and operators are told. */
const WAIT_AFTER_SILENCE = DAY;

/** What retention needs of the gateway. */
export interface RetentionPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly erasing: ErasingPorts & { steady(now: Instant, silence: number, since: number): boolean };
  newExchangeId(): ExchangeId;
  readonly log: LogLine;
}

/** How long is kept what was asked under an agreement; null: what belongs to none that is known. */
interface Rule {
  readonly agreement: string | null;
  readonly keepLogDays: number;
}

/** Where the last run stopped, per agreement. */
type Progress = Map<string | null, { next: number; firstHeld: number | null }>;

/**
 * Erases what is older than its agreement's `keepLogDays`, in the background: each time a bounded part, each as one
 * erasure entry that names the rule. What belongs to no agreement that is known, such as a question about a project that never
 * was, is kept as long as the agreement that keeps longest. Never under a hold, never by a clock that is not trusted or has just leapt.
 */
export function startRetention(
  ports: RetentionPorts,
  everyMs = EVERY_MS,
): { run(): Promise<number>; stop(): Promise<void> } {
  const progress: Progress = new Map();
  let running: Promise<number> = Promise.resolve(0);
  const run = () => {
    running = running.then(() => runOnce(ports, progress));
    return running;
  };
  const timer = setInterval(() => void run(), everyMs).unref();
  return {
    run,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** @returns how many exchanges were erased. What fails is told to operators and tried again next time. */
async function runOnce(ports: RetentionPorts, progress: Progress): Promise<number> {
  try {
    const now = ports.clock.now();
    if (!ports.erasing.steady(now, LONGEST_SILENCE, WAIT_AFTER_SILENCE)) {
      ports.log('retention-waits', { why: 'the log was silent for long: the clock may have been set forward' });
      return 0;
    }
    let erased = 0;
    for (const rule of rulesOf(ports.erasing)) erased += await eraseOld(ports, rule, progress, now);
    return erased;
  } catch (error) {
    ports.log('retention-waits', { why: error instanceof Fault ? error.code : 'an unforeseen error' });
    return 0;
  }
}

function rulesOf({ agreements }: ErasingPorts): readonly Rule[] {
  // Without an agreement nothing says how long, and nothing is erased.
  if (agreements.length === 0) return [];
  const longest = Math.max(...agreements.map(({ keepLogDays }) => keepLogDays));
  const known = agreements.map(({ id, keepLogDays }) => ({ agreement: id, keepLogDays }));
  return [...known, { agreement: null, keepLogDays: longest }];
}

/** Null also for an agreement that was taken out of the registry since. */
function knownAgreement(erasing: ErasingPorts, exchange: ErasableExchange): string | null {
  const agreement = erasing.agreementOf(exchange);
  return erasing.agreements.find(({ id }) => id === agreement)?.id ?? null;
}

async function eraseOld(ports: RetentionPorts, rule: Rule, progress: Progress, now: Instant) {
  const { erasing } = ports;
  const before = now - rule.keepLogDays * DAY;
  const at = progress.get(rule.agreement) ?? { next: 0, firstHeld: null };
  const { found, next, ended } = await erasing.findExchanges({ before }, at.next, LOOKED_AT);
  const due = found.filter((one) => knownAgreement(erasing, one) === rule.agreement);
  const held = new Set(due.length === 0 ? [] : heldAmong(erasing, due));
  const free = due.filter((one) => !held.has(one));
  for (let i = 0; i < free.length; i += ERASED_AT_ONCE) {
    await erase(ports, rule, before, free.slice(i, i + ERASED_AT_ONCE));
  }
  const firstHeld = at.firstHeld ?? due.find((one) => held.has(one))?.index ?? null;
  // What a hold kept is looked at again once the end was reached: the hold may be lifted by then.
  progress.set(rule.agreement, ended ? { next: firstHeld ?? next, firstHeld: null } : { next, firstHeld });
  return free.length;
}

async function erase(
  ports: RetentionPorts,
  rule: Rule,
  before: Instant,
  exchanges: readonly ErasableExchange[],
): Promise<void> {
  const ids = exchanges.map((one) => one.exchange);
  const { index } = await ports.ledger.append({
    kind: 'erasure',
    exchange: ports.newExchangeId(),
    accountability: {
      event: 'retention',
      who: { system: 'retention' },
      rule: { ...rule },
      before: isoTime(before),
      parts: 'whole',
      ground: 'storage-period-ended',
      exchanges: ids,
    },
    subject: null,
    change: {
      kind: 'erase',
      proposal: null,
      approver: null,
      parts: 'whole',
      exchanges: exchanges.map((one) => ({ exchange: one.exchange, holdKeys: holdKeysOf(ports.erasing, one) })),
    },
  });
  await forgetErased(ports, ids, 'whole');
  ports.log('erased', { rule: 'retention', agreement: rule.agreement, exchanges: ids.length, entry: index });
}
