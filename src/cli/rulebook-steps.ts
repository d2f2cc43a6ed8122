import { momentText } from './audit-time.ts';
import { parseArguments, required } from './page.ts';
import * as pages from './pages/rulebook.ts';
import { askRulebook, proposal, proposalLines, tellRulebook } from './rulebook-call.ts';
import type { Run } from './world.ts';

/** `five-safes rulebook approve`: for the version that was named, and the report that stands with it now. */
export const approve: Run = async (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_APPROVE, args);
  const path = `/proposals/${encodeURIComponent(positionals[0] ?? '')}`;
  const [named, reason] = [required('version', values.version), required('reason', values.reason)];
  const now = await askRulebook(path, null, proposal, values, world);
  if ('exit' in now) return now.exit;
  const body = { version: named, replay: now.answer.submission?.replay ?? '', reason };
  return tellRulebook({ path: `${path}/approve`, body, shape: proposal }, proposalLines, values, world);
};

/** `five-safes rulebook submit`. */
export const submit: Run = (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_SUBMIT, args);
  const body = { replay: required('replay', values.replay), emergency: values.emergency === true };
  return tellRulebook(
    { path: `/proposals/${encodeURIComponent(positionals[0] ?? '')}/submit`, body, shape: proposal },
    proposalLines,
    values,
    world,
  );
};

/** `five-safes rulebook rollback`. */
export const rollback: Run = (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_ROLLBACK, args);
  const body = {
    replay: required('replay', values.replay),
    message: required('message', values.message),
    emergency: values.emergency === true,
  };
  return tellRulebook(
    { path: `/versions/${encodeURIComponent(positionals[0] ?? '')}/rollback`, body, shape: proposal },
    proposalLines,
    values,
    world,
  );
};

/** `five-safes rulebook activate`. */
export const activate: Run = (args, world) => {
  const { values, positionals } = parseArguments(pages.RULEBOOK_ACTIVATE, args);
  const at = momentText('at', values.at);
  const body = at === undefined ? {} : { at };
  return tellRulebook(
    { path: `/proposals/${encodeURIComponent(positionals[0] ?? '')}/activate`, body, shape: proposal },
    proposalLines,
    values,
    world,
  );
};

const saying =
  (page: typeof pages.RULEBOOK_REJECT, step: string): Run =>
  (args, world) => {
    const { values, positionals } = parseArguments(page, args);
    const body = { reason: required('reason', values.reason) };
    return tellRulebook(
      { path: `/proposals/${encodeURIComponent(positionals[0] ?? '')}/${step}`, body, shape: proposal },
      proposalLines,
      values,
      world,
    );
  };

/** `five-safes rulebook reject`, `withdraw` and `review`. */
export const reject = saying(pages.RULEBOOK_REJECT, 'reject');
export const withdraw = saying(pages.RULEBOOK_WITHDRAW, 'withdraw');
export const review = saying(pages.RULEBOOK_REVIEW, 'review');
