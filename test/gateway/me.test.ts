import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Partnership, type Subject, startPartnership } from './partnership.ts';

const ME = z.object({
  person: z.string(),
  roles: z.array(z.string()),
  projects: z.array(
    z.object({
      id: z.string(),
      datasets: z.array(
        z.object({
          dataset: z.string(),
          output: z.string(),
          may: z.boolean(),
          by: z.array(z.string()),
          unmet: z.array(z.object({ safe: z.string(), code: z.string() })),
        }),
      ),
    }),
  ),
});

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

async function me(as: Subject) {
  return ME.parse(JSON.parse((await p.send('/v1/me', as)).text));
}

test('tells an investigator what may be asked, and by what', async () => {
  const { person, roles, projects } = await me('mara.lindqvist');
  expect({ person, roles, projects: projects.map((project) => project.id) }).toEqual({
    person: 'mara-lindqvist',
    roles: ['investigator'],
    projects: ['op-gearbox'],
  });
  expect(projects[0]?.datasets).toContainEqual({
    dataset: 'dealer-sales',
    output: 'records',
    may: true,
    by: ['vin', 'engine-number'],
    unmet: [],
  });
});

test('tells what stands in the way, per Safe', async () => {
  const tomas = await me('tomas.brandt');
  const nils = await me('nils.okafor');
  const unmetOf = (told: typeof tomas) =>
    told.projects.flatMap((project) => project.datasets.flatMap((d) => d.unmet.map((u) => `${u.safe} ${u.code}`)));
  expect(new Set(unmetOf(tomas))).toEqual(new Set(['settings settings/mfa']));
  expect(new Set(unmetOf(nils))).toEqual(new Set(['people people/suspended']));
});

test('asks no holder and records nothing', async () => {
  const before = p.entries().length;
  await me('mara.lindqvist');
  await p.send('/v1/datasets', 'mara.lindqvist');
  expect(p.entries().length).toBe(before);
  expect(p.dealer.calls).toEqual([]);
});

test('an account that nobody registered is told so', async () => {
  for (const path of ['/v1/me', '/v1/datasets']) {
    const { status, body } = await p.send(path, 'nobody.registered');
    expect([status, body.code]).toEqual([403, 'people/unregistered']);
  }
});

test('datasets are described by field and type, without where they stand at the holder', async () => {
  const { text } = await p.send('/v1/datasets', 'mara.lindqvist');
  expect(JSON.parse(text)).toMatchObject({ datasets: [{ id: 'dealer-sales' }, { id: 'tidewater-sales' }] });
  expect(text).toContain('{"field":"buyer.born","type":"date"}');
  for (const inner of ['fullName', '127.0.0.1', 'baseUrl', 'Engine no.', 'cancelled'])
    expect(text).not.toContain(inner);
});
