import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { soak } from '../../scripts/soak/soak.ts';

/** `npm run soak` is the same for a minute; only then is memory judged. */
const SECONDS = 4;

test('a short trial under load: nothing but what is declared, every receipt in the log, no intent left open', {
  timeout: 90_000,
}, async () => {
  const state = mkdtempSync(join(tmpdir(), 'five-safes-soak-'));
  const result = await soak(state, SECONDS);
  rmSync(state, { recursive: true, force: true });
  expect(result).toMatchObject({ unexpected: {}, brokenReceipts: 0, open: 0, verified: true, soak: 'ok' });
  expect(result.receipts).toBeGreaterThan(50);
  // Each part of the mix came to pass, or the trial says little.
  const kinds = new Set(Object.keys(result.answers));
  for (const came of [
    'answered 200',
    'none 200',
    'refused 403 exchange/refused',
    'proxy 200',
    'repeated 200',
    'repeated 409 idempotency/in-progress',
    'given up 0',
    'bad 400 request/malformed',
    'standing 200',
  ])
    expect(kinds).toContain(came);
  expect([...kinds].some((kind) => kind.endsWith('502 holder/fault'))).toBe(true);
});
