import type { Safe } from '../../src/domain/safe.ts';
import { put, refusingSafes } from '../ask.ts';
import { accessOf, type Partnership } from '../partnership.ts';
import { explained, tellDeed, tellLine, tellQuestion } from '../tell.ts';
import { agreedChange, mistakenChange } from './changes.ts';
import type { Desk } from './desk.ts';
import { underLoad } from './load.ts';
import { activation, approves, type Check, tellLoad, tellNeeds } from './moves.ts';
import { CARS, type Questions, shown } from './questions.ts';

type Print = (line: string) => void;

export interface RulebookStep {
  readonly name: string;
  readonly told: string;
  /** Does it, and says what came of it. */
  run(print: Print): Promise<readonly Check[]>;
}

/** Who does what: an officer of each of two partners, and those who ask. */
export interface Cast {
  readonly partnership: Partnership;
  /** Ruth Adeyemi of Kestrel Valley Police. */
  readonly ruth: Desk;
  /** Signe Hallberg of Northgate Motors. */
  readonly signe: Desk;
  readonly questions: Questions;
  /** Each answer to a question of a step passes here. */
  heard(refusing: readonly Safe[]): void;
}

const LOST = `${CARS} answers would have lost buyer.name (dealer-sales)`;
const REFUSED = { outcome: 'refused', refusedBy: 'people' };

/** The story in order. What a later step needs of an earlier one stands in `known`. */
export function rulebookSteps(cast: Cast): readonly RulebookStep[] {
  const { partnership, ruth, signe, questions } = cast;
  const known = { first: '', version: '', proposal: '', back: '' };
  const files = async () => {
    const { files: found } = await ruth.read('/versions/active/files');
    return Array.isArray(found) ? {} : found;
  };
  const asks = async (print: Print) => {
    const answered = await questions.put('mara.lindqvist', questions.mara);
    tellQuestion(print, { asker: 'mara.lindqvist', body: questions.mara }, answered);
    const seen = shown(answered);
    if (answered.answer !== undefined) cast.heard(refusingSafes(answered.answer));
    return seen;
  };
  const as = (rulebook: string, name: string, mileage: string) => ({
    outcome: 'released',
    rulebook,
    'buyer.name': name,
    'sale.mileage': mileage,
  });
  return [
    {
      name: 'asked',
      told: `An ordinary morning. Joris Maes of Harbour Police, who has accepted the undertaking of confidentiality, asks Northgate after ${CARS} cars, Mara Lindqvist of Kestrel after one engine. These questions stand in the log.`,
      async run(print) {
        known.first = (await ruth.read('')).active;
        const promise = '/v1/me/undertakings/confidentiality';
        await put(partnership.gateway.url, accessOf(partnership, 'joris.maes'), promise, { version: 1 });
        const mara = await asks(print);
        const answers = await Promise.all(questions.joris.map((body) => questions.put('joris.maes', body)));
        const whole = answers.filter((one) => shown(one)['buyer.name'] === 'keep').length;
        tellLine(print, 'answers', `${whole} of ${CARS} to Joris Maes with the buyer's name`);
        return [
          ["Mara's answer", as(known.first, 'keep', 'band(10000)'), mara],
          ["Joris' answers with a name", CARS, whole],
        ];
      },
    },
    {
      name: 'lint',
      told: 'Kestrel and Northgate agree on a change: buyers and owners are named to senior investigators only; for that the mileage comes as it is, and investigators of Kestrel promise confidentiality, as those of Harbour do. Ruth Adeyemi, compliance officer of Kestrel, writes it down, with a slip of the pen.',
      async run(print) {
        const { files: changed, place } = mistakenChange(await files());
        const made = await ruth.do('/versions', { files: changed, message: 'names for senior investigators only' });
        const [found] = made.findings.filter(({ severity }) => severity === 'error');
        const where = found === undefined ? '' : `${found.file}:${found.line}:${found.column}`;
        tellLine(print, 'lint', `${where} ${found?.code}: expected ${found?.expected}`);
        const refused = await ruth.do(`/versions/${made.version}/replays`, { use: 'self-monitoring', reason: 'trial' });
        tellLine(print, 'refused', `${refused.status} ${refused.code}: it goes no further`);
        return [
          ['the place of the mistake', place, where],
          ['its code', 'who/unknown', found?.code],
          ['a replay of it', 'rulebook/flawed', refused.code],
        ];
      },
    },
    {
      name: 'drafted',
      told: 'Ruth mends it. What changed is said in words, and the expected decisions come true. It decides nothing yet.',
      async run(print) {
        const changed = agreedChange(await files());
        const made = await ruth.do('/versions', { files: changed, message: 'names for senior investigators only' });
        [known.version, known.proposal] = [made.version, made.proposal];
        const { sentences } = await ruth.read(`/versions/active/diff/${known.version}`);
        for (const sentence of sentences) tellLine(print, 'change', sentence);
        const errors = made.findings.filter(({ severity }) => severity === 'error');
        const said = ['D7', 'D14', 'D16', 'P4'].filter((rule) => sentences.some((one) => one.includes(rule)));
        return [
          ['errors', 0, errors.length],
          ['rules named', 'D7,D14,D16,P4', said.join()],
        ];
      },
    },
    {
      name: 'tried',
      told: "What would the draft say to Mara's question? No dealer is asked; the trial is recorded.",
      async run(print) {
        const body = { ...questions.mara, person: 'mara-lindqvist' };
        const [now] = (await ruth.do('/versions/active/what-if', body)).explanations;
        const [then] = (await ruth.do(`/versions/${known.version}/what-if`, body)).explanations;
        const fields = now?.output?.fields ?? [];
        tellLine(
          print,
          'today',
          `allowed, ${fields.length} fields, at most ${now?.output?.maxRows} records, terms: ${now?.output?.terms.join(', ')}`,
        );
        const people = then?.compliance['people'];
        tellLine(print, 'then', `people ${people?.verdict} by ${people?.rule}: ${people?.say}`);
        for (const step of people?.change ?? []) tellLine(print, '', step);
        const name = fields.find(({ field }) => field === 'buyer.name')?.treatment;
        return [
          ['today', { allowed: true, name: 'keep' }, { allowed: now?.allowed, name }],
          ['then', { allowed: false, rule: 'P4' }, { allowed: then?.allowed, rule: people?.rule }],
        ];
      },
    },
    {
      name: 'replayed',
      told: 'And to all that was really asked? The recorded questions are decided again by the draft. Ruth sees how many, and names of her own people only.',
      async run(print) {
        const { report, replay } = await ruth.replay(known.version);
        for (const sentence of report?.sentences ?? []) tellLine(print, 'replay', sentence);
        const refused = report?.newlyRefused;
        const whose = Object.keys(refused?.persons ?? {}).join();
        tellLine(print, 'replay', `${refused?.legs} of ${report?.legs.replayed} would have been refused: ${whose}`);
        const sent = await ruth.do(`/proposals/${known.proposal}/submit`, { replay });
        tellNeeds(print, sent);
        return [
          ['a sentence', true, report?.sentences.includes(LOST)],
          ['newly refused', '1 mara-lindqvist', `${refused?.legs} ${whose}`],
          ['replayed', CARS + 1, report?.legs.replayed],
          ['it needs', 'ordinary northgate-motors', `${sent.submission?.path} ${sent.submission?.partners.join()}`],
        ];
      },
    },
    {
      name: 'own-approval-refused',
      told: 'Ruth approves her own change. That does not count.',
      async run(print) {
        const refused = await approves(ruth, known.proposal);
        tellLine(print, 'refused', `${refused.status} ${refused.code}: ${refused.detail}`);
        return [['refused with', 'people/same-person', refused.code]];
      },
    },
    {
      name: 'approved',
      told: 'Signe Hallberg, compliance officer of Northgate, whose data widen, reads the change and the replay, and approves exactly that; the gateway signs her word.',
      async run(print) {
        const { report } = await signe.read(`/proposals/${known.proposal}/report`);
        for (const sentence of report?.sentences ?? []) tellLine(print, 'report', sentence);
        const approved = await approves(signe, known.proposal);
        tellLine(print, 'approved', `${approved.state}, entry ${approved.entry}`);
        return [
          ['she has read', true, report?.sentences.includes(LOST)],
          ['it is', 'approved', approved.state],
        ];
      },
    },
    {
      name: 'activated',
      told: 'Ruth makes it active while six others go on asking.',
      async run(print) {
        const load = await underLoad(questions.lanes, () => ruth.do(`/proposals/${known.proposal}/activate`, {}));
        tellLoad(print, load);
        return activation(load, [known.first, known.version]);
      },
    },
    {
      name: 'explained',
      told: 'Mara asks again and is refused. The refusal explains itself: she asks what would have to be different, and does it. Then she is answered, without a name.',
      async run(print) {
        const before = await asks(print);
        const [asker, { url }] = ['mara.lindqvist', partnership.gateway];
        const why = { told: 'what would have to be different?', who: asker, path: '/v1/explain', body: questions.mara };
        const said = await put(url, accessOf(partnership, asker), why.path, why.body);
        tellDeed(print, why, said);
        const path = '/v1/me/undertakings/confidentiality';
        const promise = { told: 'accepts the undertaking in its version 1', who: asker, path, body: { version: 1 } };
        tellDeed(print, promise, await put(url, accessOf(partnership, asker), path, promise.body));
        const after = await asks(print);
        return [
          ['before', REFUSED, before],
          ['explained by', true, explained(said).some((line) => line.includes('confidentiality'))],
          ['after', as(known.version, 'withheld', 'keep'), after],
        ];
      },
    },
    {
      name: 'rolled-back',
      told: 'Investigators cannot do without names after all. Ruth goes back to the earlier version: a proposal like any other, with a replay of its own. Signe approves, and it becomes active, again while others ask.',
      async run(print) {
        const { report, replay } = await ruth.replay(known.first);
        for (const sentence of report?.sentences ?? []) tellLine(print, 'replay', sentence);
        const back = await ruth.do(`/versions/${known.first}/rollback`, {
          replay,
          message: 'names are needed after all',
        });
        tellNeeds(print, back);
        const own = await approves(ruth, back.proposal);
        tellLine(print, 'refused', `${own.status} ${own.code}, for Ruth herself`);
        const approved = await approves(signe, back.proposal);
        const load = await underLoad(questions.lanes, () => ruth.do(`/proposals/${back.proposal}/activate`, {}));
        tellLoad(print, load);
        return [
          ['it needs', 'rollback northgate-motors', `${back.kind} ${back.submission?.partners.join()}`],
          ['by herself', 'people/same-person', own.code],
          ['by Signe', 'approved', approved.state],
          ...activation(load, [known.version, known.first]),
        ];
      },
    },
    {
      name: 'restored',
      told: 'The same question, under the earlier rules: the names are there, the mileage is a band.',
      run: async (print) => [['the answer', as(known.first, 'keep', 'band(10000)'), await asks(print)]],
    },
  ];
}
