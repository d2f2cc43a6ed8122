import { z } from 'zod';
import { HOLD_SCOPES } from '../ledger/erasure.ts';
import { callAsOfficer, word } from './officer-call.ts';
import { oneOf, parseArguments, required } from './page.ts';
import { HOLD_LIFT, HOLD_LIST, HOLD_SET } from './pages/hold.ts';
import type { Run } from './world.ts';

const hold = z.object({ hold: word, state: word, scope: word, entry: z.int().min(0) });
const allHolds = z.object({
  holds: z.array(z.object({ hold: word, state: word, scope: word, partner: word, since: word })),
});

/** `five-safes hold set`. */
export const set: Run = (args, world) => {
  const { values, positionals } = parseArguments(HOLD_SET, args);
  const [scope = '', value = ''] = positionals;
  return callAsOfficer(
    {
      path: 'v1/holds',
      body: { scope: oneOf(null, scope, HOLD_SCOPES), value, reason: required('reason', values.reason) },
      shape: hold,
    },
    (h) => [`Hold ${h.hold} is set on this ${h.scope}; recorded as entry ${h.entry}.`],
    values,
    world,
  );
};

/** `five-safes hold lift`. */
export const lift: Run = (args, world) => {
  const { values, positionals } = parseArguments(HOLD_LIFT, args);
  const path = `v1/holds/${encodeURIComponent(positionals[0] ?? '')}/lift`;
  return callAsOfficer(
    { path, body: { reason: required('reason', values.reason) }, shape: hold },
    (h) => [
      h.state === 'lifted'
        ? `Hold ${h.hold} is lifted; recorded as entry ${h.entry}.`
        : `Hold ${h.hold} stands until a second person lifts it too, within seven days; recorded as entry ${h.entry}.`,
    ],
    values,
    world,
  );
};

/** `five-safes hold list`. */
export const list: Run = (args, world) => {
  const { values } = parseArguments(HOLD_LIST, args);
  return callAsOfficer(
    { path: 'v1/holds', body: null, shape: allHolds },
    ({ holds }) =>
      holds.length === 0
        ? ['No legal hold of yours to see.']
        : holds.map((h) => `${h.hold}  ${h.state}  ${h.scope}  ${h.partner}  since ${h.since}`),
    values,
    world,
  );
};
