import type { JsonValue } from '../domain/json.ts';
import type { Proposal } from '../domain/rulebook-life.ts';
import { type Clock, isoTime, SECOND } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import type { Information } from '../gateway/ops.ts';
import type { LogLine } from '../gateway/ports.ts';
import { NotActivated, StaleProposal } from '../gateway/rulebook/ports.ts';
import { activate, isOverdue, stateAt } from '../review/rulebook-life.ts';

/** A log that is away, or a clock that is not trusted, is asked again so much later. */
const AGAIN_MS = 5 * SECOND;
/** No timer is set further ahead, so that none is cut short by its own limits or a sleeping machine. */
const AHEAD_MS = 60 * SECOND;

export interface Timetable {
  /** To be called when proposals have changed. */
  refresh(): void;
  readonly information: Information;
  stop(): void;
}

interface Parts {
  readonly clock: Clock;
  readonly log: LogLine;
  readonly source: 'files' | 'store';
  readonly inFiles: Digest | 'unreadable' | null;
  proposals(): readonly Proposal[];
  active(): Digest;
  activate(next: Proposal, who: null): Promise<number>;
}

/** Makes versions active at the time that was set for them, and says what waits. */
export function startTimetable({ clock, log, source, inFiles, proposals, active, activate: make }: Parts): Timetable {
  let known: readonly Proposal[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const failed = new Set<string>();

  const arm = (after: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void run(), after).unref();
  };
  const waiting = () => known.filter((one) => one.state === 'scheduled' && one.at !== null && !failed.has(one.id));
  const plan = () => {
    const next = Math.min(...waiting().map(({ at }) => at ?? Number.POSITIVE_INFINITY));
    if (next !== Number.POSITIVE_INFINITY) arm(Math.min(AHEAD_MS, Math.max(0, next - clock.now())));
  };
  const run = async () => {
    try {
      const now = clock.now();
      for (const one of waiting()) {
        if ((one.at ?? now) > now) continue;
        const moved = activate(one, null, now);
        if ('refused' in moved) failed.add(one.id);
        else {
          const entry = await make(moved.proposal, null);
          log('rulebook', { event: 'activate', proposal: one.id, version: one.version, entry });
        }
      }
      known = proposals();
      plan();
    } catch (error) {
      if (error instanceof NotActivated) {
        log('rulebook-not-activated', { why: error.code });
        for (const one of waiting()) if ((one.at ?? 0) <= Date.now()) failed.add(one.id);
      }
      if (error instanceof StaleProposal) known = proposals();
      arm(AGAIN_MS);
    }
  };
  const refresh = () => {
    try {
      known = proposals();
      plan();
    } catch {
      arm(AGAIN_MS);
    }
  };
  const tell = (): JsonValue => {
    const now = Date.now();
    const overdue = known.filter((one) => isOverdue(one, now));
    return {
      source,
      active: active(),
      inFiles,
      open: known.filter((one) => ['submitted', 'partly-approved', 'approved', 'scheduled'].includes(stateAt(one, now)))
        .length,
      notActivated: [...failed],
      reviewBy:
        known.flatMap((one) =>
          one.state === 'active' && one.reviewBy !== null && one.reviewer === null ? [isoTime(one.reviewBy)] : [],
        )[0] ?? null,
      reviewOverdue: overdue.length > 0,
    };
  };
  refresh();
  return {
    refresh,
    information: { name: 'rulebook', tell },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
