import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from './rulebook-officers.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

const HOLDER = 'holder-northgate-motors.csv';
const draft = async (files: Readonly<Record<string, string>>) => {
  const { status, body } = await bench.call('greta.holm', '/versions', { files, message: 'again' });
  return { status, code: body.code, detail: body.detail, proposal: body.proposal };
};

test('whoever drafts what is there already is told what helps', async () => {
  expect(await draft({})).toMatchObject({
    status: 409,
    code: 'rulebook/same',
    detail: expect.stringMatching(/^Nothing is changed/),
  });
  const files = { [HOLDER]: '// none yet\n' };
  const { status, proposal } = await draft(files);
  expect(status).toBe(201);
  expect(await draft(files)).toMatchObject({ status: 409, detail: `It is proposed already: go on with ${proposal}.` });
  const { body } = await bench.call('greta.holm', `/proposals/${proposal}/withdraw`, { reason: 'a mistake' });
  expect(body.state).toBe('withdrawn');
  // What was taken back can be drafted again.
  expect((await draft(files)).status).toBe(201);
});

test('whoever drafts a page that is not theirs, or none, is told which', async () => {
  expect(await draft({ 'notes.txt': 'x' })).toMatchObject({
    code: 'people/not-entitled',
    detail: '"notes.txt" is no page of an agreement that your organisation is a party to.',
  });
});
