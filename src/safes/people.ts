import { type Judge, judgeByRows } from './judgement.ts';

/** Safe people: is this person authorised to ask this dataset? */
export const judgePeople: Judge = (hearing) => judgeByRows('people', 'people/accredited', hearing);
