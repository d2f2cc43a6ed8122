import type { Dataset } from '../../domain/dataset.ts';
import { OUTPUT_LEVELS, type OutputLevel } from '../../domain/enquiry.ts';
import type { Agreement } from '../../domain/partnership.ts';
import type { Rulebook } from '../../rulebook/rulebook.ts';
import { atOnce, type Steps } from '../../rulebook/turns.ts';
import { factsFrom, givesMore, type WideningEnquiry } from './example.ts';
import { type Choice, classesOf } from './parameters.ts';
import { PARTNER, ROLES, roleParameter, type Side, sideOf } from './rows.ts';
import { BeyondBound, type Bound, type Space, searching } from './search.ts';
import { type Way, waysToWiden } from './statements.ts';

/** Whether one version gives anybody more than another. What is not proved counts as an example. */
export type NewAccess =
  | { readonly kind: 'none' }
  | { readonly kind: 'example'; readonly enquiry: WideningEnquiry; readonly widens: readonly string[] }
  | { readonly kind: 'not-proved'; readonly why: string };

/** The answer for one dataset under one agreement at one output level. */
export interface DatasetAccess {
  readonly agreement: string;
  readonly dataset: string;
  readonly holder: string;
  readonly output: OutputLevel;
  readonly access: NewAccess;
}

/** Both versions must have been built with this registry. */
export interface AccessWorld {
  readonly agreements: readonly Pick<Agreement, 'id' | 'datasets'>[];
  dataset(id: string): Dataset | undefined;
}

type Compared = Pick<Rulebook, 'pages' | 'roles' | 'rulesFor'>;

/** Parts of rows that may be looked at for one dataset at one output level: some seconds at most. */
export const ACCESS_BOUND = 4_000_000;
/** Pairs of rows that may be compared for one dataset at one output level: some seconds at most. */
const MOST_PAIRS = 5_000_000;

/**
 * Looks, for each agreement, dataset and output level, for a question to which the second version gives more than the
 * first: allowed where it was refused, more of a field shown, a larger limit, a term dropped or lightened.
 *
 * Why `none` is a proof. (1) Rows look at a question through conditions and `who` alone, and each of these at one
 * parameter or two. Each parameter is cut into classes that no condition or `who` of either version tells apart, the missing
 * fact being one, and one value of each class is tried. Parameters are taken as free of each other and of today's
 * registry, which allows more questions than can be asked, never fewer. (2) A question widens only if, after, all Safes
 * allow it, and either one Safe did not allow it before, or one field shows more, or one duty is lighter. Each of these
 * is a way, and each way one statement about the rows of each Safe. (3) `search` tries every way to its end, leaving out
 * only what is false whatever is chosen next. Where Safes share no parameter any more, each is settled by itself. (4) Rows
 * that stand alike in both versions, or demand no more than one that the other version has, open no way.
 *
 * An example is put to both versions' own judges before it is told. Beyond `bound` the answer is `not-proved`.
 */
export function compareAccess(
  before: Compared,
  after: Compared,
  world: AccessWorld,
  bound: number = ACCESS_BOUND,
): readonly DatasetAccess[] {
  return atOnce(comparingAccess(before, after, world, bound));
}

/** As `compareAccess`, in steps. */
export function* comparingAccess(
  before: Compared,
  after: Compared,
  world: AccessWorld,
  bound: number = ACCESS_BOUND,
): Steps<readonly DatasetAccess[]> {
  const found: DatasetAccess[] = [];
  for (const agreement of world.agreements) {
    for (const id of agreement.datasets) {
      const dataset = world.dataset(id);
      if (dataset === undefined) continue;
      for (const output of OUTPUT_LEVELS) {
        const place = { agreement: agreement.id, dataset: id, holder: dataset.holder, output };
        const access = yield* accessTo({ before, after, dataset, place, bound: { left: bound, pairs: MOST_PAIRS } });
        found.push({ ...place, access });
        yield;
      }
    }
  }
  return found;
}

/** The first example; without one, the first that is not proved; else none. */
export function summary(compared: readonly DatasetAccess[]): NewAccess {
  const first = (kind: NewAccess['kind']) => compared.find(({ access }) => access.kind === kind)?.access;
  return first('example') ?? first('not-proved') ?? { kind: 'none' };
}

/** As `compareAccess`, in one word: whether the second version gives anybody more than the first. */
export function noNewAccess(before: Compared, after: Compared, world: AccessWorld, bound?: number): NewAccess {
  return summary(compareAccess(before, after, world, bound));
}

/** Where it widens, or may, for a partner whose datasets are concerned: somebody of that partner has to agree. */
export function wideningFor(compared: readonly DatasetAccess[], partner: string): readonly DatasetAccess[] {
  return compared.filter(({ holder, access }) => holder === partner && access.kind !== 'none');
}

interface Question {
  readonly before: Compared;
  readonly after: Compared;
  readonly dataset: Dataset;
  readonly place: Omit<WideningEnquiry, 'facts'>;
  readonly bound: Bound;
}

function* accessTo(question: Question): Steps<NewAccess> {
  const { dataset, place, bound } = question;
  const { agreement, output } = place;
  const before = yield* sideOf(question.before, agreement, dataset, output);
  const after = yield* sideOf(question.after, agreement, dataset, output);
  const searchable = Object.keys(dataset.identifiers);
  const ways = yield* withinBound(waysToWiden({ before, after, output, searchable, bound }));
  if (ways === 'beyond') return { kind: 'not-proved', why: 'more rows have changed than the check may compare' };
  if (ways.length === 0) return { kind: 'none' };
  const space = spaceOf([before, after], searchable, bound);
  yield;
  let unproved: NewAccess | null = null;
  for (const way of ways) {
    const found = yield* withinBound(searching(space, way.statements));
    if (found === null) continue;
    const access =
      found === 'beyond'
        ? ({ kind: 'not-proved', why: `${way.what}: more combinations than the check may try` } as const)
        : confirmed(question, [before, after], found, way);
    if (access.kind === 'example') return access;
    unproved ??= access;
    // Other ways may still give an example, but not with what is left of the bound.
    if (found === 'beyond') break;
  }
  return unproved ?? { kind: 'none' };
}

function* withinBound<T>(work: Steps<T>): Steps<T | 'beyond'> {
  try {
    return yield* work;
  } catch (error) {
    if (error instanceof BeyondBound) return 'beyond';
    throw error;
  }
}

/** Puts what was found to the judges. Should they see nothing wider in it, nothing is proved either way. */
function confirmed(
  { before, after, dataset, place }: Question,
  sides: readonly [Side, Side],
  chosen: ReadonlyMap<string, Choice>,
  way: Way,
): NewAccess {
  const { agreement, output } = place;
  const [was, is] = sides;
  const facts = factsFrom(chosen, sides, is, place);
  const widens = givesMore(
    dataset,
    output,
    { ask: before.rulesFor(agreement, dataset.id), facts: factsFrom(chosen, sides, was, place) },
    { ask: after.rulesFor(agreement, dataset.id), facts },
  );
  if (widens.length > 0) return { kind: 'example', enquiry: { ...place, facts }, widens };
  return { kind: 'not-proved', why: `${way.what}: the rows say that it widens, the judges do not` };
}

const SHARED = /^(caller\.(partner|roles)|role\/.*|enquiry\.(scheme|full))$/;

function spaceOf(sides: readonly Side[], searchable: readonly string[], bound: Bound): Space {
  const rows = sides.flatMap((side) => side.rows);
  const classes = new Map(
    classesOf(
      rows.flatMap(({ rule }) => rule.conditions),
      searchable,
    ),
  );
  const partners = rows.flatMap(({ rule }) => rule.who.flatMap((w) => (w.kind === 'partner' ? w.partner : [])));
  classes.set(PARTNER, [...new Set(partners), 'another-partner', null]);
  classes.set(ROLES, [true, null]);
  for (const role of sides.flatMap((side) => [...side.roles.keys()])) classes.set(roleParameter(role), [false, true]);
  // Who asks, and by which identifier, is looked at by several Safes; every condition else belongs to one Safe alone.
  const shared = new Set([...classes.keys()].filter((variable) => SHARED.test(variable)));
  return { classes, shared, bound };
}
