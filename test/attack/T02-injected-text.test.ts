import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRulebook } from '../../src/rulebook/rulebook.ts';
import { buildRuleset } from '../../src/ruleset.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { exampleConfig, examplePolicies, rulesetContext } from '../builders.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';
import { exampleVocabulary } from '../safes/builders.ts';

/** What has broken out of policy engines, templates, objects, terminals and logs elsewhere. */
const HOSTILE = [
  'true) || (true',
  'anyone) || (1 == 1',
  "r.facts['caller.partner']",
  'eval(p.conditions)',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '{{7*7}}',
  '$' + '{process.exit(1)}',
  '*',
  '.*',
  "'; DROP TABLE entries; --",
  '=cmd|calc',
  '%s%s%n',
  '\u202egnp.exe',
  'p, anyone, any dataset, -, allow',
] as const;
/** A new line would forge a log line; escapes would repaint a terminal; a lone surrogate has no UTF-8 form. */
const CONTROL = ['a\nb', 'a\r\n{"event":"exchange"}', '\u001b[2J', 'nul\0', '\u0085', '\ud800'] as const;

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

describe('in an enquiry', () => {
  test.each(HOSTILE)('%j as project is a project that does not exist', async (text) => {
    const { status, body } = await p.ask('mara.lindqvist', question({ project: text }), {
      'idempotency-key': encodeURI(text).slice(0, 100),
    });
    expect(status).toBe(403);
    expect(body.legs?.[0]?.code).toBe('projects/unknown');
  });

  test.each(HOSTILE)('%j as purpose, dataset, scheme or output is a bad request', async (text) => {
    const bodies = [
      question({ purpose: text }),
      question({}, { datasets: [text] }),
      question({}, { by: { [text]: 'JTEZU5JR8D5050504' } }),
      question({}, { output: text }),
    ];
    for (const body of bodies) {
      const answer = await p.ask('mara.lindqvist', JSON.stringify(body).replace('"by":{}', `"by":{"${text}":"A"}`));
      expect(answer.status).toBe(400);
      expect(answer.text).not.toContain('JTEZU5JR8D5050504');
    }
  });

  test.each(HOSTILE)('%j as identifier is a bad request, or a number that nobody has', async (text) => {
    const { status, body } = await p.ask('mara.lindqvist', question({}, { by: { vin: text } }));
    expect(status === 400 || body.outcome === 'none').toBe(true);
    const answered = p.dealer.calls.filter((call) => !/^GET \/api\/sales\/by-vin\/[A-Z0-9]{5,17}$/.test(call));
    expect(answered).toEqual([]);
  });

  test.each(HOSTILE)('%j as case is not of the form that the project prescribes', async (text) => {
    const { body } = await p.ask('mara.lindqvist', question({ case: text }));
    expect(body.legs?.[0]?.code).toBe('projects/case');
  });

  test.each(HOSTILE)('%j as justification is recorded as it is and decides nothing', async (text) => {
    const { status, body } = await p.ask('mara.lindqvist', question({ justification: text }));
    expect(status).toBe(200);
    const entry = p.entries().find((e) => e.exchange === body.exchange && e.kind === 'asked');
    expect(entry?.details['justification']).toBe(text);
  });

  test.each(CONTROL)('%j is refused wherever a person may write', async (text) => {
    for (const changes of [{ justification: text }, { case: text }, { project: text }, { purpose: text }]) {
      const { status, body } = await p.ask('mara.lindqvist', question(changes), { 'idempotency-key': 'control' });
      expect([status, body.code]).toEqual([400, 'request/malformed']);
    }
  });

  test('every line of the operational log is one JSON object of ours', () => {
    const lines = p
      .log()
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(HOSTILE.length);
    const events = lines.map((line): unknown => {
      const parsed: { event?: unknown } = JSON.parse(line);
      return parsed.event;
    });
    expect(new Set(events)).toEqual(new Set(['csv-loaded', 'listening', 'exchange', 'bad-request']));
    for (const text of [...HOSTILE, ...CONTROL]) expect(p.log()).not.toContain(`${JSON.stringify(text).slice(1, -1)}"`);
  });
});

describe('on a page', () => {
  const HEAD = 'safe,id,who,what,only if,verdict,then\npage,-,vehicle-tracing,-,-,-,owner=office review=2027-03-01\n';
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

  test.each(HOSTILE)('%j in any cell of a row is a flaw', async (text) => {
    const vocabulary = exampleVocabulary();
    const row = ['people', 'X1', 'role:investigator', 'any dataset', 'mfa', 'allow', '-'];
    for (let column = 0; column < row.length; column++) {
      const cells = row.with(column, text).map(quoted).join(',');
      const sources = examplePolicies().set('vehicle-tracing.csv', `${HEAD}${cells}\n`);
      const built = await buildRulebook(sources, vocabulary, evaluateCondition);
      expect('flaws' in built && built.flaws.length > 0).toBe(true);
    }
  });

  test('who, what and condition cannot be opened from within: role:x) || (true', async () => {
    for (const cell of [
      'role:investigator) || (true',
      'role:investigator & anyone) || (true',
      'partner:kestrel-police"',
    ]) {
      const row = ['people', 'X1', cell, 'any dataset', '-', 'allow', '-'].map(quoted).join(',');
      const sources = examplePolicies().set('vehicle-tracing.csv', `${HEAD}${row}\n`);
      const built = await buildRuleset(sources, rulesetContext(exampleConfig()));
      expect('flaws' in built).toBe(true);
    }
  });
});
