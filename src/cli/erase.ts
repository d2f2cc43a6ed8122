import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { ERASED_PARTS, ERASURE_GROUNDS } from '../ledger/erasure.ts';
import { callAsOfficer, word } from './officer-call.ts';
import { oneOf, parseArguments, required } from './page.ts';
import { ERASE_APPROVE, ERASE_LIST, ERASE_PROPOSE } from './pages/erase.ts';
import { type Run, UsageError } from './world.ts';

const erasure = z.object({
  erasure: word,
  state: word,
  parts: word,
  exchanges: z.array(word),
  expires: word.optional(),
  entry: z.int().min(0),
});
const allErasures = z.object({
  erasures: z.array(
    z.object({
      erasure: word,
      state: word,
      parts: word,
      ground: word,
      exchanges: z.array(word),
      proposer: word,
      approver: word.nullable(),
    }),
  ),
});

/** `five-safes erase propose`. */
export const propose: Run = (args, world) => {
  const { values } = parseArguments(ERASE_PROPOSE, args);
  const body: JsonObject = {
    ...targetOf(values),
    ground: oneOf('ground', required('ground', values.ground), Object.keys(ERASURE_GROUNDS)),
    reason: required('reason', values.reason),
  };
  return callAsOfficer(
    { path: 'v1/erasures', body, shape: erasure },
    (e) => [
      `Erasure ${e.erasure} is proposed for ${counted(e.exchanges.length)} (${e.parts}); recorded as entry ${e.entry}.`,
      `Another compliance officer approves it until ${e.expires ?? 'it expires'}: five-safes erase approve ${e.erasure}`,
    ],
    values,
    world,
  );
};

/** `five-safes erase approve`. */
export const approve: Run = (args, world) => {
  const { values, positionals } = parseArguments(ERASE_APPROVE, args);
  const path = `v1/erasures/${encodeURIComponent(positionals[0] ?? '')}/approve`;
  return callAsOfficer(
    { path, body: { reason: required('reason', values.reason) }, shape: erasure },
    (e) => [`${counted(e.exchanges.length)} erased (${e.parts}); recorded as entry ${e.entry}.`],
    values,
    world,
  );
};

/** `five-safes erase list`. */
export const list: Run = (args, world) => {
  const { values } = parseArguments(ERASE_LIST, args);
  return callAsOfficer(
    { path: 'v1/erasures', body: null, shape: allErasures },
    ({ erasures }) =>
      erasures.length === 0
        ? ['No erasure of yours to see.']
        : erasures.map(
            (e) =>
              `${e.erasure}  ${e.state}  ${e.parts}  ${e.ground}  ${counted(e.exchanges.length)}  by ${e.proposer}` +
              (e.approver === null ? '' : ` and ${e.approver}`),
          ),
    values,
    world,
  );
};

interface Target {
  readonly exchange?: string;
  readonly by?: string;
  readonly agreement?: string;
  readonly before?: string;
  readonly parts?: string;
}

/** @throws UsageError unless exactly one way is given, with what belongs to it. */
function targetOf({ exchange, by, agreement, before, parts }: Target): JsonObject {
  if ([exchange, by, agreement].filter((given) => given !== undefined).length !== 1)
    throw new UsageError('give one of --exchange, --by and --agreement');
  if (by !== undefined) {
    const [, scheme, value] = /^([^=]+)=(.+)$/s.exec(by) ?? [];
    if (scheme === undefined || value === undefined)
      throw new UsageError('--by: expected SCHEME=VALUE, such as vin=WVW…');
    if (parts !== undefined && parts !== 'subject') throw new UsageError('--by goes with the subject alone');
    return { identifier: { scheme, value } };
  }
  const erased = oneOf('parts', required('parts', parts), ERASED_PARTS);
  if (exchange !== undefined) return { exchange, parts: erased };
  return { agreement: agreement ?? '', before: required('before', before), parts: erased };
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'exchange' : 'exchanges'}`;
}
