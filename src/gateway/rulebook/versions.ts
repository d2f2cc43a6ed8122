import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Proposal } from '../../domain/rulebook-life.ts';
import { isoTime } from '../../domain/time.ts';
import { isOverdue, missingFrom, stateAt } from '../../review/rulebook-life.ts';
import { makeVersion, storeVersion, type Version } from '../../rulebook/version.ts';
import { parsed, reasonText } from '../officer.ts';
import type { GatewayPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { receivedOf } from '../receive.ts';
import { type Desk, demandStore, deskOf, isKnown, knownVersion, seesGrounds, step, versionOf } from './desk.ts';
import { demandNew, drafted, withRoom } from './drafts.ts';
import type { VersionFinding, VersionHead } from './ports.ts';
import { groundsFor } from './told-grounds.ts';

/** Findings told of one version. */
const MOST_FINDINGS = 200;

export const draftBody = z.strictObject({
  /** The version that is changed; left out: the active one. */
  parent: z.string().max(80).exactOptional(),
  /** Texts of files by name; null: the file is taken out. What is not named stays as it is in the parent. */
  files: z.record(z.string().max(100), z.string().nullable()),
  message: reasonText,
});

/** `GET /v1/rulebook`: what decides now, and what is under way. */
export function getRulebook(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const desk = deskOf(ports, receivedOf(req), 'rulebook/read');
    const { rulebook } = ports;
    const proposals = rulebook.proposals();
    const active = proposals.find((one) => one.state === 'active');
    res.json({
      source: rulebook.source,
      active: rulebook.active(),
      since: active === undefined || active.activated === null ? null : isoTime(active.activated),
      inFiles: rulebook.inFiles(),
      reviewOverdue: active !== undefined && isOverdue(active, desk.officer.now),
      proposals: proposals.filter((one) => isKnown(ports, desk, one)).map((one) => toldProposal(ports, one, desk)),
    });
  };
}

/** `GET /v1/rulebook/versions`: newest first. */
export function getVersions(ports: GatewayPorts): RequestHandler {
  return (req, res) => {
    const desk = deskOf(ports, receivedOf(req), 'rulebook/read');
    const proposals = ports.rulebook.proposals().filter((one) => isKnown(ports, desk, one));
    const of = (version: VersionHead) => proposals.filter((one) => one.version === version.digest);
    res.json({
      versions: ports.rulebook
        .versions()
        .filter((version) => of(version).length > 0)
        .map((version) => toldVersion(ports, version, of(version), desk)),
    });
  };
}

/** `GET /v1/rulebook/versions/{version}`; `active` names the one that decides. */
export function getVersion(ports: GatewayPorts): RequestHandler<{ version: string }> {
  return (req, res) => {
    const desk = deskOf(ports, receivedOf(req), 'rulebook/read');
    const version = knownVersion(ports, desk, req.params.version);
    const of = ports.rulebook.proposals().filter((one) => one.version === version.digest && isKnown(ports, desk, one));
    res.json({
      ...toldVersion(ports, version, of, desk),
      files: [...version.sources.keys()].filter(desk.sees),
      withheld: [...version.sources.keys()].filter((name) => !desk.sees(name)).length,
    });
  };
}

/** `GET …/files`: the texts, as far as the officer's partner is a party. */
export function getFiles(ports: GatewayPorts): RequestHandler<{ version: string }> {
  return (req, res) => {
    const desk = deskOf(ports, receivedOf(req), 'rulebook/read');
    const { digest, sources } = knownVersion(ports, desk, req.params.version);
    const seen = [...sources].filter(([name]) => desk.sees(name));
    res.json({ version: digest, files: Object.fromEntries(seen), withheld: sources.size - seen.length });
  };
}

/** `GET …/diff/{other}`: what `other` has that the version has not, in words and as data. */
export function getDiff(ports: GatewayPorts): RequestHandler<{ version: string; other: string }> {
  return async (req, res) => {
    const desk = deskOf(ports, receivedOf(req), 'rulebook/read');
    const [before, after] = [req.params.version, req.params.other].map((name) => knownVersion(ports, desk, name));
    if (before === undefined || after === undefined) throw new Problem('rulebook/unknown');
    const differences = await ports.rulebook.differences(seenBy(desk, before), seenBy(desk, after));
    res.json({ before: before.digest, after: after.digest, ...differences });
  };
}

/** `GET …/findings`: what lint and the expected decisions say of it. */
export function getFindings(ports: GatewayPorts): RequestHandler<{ version: string }> {
  return async (req, res) => {
    const desk = deskOf(ports, receivedOf(req), 'rulebook/read');
    const version = knownVersion(ports, desk, req.params.version);
    const { findings, tests } = await ports.rulebook.examine(version);
    const seen = findings.filter(({ file }) => desk.sees(file));
    res.json({
      version: version.digest,
      usable: tests !== null,
      findings: seen.slice(0, MOST_FINDINGS),
      found: seen.length,
    });
  };
}

/**
 * `POST /v1/rulebook/versions`: a draft. It decides nothing, and may have mistakes: they are told, and keep it from being
 * submitted. Files that the officer does not see stay as they are.
 */
export function postDraft(ports: GatewayPorts): RequestHandler {
  return async (req, res) => {
    const desk = deskOf(ports, receivedOf(req), 'rulebook/draft');
    demandStore(ports);
    const expected = '{"files": {name: text or null}, "message": "…", "parent"?: version}';
    const { parent: name = 'active', files, message } = parsed(draftBody, req.body, expected);
    const parent = knownVersion(ports, desk, name);
    const unseen = Object.keys(files).find((file) => !desk.sees(file));
    if (unseen !== undefined)
      throw new Problem('people/not-entitled', {
        detail: `${JSON.stringify(unseen)} is no page of an agreement that your organisation is a party to.`,
      });
    const sources = new Map(parent.sources);
    for (const [file, text] of Object.entries(files)) {
      if (text === null) sources.delete(file);
      else sources.set(file, text);
    }
    const { person, partner } = desk.officer.who;
    const version = makeVersion(sources, { parent: parent.digest, author: person, message, time: desk.officer.now });
    if ('problem' in version)
      throw new Problem('request/malformed', {
        errors: [{ path: 'files', code: 'request/malformed', expected: version.problem }],
      });
    demandNew(ports.rulebook, version, partner);
    const proposal = drafted(ports.newExchangeId(), 'draft', version, { person, partner }, message, desk.officer.now);
    const change = { kind: 'rulebook', version: storeVersion(version), proposal, replaces: null } as const;
    const recorded = () => step(ports, desk, 'draft', change, { parent: parent.digest });
    const entry = await withRoom(ports.rulebook, desk.officer, recorded);
    const { findings } = await ports.rulebook.examine(version);
    const seen = findings.filter(({ file }) => desk.sees(file));
    res.status(201).json({
      proposal: proposal.id,
      version: version.digest,
      state: proposal.state,
      entry,
      findings: seen.slice(0, MOST_FINDINGS),
    });
  };
}

/** The first mistakes, as members of a problem document. Of those on pages that the desk does not see, how many there are. */
export function flawed({ sees }: Pick<Desk, 'sees'>, findings: readonly VersionFinding[]): Problem {
  const all = findings.filter(({ severity }) => severity === 'error');
  const seen = all.filter(({ file }) => sees(file));
  const [first] = seen;
  const withheld = all.length - seen.length;
  const said = [
    ...(first === undefined
      ? []
      : [`${first.file}:${first.line}:${first.column} ${first.code}: expected ${first.expected}`.slice(0, 1_000)]),
    ...(withheld === 0 ? [] : [`Mistakes on pages to which your organisation is no party: ${withheld}.`]),
  ];
  return new Problem('rulebook/flawed', {
    ...(said.length === 0 ? {} : { detail: said.join(' ') }),
    errors: seen.slice(0, MOST_FINDINGS).map(({ file, line, column, code, expected }) => ({
      path: `${file}:${line}:${column}`,
      code,
      expected,
    })),
  });
}

/** A version without what the desk does not see. It is not the version any more: nothing but a comparison is made of it. */
export function seenBy({ sees }: Desk, version: Version): Version {
  return { ...version, sources: new Map([...version.sources].filter(([name]) => sees(name))) };
}

/** @param of what the desk may know of its proposals, newest first; somebody else may have drafted the same before. */
function toldVersion(
  ports: GatewayPorts,
  { digest, parent, ...head }: VersionHead,
  of: readonly Proposal[],
  desk: Desk,
) {
  const { author, message, time } = of.at(-1) ?? head;
  return {
    version: digest,
    parent,
    author,
    message: of.some((one) => seesGrounds(ports, desk, one)) ? message : '',
    time: isoTime(time),
    proposals: of.map((one) => toldProposal(ports, one, desk)),
  };
}

/** A proposal as the desk may see it. */
export function toldProposal(ports: GatewayPorts, proposal: Proposal, desk: Desk) {
  const { officer } = desk;
  const whole = seesGrounds(ports, desk, proposal);
  const { id, kind, version, author, partner, message, submission, at, activated, reviewBy, reviewer } = proposal;
  const missing = missingFrom(proposal);
  const when = (instant: number | null) => (instant === null ? null : isoTime(instant));
  return {
    proposal: id,
    version,
    state: stateAt(proposal, officer.now),
    kind,
    author,
    partner,
    message: whole ? message : '',
    submission:
      submission === null
        ? null
        : {
            ...{ round: submission.round, submitter: submission.submitter, time: isoTime(submission.time) },
            ...{ base: submission.base, tests: submission.tests, replay: submission.replay },
            ...{ path: submission.needs.path, partners: whole ? submission.needs.partners : [] },
            ...{ grounds: whole ? groundsFor(desk, submission.grounds) : [], withheld: !whole },
          },
    approvals: (whole ? proposal.approvals : [])
      .filter((one) => one.round === submission?.round)
      .map((one) => ({ person: one.person, partner: one.partner, time: isoTime(one.time), note: one.note })),
    missing: whole ? missing.partners : [],
    enough: missing.enough,
    at: when(at),
    activated: when(activated),
    reviewBy: when(reviewBy),
    reviewer,
    reviewOverdue: isOverdue(proposal, officer.now),
  };
}

/** For handlers that change what is proposed. */
export function demandVersion(ports: GatewayPorts, desk: Desk, name: string): Version {
  demandStore(ports);
  const version = knownVersion(ports, desk, name);
  return versionOf(ports, version.digest);
}
