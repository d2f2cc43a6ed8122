import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import {
  type AskedDetails,
  askedDetails,
  concludedDetails,
  type RefusedDetails,
  refusedDetails,
} from './details-form.ts';
import type { Ended } from './opened.ts';
import { remembering } from './remembering.ts';

type Decided<Details extends AskedDetails | RefusedDetails> = Pick<
  Details,
  'who' | 'output' | 'versions' | 'facts' | 'legs'
>;

/** Details by the text that this version writes; undefined where it is another one, which may be good details all the same. */
export interface DetailsText {
  /** Of an intent. */
  asked(text: string): Decided<AskedDetails> | undefined;
  /** Of an outcome that follows an intent. */
  ended(text: string): Ended | undefined;
  /** Of an outcome that no intent precedes. */
  refused(text: string): Decided<RefusedDetails> | undefined;
}

const { who, output, project, purpose, versions, legs: askedLegs } = askedDetails.shape;
const aroundAsked = z.strictObject({ output, project, purpose, versions });
const aroundRefused = z.strictObject({ outcome: z.string(), output, project, purpose, versions });
const end = z.strictObject({ legs: concludedDetails.shape.legs, outcome: z.string() });

const DIGEST = '"sha256:[0-9a-f]{64}"';
const ANSWER = `\\{"answer":\\{"digest":${DIGEST},"salt":"[0-9A-Za-z+/=]*"\\},"details":\\{"answer":${DIGEST}`;
const HEADS = {
  asked: /^\{"details":\{"case":/,
  ended: new RegExp(`^${ANSWER},"asked":(?:0|[1-9][0-9]{0,14}),"legs":`),
  refused: new RegExp(`^${ANSWER},"case":`),
};
const [FACTS, WHY, LEGS, WHO, CLOSING] = [',"facts":', ',"justification":', ',"legs":', ',"who":', '}}'];

/**
 * Reads details in the very text in which they are written: canonical JSON, of which most is the same in many entries, as
 * plan, wordings and versions are. Such a piece is parsed and checked once, and known by its text from then on.
 *
 * The text is cut at names of members. They cannot stand within a string, where their quotes would be escaped; and wherever
 * the cuts fall, if each piece is JSON by itself, then the whole is JSON that has these members and no others.
 */
export function createDetailsText(): DetailsText {
  const asker = remembering((text) => who.parse(JSON.parse(text)));
  const asked = {
    legs: remembering((text) => askedLegs.parse(JSON.parse(text))),
    around: remembering((text) => aroundAsked.parse(JSON.parse(`{${text}}`))),
  };
  const refused = {
    legs: remembering((text) => refusedDetails.shape.legs.parse(JSON.parse(text))),
    around: remembering((text) => aroundRefused.parse(JSON.parse(`{${text}}`))),
  };
  const ended = remembering((text): Ended => {
    const { legs, outcome: result } = end.parse(JSON.parse(`{"legs":${text}}`));
    return { result, legs };
  });
  return {
    asked: (text) =>
      orUndefined(() => {
        const pieces = cut(text, HEADS.asked, ',"output":');
        const facts = pieces && factsIn(pieces);
        if (pieces === undefined || facts === undefined) return undefined;
        const { output, versions } = asked.around(pieces.around);
        return { who: asker(pieces.who), output, versions, facts, legs: asked.legs(pieces.legs) };
      }),
    refused: (text) =>
      orUndefined(() => {
        const pieces = cut(text, HEADS.refused, ',"outcome":');
        const facts = pieces && factsIn(pieces);
        if (pieces === undefined || facts === undefined) return undefined;
        const { output, versions } = refused.around(pieces.around);
        return { who: asker(pieces.who), output, versions, facts, legs: refused.legs(pieces.legs) };
      }),
    ended: (text) =>
      orUndefined(() => {
        const head = HEADS.ended.exec(text)?.[0];
        if (head === undefined || !text.endsWith(CLOSING)) return undefined;
        return ended(text.slice(head.length, -CLOSING.length));
      }),
  };
}

/** Texts of members' values; `around`: of the members between legs and asker, with their names. */
interface Pieces {
  readonly caseNumber: string;
  readonly facts: string;
  readonly why: string;
  readonly legs: string;
  readonly around: string;
  readonly who: string;
}

/** @param behind name of the member that follows the legs. */
function cut(text: string, head: RegExp, behind: string): Pieces | undefined {
  const from = head.exec(text)?.[0].length;
  if (from === undefined || !text.endsWith(CLOSING)) return undefined;
  const facts = text.indexOf(FACTS, from);
  const why = text.indexOf(WHY, facts);
  const legs = text.indexOf(LEGS, why);
  const asker = text.lastIndexOf(WHO);
  const around = text.lastIndexOf(behind, asker);
  if (facts < 0 || why < 0 || legs < 0 || around < legs) return undefined;
  return {
    caseNumber: text.slice(from, facts),
    facts: text.slice(facts + FACTS.length, why),
    why: text.slice(why + WHY.length, legs),
    legs: text.slice(legs + LEGS.length, around),
    around: text.slice(around + 1, asker),
    who: text.slice(asker + WHO.length, -CLOSING.length),
  };
}

/** Undefined where they, or case and justification beside them, are something else. */
function factsIn({ caseNumber, facts, why }: Pieces): JsonObject[] | undefined {
  if (!isCase(JSON.parse(caseNumber)) || typeof JSON.parse(why) !== 'string') return undefined;
  const snapshots: unknown = JSON.parse(facts);
  return areSnapshots(snapshots) ? snapshots : undefined;
}

function isCase(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

/** Each is what came out of a JSON parser: that it is an object is all there is to check. */
function areSnapshots(value: unknown): value is JsonObject[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
}

/** What cannot be parsed is not in this text: whoever reads it otherwise finds out what it is. */
function orUndefined<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
