import { type Judge, judgeByRows } from './judgement.ts';

/** Safe settings: does the place and manner of asking prevent unauthorised use? */
export const judgeSettings: Judge = (hearing) => judgeByRows('settings', 'settings/trusted', hearing);
