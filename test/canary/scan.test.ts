import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { question, startPartnership } from '../gateway/partnership.ts';
import { having } from './holders.ts';
import { createPlanting, plantedSale } from './planted.ts';
import { filesBelow, found, text } from './scan.ts';

const SEED = 1;

describe('the search can fail', () => {
  test('one field switched to keep is found in the answer', async () => {
    const planting = createPlanting(SEED);
    const car = plantedSale(planting, 'sold', true);
    const p = await startPartnership({
      'vehicle-tracing.csv': [['allow,   null', 'allow,   keep']],
      'vehicle-tracing.expected.csv': [['sale.price=null', 'sale.price=keep']],
    });
    p.dealer.answerWith(having(car));
    const { text: body } = await p.ask('mara.lindqvist', question({}, { by: { vin: car.vin } }));
    await p.stop();
    const secrets = planting.planted.filter((canary) => !canary.kept);
    expect(found(secrets, [text('the answer', body)])).toEqual(['sold: price in the answer']);
  });

  test.each<[string, (value: string) => Buffer]>([
    ['as it is', (value) => Buffer.from(`x${value}x`)],
    ['in capitals', (value) => Buffer.from(value.toUpperCase())],
    ['in hexadecimal', (value) => Buffer.from(`00${Buffer.from(value).toString('hex')}`)],
    ['in base64', (value) => Buffer.from(Buffer.from(`{"${value}"}`).toString('base64'))],
    ['in base64url, one further', (value) => Buffer.from(Buffer.from(`{"a${value}"}`).toString('base64url'))],
    ['in two bytes a letter', (value) => Buffer.from(value, 'utf16le')],
  ])('a file with a value %s', (_, written) => {
    const directory = mkdtempSync(join(tmpdir(), 'five-safes-canary-'));
    const planting = createPlanting(SEED);
    const value = planting.word('secret');
    writeFileSync(join(directory, 'store.db'), Buffer.concat([Buffer.alloc(5, 7), written(value), Buffer.alloc(3)]));
    expect(found(planting.planted, filesBelow(directory))).toEqual(['secret in store.db']);
    rmSync(directory, { recursive: true });
  });

  test('a number in the bytes of a database', () => {
    const planting = createPlanting(SEED);
    const bytes = Buffer.alloc(20, 1);
    bytes.writeUIntBE(Number(planting.digits('price')), 7, 6);
    expect(found(planting.planted, [{ name: 'page', bytes }])).toEqual(['price in page']);
  });
});
