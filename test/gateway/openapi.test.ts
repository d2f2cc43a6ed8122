import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument, openApiText } from '../../src/gateway/openapi.ts';
import { PROBLEM_CODES } from '../../src/gateway/problem.ts';
import { ROUTES } from '../../src/gateway/route-schemas.ts';
import { contractProblem } from './contract.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

const source = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('the document', () => {
  test('is OpenAPI 3.1 to a validator that is not ours, and would not be with a mistake', async () => {
    expect(await new Validator().validate(JSON.parse(openApiText()))).toMatchObject({ valid: true });
    const broken = openApiText().replace('"in": "path"', '"in": "road"');
    expect(await new Validator().validate(JSON.parse(broken))).toMatchObject({ valid: false });
    const lost = await new Validator().validate({ ...openApiDocument(), openapi: '3.1' });
    expect(lost.valid).toBe(false);
  });

  test('is what is committed', () => {
    expect(source('docs/openapi.json')).toBe(openApiText());
  });

  test('has every route of the app with its method, and no other', () => {
    const text = [
      'src/gateway/app.ts',
      'src/gateway/erasing-routes.ts',
      'src/gateway/audit/routes.ts',
      'src/gateway/rulebook/routes.ts',
      'src/gateway/authzen/routes.ts',
    ]
      .map(source)
      .join('\n');
    const routes = [...text.matchAll(/app\s*\.route\('([^']+)'\)(.*?)\.all\(/gs)].flatMap(([, path = '', chain = '']) =>
      [...chain.matchAll(/\.(get|post)\(/g)].map(([, method]) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`),
    );
    expect(routes.length).toBeGreaterThan(8);
    const proxied = [
      ...['get', 'post'].map((method) => `${method} /proxy/{dataset}/{path}`),
      'get /tile/{level}/{path}',
    ];
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
      [...routes, ...proxied].toSorted(),
    );
  });

  test('refers to nothing that is not there, and names each operation once', () => {
    const text = openApiText();
    const schemas = Object.keys(JSON.parse(text).components.schemas);
    const referred = [...text.matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)].map(([, id]) => id);
    expect(new Set(referred)).toEqual(new Set(schemas));
    expect(text).not.toMatch(/"\$(id|schema|defs)"/);
    const ids = [...text.matchAll(/"operationId": "(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ROUTES.length);
  });

  test('tells of every problem that a request can be answered with', () => {
    const text = openApiText();
    // Of requests that are for no operation.
    const pathless = ['request/not-found', 'request/method'];
    for (const code of PROBLEM_CODES) {
      if (!pathless.includes(code)) expect(new RegExp(`Problem: [^"]*${code}`).test(text), code).toBe(true);
    }
  });
});

describe('served', () => {
  let p: Partnership;
  beforeAll(async () => {
    p = await startPartnership();
  });
  afterAll(() => p.stop());

  test('to everybody, and with GET alone', async () => {
    const { status, headers, text } = await p.send('/openapi.json', null);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(text).toBe(openApiText());
    expect((await p.send('/openapi.json', null, { method: 'POST' })).body.code).toBe('request/method');
    expect((await p.send('/openapi.json/', null)).status).toBe(401);
  });

  test('answers in tests are held to it: each of these changes is noticed', async () => {
    const url = `${p.gateway.url}/v1/exchanges`;
    const { text } = await p.ask('mara.lindqvist', question());
    const told = (body: string, status = 200, type = 'application/json; charset=utf-8') =>
      contractProblem(url, 'POST', { status, type, body: JSON.parse(body) });
    expect(told(text)).toBeNull();
    expect(told(text.replace('"hit":true', '"hit":"yes"'))).toContain('legs');
    expect(told(text.replace('"hit":true', '"hit":true,"price":1'))).not.toBeNull();
    expect(told(text.replace('"verdict":"allow"', '"verdict":"maybe"'))).not.toBeNull();
    expect(told(text.replace(/"rulebook":"[^"]+",/, ''))).not.toBeNull();
    expect(told(text, 201)).toContain('knows no such answer');
    expect(told(text, 200, 'text/html')).toContain('knows no such answer');
    expect(contractProblem(`${url}x`, 'POST', { status: 200, type: 'application/json', body: {} })).not.toBeNull();
  });
});
