import { fstatSync } from 'node:fs';
import { accessFile, layOutAccess } from './access.ts';
import { ask } from './ask.ts';
import { accessOf, type Partnership } from './partnership.ts';
import { mainStory } from './story.ts';

/**
 * Leaves everything running for an outside program or person: tries the story's questions once, says how to reach each
 * part, and stays until it is interrupted, its standard input closes, or the gateway is gone.
 * @returns exit code: 0 when told to stop, 3 when the gateway ended by itself.
 */
export async function serve(partnership: Partnership, json: boolean): Promise<number> {
  const { gateway, issuers, access, callLog, ledger, seeds } = partnership;
  const examples = [];
  for (const { name, asker, body, expected, asBearer, viaProxy, untilRefused, before, after } of mainStory(seeds)) {
    // A holder that is down cannot be an example of how things are now, nor a token sent as it must not be.
    if (name === 'partial' || asBearer || viaProxy !== undefined) continue;
    if (untilRefused !== undefined || before !== undefined) continue;
    // Whoever has yet to accept an undertaking is refused until he has.
    if (name === 'another-force' || after !== undefined) continue;
    const { status, answer } = await ask(gateway.url, accessOf(partnership, asker), body);
    if (status !== expected.status) throw new Error(`${name}: expected ${expected.status}, got ${status}`);
    examples.push({ asker, body, status, outcome: answer?.outcome });
  }
  layOutAccess(partnership);
  const serving = {
    demo: 'serving',
    gateway: gateway.url,
    ops: gateway.ops,
    issuers,
    ledger,
    publicKey: gateway.key,
    ...(partnership.witness === null ? {} : { witness: partnership.witness }),
    pid: gateway.child.pid,
    askers: [...access].map(([name, held]) => ({ name, ...held })),
    holders: [{ dataset: 'dealer-sales', callLog }],
    examples,
  };
  if (json) process.stdout.write(`${JSON.stringify(serving)}\n`);
  else sayServing(partnership, examples[0]?.body);
  return stayUntilTold(partnership);
}

function sayServing({ gateway, state, ledger, witness }: Partnership, body: unknown): void {
  process.stdout.write(
    [
      `The gateway serves at ${gateway.url} (operators: ${gateway.ops}/readyz). Ask it yourself, in another terminal:`,
      '',
      `  . ${accessFile(state, 'mara.lindqvist')}`,
      `  npx five-safes ask ${askArguments(body)}`,
      `  npx five-safes log list --state ${ledger}`,
      `  npx five-safes verify ${ledger} --key ${gateway.key}`,
      '',
      `  . ${accessFile(state, 'signe.hallberg')}    # a compliance officer`,
      `  npx five-safes rulebook list`,
      ...(witness === null ? [] : ['', `Checkpoints are cosigned by the witness ${witness}`]),
      '',
      'Ctrl-C ends everything.',
      '',
    ].join('\n'),
  );
}

function askArguments(body: unknown): string {
  const { project, purpose, case: reference, justification, ask: asked } = body as Parameters<typeof ask>[2];
  const datasets = asked.datasets.map((id) => `--dataset ${id}`).join(' ');
  const [[scheme, value] = ['', '']] = Object.entries(asked.by);
  return `${datasets} --by ${scheme}=${value} --project ${project} --purpose ${purpose} --case ${reference} --justification '${justification}' --output ${asked.output}`;
}

function stayUntilTold({ gateway }: Partnership): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(0));
    // Whoever started us is gone: a closed pipe says so. Other kinds of standard input end for no reason of theirs.
    if (fstatSync(0).isFIFO()) process.stdin.on('end', () => resolve(0)).resume();
    void gateway.child.ended.then(() => resolve(3));
  });
}
