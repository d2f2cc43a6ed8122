import type { Budget } from '../../src/domain/permit.ts';
import { treatmentText } from '../../src/domain/plan.ts';
import type { Safe } from '../../src/domain/safe.ts';
import { compileEngine } from '../../src/rulebook/engine.ts';
import type { Memory } from '../../src/rulebook/memory.ts';
import { buildRulebook, type Rulebook } from '../../src/rulebook/rulebook.ts';
import { compilingShards } from '../../src/rulebook/shard.ts';
import { atOnce } from '../../src/rulebook/turns.ts';
import type { Vocabulary } from '../../src/rulebook/vocabulary.ts';
import { budgetsOf } from '../../src/safes/budgets.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { judgeData, planFields } from '../../src/safes/data.ts';
import { mapSafes } from '../../src/safes/decide.ts';
import type { Hearing, Judge } from '../../src/safes/judgement.ts';
import { judgeOutputs, type ReleaseTerms, releaseTerms } from '../../src/safes/outputs.ts';
import { judgePeople } from '../../src/safes/people.ts';
import { judgeProjects } from '../../src/safes/projects.ts';
import { judgeSettings } from '../../src/safes/settings.ts';
import { examplePolicies } from '../builders.ts';
import { type Cells, type Judged, judge } from './evaluator.ts';
import type { Fault } from './faults.ts';
import { DATASETS, NETWORKS, PARTNERS, type Page, PURPOSES, type Question } from './worlds.ts';

const AGREEMENT = 'deal';
const ROLES = 'role,includes\ninvestigator,-\nsenior,investigator\nanalyst,-\n';
const VOCABULARY: Vocabulary = {
  partners: new Set(PARTNERS),
  networks: new Set(NETWORKS),
  agreements: new Map([
    [
      AGREEMENT,
      {
        parties: new Set(PARTNERS),
        datasets: DATASETS.map((dataset) => dataset.id),
        purposes: [...PURPOSES],
        legalBases: ['led-8', 'led-10'],
        undertakings: [{ id: 'promise' }],
      },
    ],
  ]),
  datasets: new Map(
    DATASETS.map(({ id, holder, fields, identifiers }) => [
      id,
      {
        holder,
        fields: new Map(Object.entries(fields).map(([field, { type }]) => [field, type])),
        schemes: new Set(Object.keys(identifiers)),
      },
    ]),
  ),
};

/** Reads, lints and compiles a page as the gateway does; null where the product refuses it. */
export async function compile({ above, rows }: Page): Promise<Rulebook | null> {
  const sources = new Map([
    ['model.conf', examplePolicies().get('model.conf') ?? ''],
    ['roles.csv', ROLES],
    ['everywhere.csv', textOf('everywhere', above)],
    [`${AGREEMENT}.csv`, textOf(AGREEMENT, rows)],
  ]);
  const built = await buildRulebook(sources, VOCABULARY, evaluateCondition);
  return 'flaws' in built ? null : built.rulebook;
}

/** What can be asked: a rulebook, or its pages compiled with another memory. */
export type Compiled = Pick<Rulebook, 'rulesFor'>;

const read = new Map<Page, Rulebook | null>();
const engine = compileEngine(examplePolicies().get('model.conf') ?? '');

/** As `compile`, remembering in this memory. The text of a page is read once. */
export async function compileWith(page: Page, memory: Memory): Promise<Compiled | null> {
  let rulebook = read.get(page);
  if (rulebook === undefined) {
    rulebook = await compile(page);
    read.set(page, rulebook);
  }
  if (rulebook === null) return null;
  return { rulesFor: atOnce(compilingShards(await engine, rulebook.pages, VOCABULARY, evaluateCondition, memory)) };
}

function textOf(name: string, rows: readonly Cells[]): string {
  const head = `safe, id, who, what, only if, verdict, then\npage, -, ${name}, -, -, -, owner=office review=2027-03-01\n`;
  return head + rows.map((row) => row.join(', ')).join('\n');
}

const JUDGES: Readonly<Record<Safe, Judge>> = {
  people: judgePeople,
  projects: judgeProjects,
  settings: judgeSettings,
  data: judgeData,
  outputs: judgeOutputs,
};

/** What the product's rules and judges say on these very facts, which no registry would have put together. */
export function judgeByProduct(rulebook: Compiled, { dataset, output, facts }: Question): Judged {
  const ask = rulebook.rulesFor(AGREEMENT, dataset.id);
  if (ask === null) throw new Error(`no rules for ${dataset.id}`);
  const hearings = mapSafes((safe) => ({ facts, dataset, matches: ask({ dataset: dataset.id, output, facts })[safe] }));
  const findings = mapSafes((safe) => JUDGES[safe](hearings[safe]));
  const verdicts = mapSafes((safe) => (findings[safe].verdict === 'allow' ? 'allow' : 'refuse'));
  const deciding = mapSafes((safe) => {
    const { rule, verdict } = findings[safe];
    const row = hearings[safe].matches.evaluated.find((e) => e.rule.id === rule)?.rule;
    // A refusal can name the allow row that came nearest, which did not decide.
    return row !== undefined && (row.verdict === 'deny') === (verdict !== 'allow') ? row.verdict : 'none';
  });
  if (Object.values(verdicts).includes('refuse')) return { verdicts, deciding, granted: null };
  const release = termsOf(hearings.outputs);
  if (release === null) return { verdicts, deciding, granted: 'uncounted' };
  const { maxRows, budgets, terms } = release;
  return {
    verdicts,
    deciding,
    granted: {
      plan: planFields(hearings.data).map((line) => [line.field, treatmentText(line.treatment)] as const),
      maxRows,
      // A budget for the day can be forgotten some time; one for the project never.
      perDay: budgets.find((budget) => budget.expires !== null)?.limit ?? null,
      perProject: budgets.find((budget) => budget.expires === null)?.limit ?? null,
      terms: terms.toSorted(),
    },
  };
}

/** Null where a fact to count a budget by is missing: whoever decides then refuses the whole question. */
function termsOf(hearing: Hearing): (ReleaseTerms & { readonly budgets: readonly Budget[] }) | null {
  try {
    return { ...releaseTerms(hearing), budgets: budgetsOf(hearing.matches, hearing.facts) };
  } catch (error) {
    if (error instanceof Error && /budget/.test(error.message)) return null;
    throw error;
  }
}

/** What the page row says, as a row. */
const REVIEWED: Cells = ['projects', 'REVIEW', 'anyone', 'any dataset', 'page-lapsed:2027-03-01', 'deny', '-'];

/** What the second evaluator says. @param fault to be committed on purpose. */
export function expectedOf(page: Page, { dataset, output, facts }: Question, fault: Fault | null = null): Judged {
  const asked = {
    dataset: dataset.id,
    output,
    fields: Object.keys(dataset.fields),
    schemes: Object.keys(dataset.identifiers),
    facts,
  };
  return judge([...page.above, REVIEWED, ...page.rows], asked, fault);
}
