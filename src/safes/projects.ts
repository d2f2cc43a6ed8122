import { type Judge, judgeByRows } from './judgement.ts';

/** Safe projects: is the data to be used for a purpose that was agreed? */
export const judgeProjects: Judge = (hearing) => judgeByRows('projects', 'projects/agreed', hearing);
