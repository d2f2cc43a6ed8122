import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAFES, type Safe } from '../src/domain/safe.ts';
import { type Answered, ask, askViaProxy, put, refusingSafes } from './ask.ts';
import { accessOf, type Partnership } from './partnership.ts';
import type { Deed, Step } from './step.ts';
import { tellDeed, tellStep } from './tell.ts';
import { verifyLog } from './verify.ts';

/** What the line at the end says (see --exit). */
export interface Summary {
  readonly demo: 'ok' | 'unexpected';
  readonly steps: number;
  readonly asExpected: number;
  readonly stepNames: readonly string[];
  readonly refusedBy: Readonly<Record<Safe, number>>;
  readonly calls: number;
  readonly entries: number;
  readonly verified: boolean;
}

type Print = (line: string) => void;

/** Asks every question of the story, shows what comes of it, and has the log verified by another process. */
export async function tellStory(partnership: Partnership, steps: readonly Step[], print: Print): Promise<Summary> {
  const refusedBy = Object.fromEntries(SAFES.map((safe) => [safe, 0])) as Record<Safe, number>;
  let asExpected = 0;
  let last: Answered | undefined;
  for (const [i, step] of steps.entries()) {
    if (step.holderDown) await partnership.dealer.stop();
    const before = await doDeeds(partnership, step.before);
    const answered = await askStep(partnership, step);
    const safes = answered.answer === undefined ? [] : refusingSafes(answered.answer);
    tellStep(print, i + 1, step, answered, before);
    for (const { deed, said } of await doDeeds(partnership, step.after)) tellDeed(print, deed, said);
    for (const safe of safes) refusedBy[safe]++;
    if (isAsExpected(step, answered, safes)) asExpected++;
    else print(`   NOT AS EXPECTED: ${JSON.stringify(step.expected)}, but ${answered.text}`);
    if (answered.answer !== undefined) last = answered;
  }
  await partnership.gateway.child.stop();
  const verified = await verifyLast(partnership, last, steps.length + 1, print);
  const good = asExpected === steps.length && verified.verified;
  return {
    demo: good ? 'ok' : 'unexpected',
    steps: steps.length + 1,
    asExpected: asExpected + (verified.verified ? 1 : 0),
    stepNames: [...steps.map((step) => step.name), 'verify'],
    refusedBy,
    calls: countLines(partnership.callLog),
    entries: verified.entries,
    verified: verified.verified,
  };
}

async function askStep(partnership: Partnership, step: Step): Promise<Answered> {
  const access = accessOf(partnership, step.asker);
  const sent = step.asBearer ? { ...access, dpopJwk: null } : access;
  if (step.viaProxy !== undefined) return askViaProxy(partnership.gateway.url, sent, step.viaProxy, step.body);
  let answered = await ask(partnership.gateway.url, sent, step.body);
  for (let again = 1; again < (step.untilRefused ?? 1) && answered.status === 200; again++) {
    answered = await ask(partnership.gateway.url, sent, step.body);
  }
  return answered;
}

async function doDeeds(partnership: Partnership, deeds: readonly Deed[] = []) {
  const done: { deed: Deed; said: unknown }[] = [];
  for (const deed of deeds) {
    const said = await put(partnership.gateway.url, accessOf(partnership, deed.who), deed.path, deed.body);
    done.push({ deed, said });
  }
  return done;
}

async function verifyLast({ ledger, gateway }: Partnership, last: Answered | undefined, step: number, print: Print) {
  const receipt = join(ledger, 'last-answer.json');
  writeFileSync(receipt, last?.text ?? '{}');
  const verified = await verifyLog(ledger, gateway.key, receipt);
  print('');
  print(`${step}. verify`);
  print(`   five-safes verify ${ledger} --key ${gateway.key} --receipt last-answer.json`);
  const verdict = verified.verified ? 'nothing altered, removed or reordered' : 'NOT VERIFIED';
  print(`   ${verified.entries} entries, ${verified.open} open, ${verdict}; the last answer's receipt is in the log`);
  print('');
  return verified;
}

function isAsExpected({ expected }: Step, { status, answer, reason }: Answered, refusing: readonly Safe[]): boolean {
  const safes = expected.refusedBy === undefined ? [] : [expected.refusedBy];
  if (status !== expected.status || reason !== expected.reason) return false;
  return answer?.outcome === expected.outcome && refusing.join() === safes.join();
}

/** Lines of a log of calls; none where nobody has called. */
export function countLines(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}
