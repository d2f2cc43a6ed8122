import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/domain/json.ts';
import type { Agreement } from '../../src/domain/partnership.ts';
import { ACTIONS, DUTIES, leaveFor, rolesForDuties } from '../../src/registry/duties.ts';
import { personOf } from '../ledger/records.ts';
import { changed, problemsOf, registryOf } from './builders.ts';

const NOW = Date.UTC(2026, 10, 22);
const piet = personOf('piet', 'federation');
const AGREEMENT: Agreement = {
  ...{ id: 'vehicle-tracing', title: 'x', parties: [], purposes: [], legalBases: [], datasets: [] },
  ...{ from: 0, until: NOW + 1, review: NOW, timeZone: 'UTC', keepLogDays: 1, undertakings: [], holderSees: [] },
  auditors: [{ partner: 'federation', role: 'auditor', scope: 'all' }],
};
const leave = (roles: readonly string[], agreements: readonly Agreement[] = [], now = NOW) =>
  leaveFor(piet, roles, 'log/find', agreements, now);

describe('leave', () => {
  test('reaches as far as the role', () => {
    expect(leave(['auditor'])).toEqual({ asker: 'federation', holder: 'federation', self: null, agreements: [] });
    expect(leave(['data-steward'])).toEqual({ asker: null, holder: 'federation', self: null, agreements: [] });
    expect(leave(['investigator'])).toEqual({ asker: null, holder: null, self: 'piet', agreements: [] });
    expect(leave(['cleaner'])).toBeNull();
    expect(leave([])).toBeNull();
  });

  test('reaches over an agreement that appoints the role of the partner, while it is in force', () => {
    expect(leave(['auditor'], [AGREEMENT])?.agreements).toEqual(['vehicle-tracing']);
    expect(leave(['compliance-officer'], [AGREEMENT])?.agreements).toEqual([]);
    expect(leave(['auditor'], [AGREEMENT], NOW + 1)?.agreements).toEqual([]);
    const other = { ...AGREEMENT, auditors: [{ partner: 'kestrel-police', role: 'auditor', scope: 'all' as const }] };
    expect(leave(['auditor'], [other])?.agreements).toEqual([]);
  });

  test('is nobody’s who is suspended, or has two roles that exclude each other', () => {
    const term = { name: 'inquiry', source: 's', approver: 'a', from: 0, until: NOW + 1 };
    expect(leaveFor({ ...piet, suspensions: [term] }, ['auditor'], 'log/find', [AGREEMENT], NOW)).toBeNull();
    expect(leave(['auditor', 'compliance-officer'], [AGREEMENT])).toBeNull();
  });

  test('each action is somebody’s, and auditors change nothing', () => {
    for (const action of ACTIONS) expect(DUTIES.some((duty) => duty.actions.includes(action))).toBe(true);
    const auditors = DUTIES.filter((duty) => duty.role === 'auditor').flatMap((duty) => duty.actions);
    expect(auditors.filter((action) => !/^log\/|\/(list|read)$/.test(action))).toEqual([]);
  });
});

describe('roles for duties', () => {
  const attested = (name: string, until = NOW + 1) => ({ name, source: 's', approver: 'ruth', from: 0, until });
  const holding = (names: readonly string[], included: readonly string[]) =>
    rolesForDuties({ roles: names.map((name) => attested(name)) }, included, NOW);

  test('an office is held and not included', () => {
    expect(holding(['investigator'], ['investigator', 'compliance-officer', 'auditor', 'data-steward'])).toEqual([
      'investigator',
    ]);
    expect(holding(['auditor'], ['auditor', 'compliance-officer'])).toEqual(['auditor']);
    // Nor does a role that roles.csv no longer has take an office away.
    expect(holding(['auditor'], [])).toEqual(['auditor']);
  });

  test('who has a role by way of another sees own questions; what has ended is over', () => {
    expect(holding(['senior'], ['senior', 'investigator'])).toEqual(['senior', 'investigator']);
    expect(rolesForDuties({ roles: [attested('auditor', NOW)] }, [], NOW)).toEqual([]);
  });
});

describe('the registry', () => {
  const role = (name: string, from: string, until: string) => ({ name, source: 's', approver: 'ruth', from, until });

  test('refuses a person who would be auditor and compliance officer at once', () => {
    const roles = (from: string) => [
      role('auditor', '2026-01-01', '2026-07-01'),
      role('compliance-officer', from, '2027-01-01'),
    ];
    const of = (from: string) => problemsOf(() => registryOf(changed('partners/people/0/roles', roles(from))));
    expect(of('2026-07-01')).toEqual([]);
    expect(of('2026-06-30')).toEqual([expect.stringMatching(/people\[0\]\.roles\[1\]: expected nobody to be auditor/)]);
  });

  test('appoints auditors of parties alone, and none by default', () => {
    const of = (auditors: JsonValue) => registryOf(changed('agreements/agreements/0/auditors', auditors));
    expect(registryOf().agreements[0]).toMatchObject({ auditors: [], holderSees: [] });
    expect(of([{ partner: 'kestrel-police', scope: 'all' }]).agreements[0]?.auditors).toEqual([
      { partner: 'kestrel-police', role: 'auditor', scope: 'all' },
    ]);
    expect(problemsOf(() => of([{ partner: 'nobody', scope: 'all' }]))).toHaveLength(1);
    expect(problemsOf(() => of([{ partner: 'kestrel-police', scope: 'some' }]))).toHaveLength(1);
    expect(problemsOf(() => of([{ partner: 'kestrel-police', role: 'investigator', scope: 'all' }]))).toHaveLength(1);
  });
});
