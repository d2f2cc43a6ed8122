import { expect, test, vi } from 'vitest';
import type { SqliteSearch } from '../../src/adapters/sqlite/search.ts';
import { Fault } from '../../src/domain/faults.ts';
import { explainDraft } from '../../src/ledger/record.ts';
import { erasingPorts } from '../../src/wiring/erasing.ts';
import { ownEntry, type Place, place } from '../adapters/sqlite/builders.ts';
import { searchIn, writeAt } from '../adapters/sqlite/in-thread.ts';
import { exchangeDrafts, recorded, refusedDraft } from '../ledger/records.ts';

const VIN = 'JTEZU5JR8D5050504';
const identifier = { scheme: 'vin', value: VIN };
const registry = { agreements: [], project: () => undefined };

/** Asked for twice and explained once, with other things in between. */
function written() {
  const at = place();
  const [one, other, refused, explained] = [{}, { vin: 'WF0AXXTTGA7R41552' }, {}, {}].map(recorded);
  if (one === undefined || other === undefined || refused === undefined || explained === undefined) throw new Error();
  writeAt(at, [
    ...exchangeDrafts(one, 0),
    ...exchangeDrafts(other, 2),
    ownEntry(),
    refusedDraft(refused),
    explainDraft(explained, { about: null, readers: [] }),
  ]);
  return { at, ids: [one, refused, explained].map(({ exchange }) => exchange) };
}

function portsOf(at: Place, search?: SqliteSearch) {
  const spied = search === undefined ? undefined : { ...search, find: vi.fn(search.find) };
  return { ports: erasingPorts(at.directory, at.keys, registry, spied), find: spied?.find };
}

test('what was asked by an identifier is found through the index, as it is by reading the whole log', async () => {
  const { at, ids } = written();
  const { ports, find } = portsOf(at, searchIn(at));
  const found = await ports.findExchanges({ identifier }, 0, 2);
  expect(found).toMatchObject({ ended: true, next: 7 });
  expect(found.found.map(({ exchange }) => exchange)).toEqual(ids);
  expect(find).toHaveBeenCalledOnce();
  const scanned = await portsOf(at).ports.findExchanges({ identifier }, 0, 100);
  expect(found.found).toEqual(scanned.found);
  const later = await ports.findExchanges({ identifier }, 1, 100);
  expect(later.found.map(({ exchange }) => exchange)).toEqual(ids.slice(1));
  expect((await ports.findExchanges({ identifier, before: 0 }, 0, 100)).found).toEqual([]);
});

test('an index that cannot answer for the whole log is not asked: it is read', async () => {
  const { at, ids } = written();
  const strange = recorded();
  writeAt(
    at,
    exchangeDrafts(strange, 7).map((draft) => ({ ...draft, accountability: { strange: true } })),
  );
  const passedOver = portsOf(at, searchIn(at));
  const found = await passedOver.ports.findExchanges({ identifier }, 0, 100);
  expect(found.found.map(({ exchange }) => exchange)).toEqual(ids);
  expect(passedOver.find).not.toHaveBeenCalled();
  const broken = { ...searchIn(at), catchUp: () => Promise.reject(new Fault('ledger/unavailable', 'no index')) };
  expect((await portsOf(at, broken).ports.findExchanges({ identifier }, 0, 100)).found).toHaveLength(3);
  const behind = { ...searchIn(at), status: async () => ({ position: 0, size: 1_000_000, skipped: 0 }) };
  const late = portsOf(at, behind);
  expect((await late.ports.findExchanges({ identifier }, 0, 100)).found).toHaveLength(3);
  expect(late.find).not.toHaveBeenCalled();
});

test('by age the log is read from its start, whatever the index says', async () => {
  const { at } = written();
  const { ports, find } = portsOf(at, searchIn(at));
  expect((await ports.findExchanges({ before: Date.now() + 1_000 }, 0, 100)).found).toHaveLength(4);
  expect(find).not.toHaveBeenCalled();
});
