import { isDeepStrictEqual } from 'node:util';
import { SAFES, type Safe } from '../../src/domain/safe.ts';
import { type Partnership, signInAt } from '../partnership.ts';
import { tellHeading } from '../tell.ts';
import { countLines, type Summary } from '../tell-story.ts';
import { verifyLog } from '../verify.ts';
import { deskOf } from './desk.ts';
import { questionsOf } from './questions.ts';
import { rulebookSteps } from './steps.ts';

/** What the rulebook's life needs of the configuration: versions live in the gateway's store. */
export const IN_STORE: ReadonlyMap<string, string> = new Map([['  source: files', '  source: store']]);

/**
 * The life of a rulebook, told: a change drafted, its mistake found, tried on what was really asked, approved by another
 * partner, made active while others ask, explained to whom it refuses, and rolled back.
 * @param partnership started afresh, with `IN_STORE`.
 */
export async function tellRulebook(partnership: Partnership, print: (line: string) => void): Promise<Summary> {
  const { gateway, ledger, issuers, access } = partnership;
  const [kestrel = ''] = issuers;
  const signe = access.get('signe.hallberg');
  if (signe === undefined) throw new RangeError('signe.hallberg has not signed in');
  const refusedBy = Object.fromEntries(SAFES.map((safe) => [safe, 0])) as Record<Safe, number>;
  const steps = rulebookSteps({
    partnership,
    // The client that she has otherwise binds no tokens, and what she tries would be refused for that alone.
    ruth: deskOf(gateway.url, 'ruth.adeyemi', await signInAt(kestrel, 'ruth.adeyemi')),
    signe: deskOf(gateway.url, 'signe.hallberg', signe),
    questions: questionsOf(partnership, gateway.url),
    heard: (safes) => {
      for (const safe of safes) refusedBy[safe]++;
    },
  });
  let asExpected = 0;
  for (const [i, step] of steps.entries()) {
    tellHeading(print, i + 1, step);
    const wrong = (await step.run(print)).filter(([, expected, found]) => !isDeepStrictEqual(expected, found));
    if (wrong.length === 0) asExpected++;
    for (const [what, expected, found] of wrong)
      print(`   NOT AS EXPECTED: ${what}: ${JSON.stringify(expected)}, but ${JSON.stringify(found)}`);
  }
  await gateway.child.stop();
  tellHeading(print, steps.length + 1, { name: 'verify', told: 'Another process reads the whole log.' });
  print(`   five-safes verify ${ledger} --key ${gateway.key}`);
  const { verified, entries, open } = await verifyLog(ledger, gateway.key);
  print(`   ${entries} entries, ${open} open, ${verified ? 'nothing altered, removed or reordered' : 'NOT VERIFIED'}`);
  print('');
  return {
    demo: asExpected === steps.length && verified ? 'ok' : 'unexpected',
    steps: steps.length + 1,
    asExpected: asExpected + (verified ? 1 : 0),
    stepNames: [...steps.map(({ name }) => name), 'verify'],
    refusedBy,
    calls: countLines(partnership.callLog),
    entries,
    verified,
  };
}
