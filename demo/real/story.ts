import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { SAFES, type Safe } from '../../src/domain/safe.ts';
import { type Answered, ask, refusingSafes } from '../ask.ts';
import { startChild } from '../children.ts';
import { layOut } from '../layout.ts';
import { AUDIENCE, party, signInAt, startGatewayProcess } from '../partnership.ts';
import { choosePorts } from '../ports.ts';
import type { Ask } from '../step.ts';
import { verifyLog } from '../verify.ts';
import { inTurns } from './in-turns.ts';
import { UK_LISTINGS } from './listings.ts';
import { type Tally, ukTrials } from './uk-trial.ts';

const HERE = new URL('.', import.meta.url).pathname;
const ROOT = new URL('../..', import.meta.url).pathname;

/**
 * Runs the main job on real records that nobody here wrote. What must come back is counted from the files themselves,
 * by another reader than the gateway's.
 * @param data directory with `listings/`, `stolen/` and `registrations/`, and perhaps `listings/uk_used_cars/`; read where it stands and copied nowhere.
 */
export async function realStory(data: string, state: string, print: (line: string) => void) {
  const ports = await choosePorts(['kestrel', 'gateway', 'ops'], join(state, 'ports.json')).catch(() => undefined);
  if (ports === undefined) throw new Error(`${state} cannot be written`);
  const people = [{ subject: 'mara.lindqvist', name: 'Mara Lindqvist', mfa: true }];
  const options = { port: ports.get('kestrel'), audience: AUDIENCE, people };
  const provider = await startChild('provider', [join(ROOT, 'demo/parties/provider.ts'), JSON.stringify(options)], {
    ready: (line) => party.safeParse(line).data,
  });
  const uk = await startListings(data, print);
  try {
    const configuration = join(state, 'config');
    const replacements = new Map([
      ['http://127.0.0.1:9101', provider.said.url],
      ['127.0.0.1:8080', `127.0.0.1:${ports.get('gateway')}`],
      ['port: 8080', `port: ${ports.get('gateway')}`],
      ['port: 8081', `port: ${ports.get('ops')}`],
      ['DATA/', `${data}/`],
      ...(uk === undefined ? [] : [['http://127.0.0.1:9301', uk.said.url] as const]),
    ]);
    layOut(join(HERE, 'config'), configuration, Date.now(), replacements);
    layOut(
      join(ROOT, 'policies'),
      join(state, 'policies'),
      Date.now(),
      new Map(),
      /^(model\.conf|roles\.csv|everywhere\.csv)$/,
    );
    layOut(join(HERE, 'policies'), join(state, 'policies'), Date.now());
    const gateway = await startGatewayProcess(configuration, join(state, 'state'));
    const access = await signInAt(provider.said.url, 'mara.lindqvist');
    const tallies: Tally[] = [];
    const refusedBy = Object.fromEntries(SAFES.map((safe) => [safe, 0])) as Record<Safe, number>;
    for (const trial of [...listingTrials(data), ...stolenTrials(data), ...registrationTrials(data)]) {
      const answers = await inTurns(trial.questions, ({ body }) => ask(gateway.url, access, body));
      const good = trial.questions.filter((q, i) => isAsExpected(q, answers[i]));
      const bad = trial.questions.findIndex((q, i) => !isAsExpected(q, answers[i]));
      for (const { answer } of answers)
        for (const safe of answer === undefined ? [] : refusingSafes(answer)) refusedBy[safe]++;
      tallies.push({
        name: trial.name,
        told: trial.told,
        asked: answers.length,
        asExpected: good.length,
        ...(bad < 0 ? {} : { first: answers[bad]?.text ?? '' }),
      });
      print(`${trial.told}: ${good.length} of ${answers.length} as expected`);
      if (bad >= 0) print(`   NOT AS EXPECTED: ${JSON.stringify(trial.questions[bad])}, but ${answers[bad]?.text}`);
    }
    if (uk !== undefined) {
      const body = (registration: string) => question('uk-listings', { registration }, 'records');
      for (const tally of await ukTrials(gateway.url, access, join(data, UK_LISTINGS), body)) {
        tallies.push(tally);
        print(`${tally.told}: ${tally.asExpected} of ${tally.asked} as expected`);
        if (tally.first !== undefined) print(`   NOT AS EXPECTED: ${tally.first}`);
      }
    }
    await gateway.child.stop();
    const verified = await verifyLog(join(state, 'state'), gateway.key);
    print(
      `The log: ${verified.entries} entries, ${verified.open} open, ${verified.verified ? 'verified' : 'NOT VERIFIED'}`,
    );
    const good = tallies.filter((t) => t.asExpected === t.asked && t.asked > 0);
    return {
      demo: good.length === tallies.length && verified.verified ? ('ok' as const) : ('unexpected' as const),
      steps: tallies.length + 1,
      asExpected: good.length + (verified.verified ? 1 : 0),
      stepNames: [...tallies.map((t) => t.name), 'verify'],
      refusedBy,
      calls: 0,
      entries: verified.entries,
      verified: verified.verified,
      asked: Object.fromEntries(tallies.map((t) => [t.name, t.asked])),
    };
  } finally {
    await provider.stop();
    await uk?.stop();
  }
}

/** The UK listings' own service, where the folder has them. */
async function startListings(data: string, print: (line: string) => void) {
  const file = join(data, UK_LISTINGS);
  if (!existsSync(file)) return void print(`UK listings: not run, there is no ${UK_LISTINGS}`);
  return startChild('listings-service', [join(HERE, 'listings-service.ts'), JSON.stringify({ file })], {
    ready: (line) => party.safeParse(line).data,
  });
}

interface Question {
  readonly body: Ask;
  readonly status: number;
  readonly outcome: string;
  /** Records that must come back, if records are asked. */
  readonly rows?: number;
  readonly refusedBy?: Safe;
}

interface Trial {
  readonly name: string;
  readonly told: string;
  readonly questions: readonly Question[];
}

function question(dataset: string, by: Record<string, string>, output: 'hit' | 'records'): Ask {
  return {
    project: 'op-trial',
    purpose: 'SuspectedCrimeInvestigation',
    case: 'KP-2026-AB',
    justification: 'Trial on public records',
    ask: { datasets: [dataset], by, output },
  };
}

function columnOf(file: string, column: string): string[] {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, bom: true });
  return rows.map((row) => row[column] ?? '');
}

/** Every distinct VIN, asked in upper case; what is listed twice comes back twice. */
function listingTrials(data: string): Trial[] {
  const counts = new Map<string, number>();
  for (const vin of columnOf(join(data, 'listings/USA_cars_datasets.csv'), 'vin')) {
    const plain = vin.trim().toUpperCase();
    counts.set(plain, (counts.get(plain) ?? 0) + 1);
  }
  const ask = ([vin, rows]: readonly [string, number]): Question => ({
    body: question('us-listings', { vin }, 'records'),
    status: 200,
    outcome: 'released',
    rows,
  });
  const all = [...counts];
  const one = (rows: readonly (readonly [string, number])[]) => rows.map(ask);
  return [
    { name: 'listings-by-vin', told: `Auction listings by each of ${all.length} distinct VINs`, questions: one(all) },
    {
      name: 'listings-duplicates',
      told: 'VINs that are listed more than once',
      questions: one(all.filter(([, rows]) => rows > 1)),
    },
    {
      name: 'listings-before-1981',
      told: 'VINs of another length than 17',
      questions: one(all.filter(([vin]) => vin.length !== 17)),
    },
    {
      name: 'listings-absent',
      told: 'VINs with their last digits turned round, which are not listed',
      questions: all
        .map(([vin]) => [...vin].toReversed().join(''))
        .filter((vin) => vin.length === 17 && !counts.has(vin))
        .slice(0, 200)
        .map((vin) => ({ body: question('us-listings', { vin }, 'records'), status: 200, outcome: 'none', rows: 0 })),
    },
  ];
}

/** The list of stolen vehicles says hit or none, and refuses records. */
function stolenTrials(data: string): Trial[] {
  const ids = columnOf(join(data, 'stolen/stolen_vehicles.csv'), 'vehicle_id');
  const hits = ids.filter((_, i) => i % 5 === 0);
  return [
    {
      name: 'stolen-hit',
      told: `Stolen vehicles, hit only, by every fifth of ${ids.length} ids`,
      questions: hits.map((id) => ({
        body: question('nz-stolen', { 'vehicle-id': id }, 'hit'),
        status: 200,
        outcome: 'released',
      })),
    },
    {
      name: 'stolen-none',
      told: 'Ids that are not on the list',
      questions: hits.slice(0, 50).map((id) => ({
        body: question('nz-stolen', { 'vehicle-id': `X${id}` }, 'hit'),
        status: 200,
        outcome: 'none',
      })),
    },
    {
      name: 'stolen-records-refused',
      told: 'Records of stolen vehicles are refused',
      questions: hits.slice(0, 20).map((id) => ({
        body: question('nz-stolen', { 'vehicle-id': id }, 'records'),
        status: 403,
        outcome: 'refused',
        refusedBy: 'data',
      })),
    },
  ];
}

/** VIN prefixes are a scheme of their own, and the rule wants a complete VIN. */
function registrationTrials(data: string): Trial[] {
  const prefixes = new Set(columnOf(join(data, 'registrations/wa_electric_vehicle_population.csv'), 'VIN (1-10)'));
  return [
    {
      name: 'registrations-prefix-refused',
      told: 'Registrations by VIN prefix are refused',
      questions: [...prefixes].slice(0, 200).map((prefix) => ({
        body: question('wa-registrations', { 'vin-prefix': prefix }, 'records'),
        status: 403,
        outcome: 'refused',
        refusedBy: 'outputs',
      })),
    },
  ];
}

function isAsExpected(expected: Question, answered: Answered | undefined): boolean {
  const answer = answered?.answer;
  if (answered?.status !== expected.status || answer?.outcome !== expected.outcome) return false;
  if (expected.refusedBy !== undefined && !refusingSafes(answer).includes(expected.refusedBy)) return false;
  return expected.rows === undefined || (answer.legs[0]?.records ?? []).length === expected.rows;
}
