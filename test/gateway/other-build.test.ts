import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Bench, startBench } from './rulebook-officers.ts';

/** Another build of the gateway, for which "no-onward" means something else. */
const build = vi.hoisted(() => ({ other: false }));
vi.mock('../../src/domain/catalogue.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../src/domain/catalogue.ts')>();
  const means = {
    get: () => (build.other ? 'the asker tells nobody' : real.TERMS['no-onward'].means),
    enumerable: true,
  };
  return { ...real, TERMS: { ...real.TERMS, 'no-onward': Object.defineProperties({}, { means }) } };
});

let bench: Bench;
beforeAll(async () => {
  // The federation, Hugo's, signed nothing here.
  bench = await startBench({
    'agreements.yaml': [
      [', tidewater-cars, motor-trade-federation]', ', tidewater-cars]'],
      ['    auditors:\n      - { partner: motor-trade-federation, scope: all }\n', ''],
    ],
  });
});
afterAll(() => bench.stop());

async function begun() {
  const { body } = await bench.call('tess.marsh', '/versions/active');
  return body.proposals.find(({ state }) => state === 'active')?.proposal;
}

test('what another build means by the words of a page is looked at by who sees the page, there and back', async () => {
  const { active: first } = (await bench.call('tess.marsh', '')).body;
  for (const other of [true, false]) {
    build.other = other;
    await bench.p.running().stop();
    await bench.p.restart();
    const { active } = (await bench.call('tess.marsh', '')).body;
    expect(active === first).toBe(!other);
    if (other) {
      const back = await bench.call('tess.marsh', `/versions/${first}/rollback`, { replay: 'none', message: 'back' });
      expect([back.status, back.body.code]).toEqual([422, 'rulebook/flawed']);
      expect(back.body.detail).toContain('another build');
    }
    const path = `/proposals/${await begun()}/review`;
    const refused = await bench.call('hugo.port', path, { reason: 'nothing I see is different' });
    expect([refused.status, refused.body.code]).toEqual([403, 'people/not-entitled']);
    const reviewed = await bench.call('tess.marsh', path, { reason: 'we looked at our page' });
    expect(reviewed.body, reviewed.text).toMatchObject({ kind: 'start', reviewer: 'tess-marsh' });
  }
});
