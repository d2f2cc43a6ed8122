import { expect, test } from 'vitest';
import { runDemo } from './run.ts';

const data = process.env['REAL_DATA_DIR'];

test('the main job on real records that nobody here wrote', { timeout: 240_000 }, async (context) => {
  if (data === undefined || data === '') {
    console.log('real data: not run (REAL_DATA_DIR is not set)');
    context.skip();
    return;
  }
  const { summary } = await runDemo(['--exit', '--data', data]);
  expect(summary).toMatchObject({
    demo: 'ok',
    verified: true,
    asked: { 'listings-by-vin': 2495, 'listings-before-1981': 1, 'uk-native': 400, 'uk-proxy': 400, 'uk-absent': 60 },
  });
  expect(summary['asExpected']).toBe(summary['steps']);
});
