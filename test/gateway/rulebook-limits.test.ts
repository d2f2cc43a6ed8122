import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, draft, startBench } from './rulebook-officers.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

const remark = (i: number) => [[/^/, `// ${i}\n`]] as const;

test('a partner has twenty open drafts at most; one taken back makes room, and other partners have theirs', async () => {
  const made = [];
  for (let i = 0; i < 20; i++) made.push(await draft(bench, i % 2 === 0 ? 'greta.holm' : 'lars.berg', remark(i)));
  expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
  const refused = await draft(bench, 'greta.holm', remark(20));
  expect([refused.status, refused.body.code]).toEqual([409, 'rulebook/drafts']);
  expect(refused.body.detail).toBe('There are 20. Withdraw or submit one of them first.');
  expect((await draft(bench, 'tess.marsh', remark(21))).status).toBe(201);
  await bench.call('lars.berg', `/proposals/${made[0]?.body.proposal}/withdraw`, { reason: 'room' });
  expect((await draft(bench, 'greta.holm', remark(20))).status).toBe(201);
});

test('of replays that a partner begins all at once one runs, and whoever wanted another is told to wait for which', async () => {
  const made = [];
  for (let i = 30; i < 36; i++) made.push(await draft(bench, i % 2 === 0 ? 'hugo.port' : 'hilde.quay', remark(i)));
  const all = await Promise.all(
    made.map(({ body }, i) =>
      bench.call(i % 2 === 0 ? 'hugo.port' : 'hilde.quay', `/versions/${body.version}/replays`, {
        ...{ use: 'self-monitoring', reason: 'all at once' },
      }),
    ),
  );
  const waiting = all.filter(({ status }) => status !== 202);
  expect(waiting.length).toBeGreaterThan(0);
  expect(waiting.length).toBeLessThan(all.length);
  for (const { status, body } of waiting) {
    expect([status, body.code]).toEqual([429, 'request/too-many']);
    expect(body.detail).toMatch(
      /under way: \/v1\/rulebook\/replays\/\w{26} says .* Begin this one when it has ended\.$/,
    );
  }
});

test('no reading of the rulebook goes unlimited', async () => {
  const { status } = await bench.call('pia.lund', '');
  expect(status).toBe(200);
  const paths = ['', '/versions', '/versions/active', '/versions/active/files', '/proposals/none'];
  // More than two minutes' worth, should a minute end meanwhile.
  for (let i = 0, last = 0; last !== 429; i++) {
    expect(i).toBeLessThan(500);
    last = (await bench.call('pia.lund', paths[i % paths.length] ?? '')).status;
  }
}, 60_000);
