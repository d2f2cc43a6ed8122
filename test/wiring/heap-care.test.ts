import { onTestFinished, test, vi } from 'vitest';
import { startHeapCare } from '../../src/wiring/heap-care.ts';

/** Something that nobody holds, but the old space of this thread. */
function forgotten(): WeakRef<object> {
  return new WeakRef({ left: 'over' });
}

async function collected(ref: WeakRef<object>): Promise<void> {
  await vi.waitUntil(() => ref.deref() === undefined, { timeout: 5_000, interval: 20 });
}

test('what a start leaves behind is collected soon after, and what comes after that when it is quiet', async () => {
  const care = startHeapCare({ first: 150, every: 300 });
  onTestFinished(() => care.stop());
  await collected(forgotten());
  let rush: unknown[] = Array.from({ length: 200_000 }, (_, i) => ({ i, of: [i] }));
  const left = new WeakRef(rush);
  rush = [];
  await collected(left);
});
