import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchForQuiet } from '../../../src/adapters/sqlite/search-rest.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A log that grows by so many entries every two seconds, and a thread that never gets anywhere. */
function watched(begins: number, grows: number) {
  const log = { size: begins, position: 0, running: false, starts: 0 };
  const growing = setInterval(() => {
    log.size += grows;
  }, 2_000);
  const unwatch = watchForQuiet(
    { afterMs: 10_000, size: () => log.size },
    () => ({ position: log.position, running: log.running }),
    () => {
      log.starts += 1;
    },
  );
  return Object.assign(log, {
    stop: () => {
      clearInterval(growing);
      unwatch();
    },
  });
}

describe('the thread of the index', () => {
  test('is started when the index is behind and little is written, and not in the first seconds', () => {
    const log = watched(2_000, 0);
    vi.advanceTimersByTime(9_999);
    expect(log.starts).toBe(0);
    vi.advanceTimersByTime(2_002);
    expect(log.starts).toBe(1);
    log.stop();
    vi.advanceTimersByTime(60_000);
    expect(log.starts).toBe(1);
  });

  test('is not for a few entries, which a search brings up itself, nor while it runs', () => {
    const few = watched(1_999, 0);
    vi.advanceTimersByTime(60_000);
    expect(few.starts).toBe(0);
    const runs = watched(5_000, 0);
    runs.running = true;
    vi.advanceTimersByTime(60_000);
    expect(runs.starts).toBe(0);
    runs.running = false;
    runs.position = 4_000;
    vi.advanceTimersByTime(60_000);
    expect(runs.starts).toBe(0);
  });

  test('is not for busy moments, unless it is far behind: then once a minute', () => {
    const busy = watched(3_000, 101);
    vi.advanceTimersByTime(120_000);
    expect(busy.starts).toBe(0);
    const far = watched(200_001, 101);
    vi.advanceTimersByTime(10_000 + 120_000);
    expect(far.starts).toBe(2);
  });
});
