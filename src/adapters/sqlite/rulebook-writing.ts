import type { Database } from 'better-sqlite3';
import { PROPOSAL_LIFE, type Proposal, type ProposalState } from '../../domain/rulebook-life.ts';
import type { StateChange } from '../../ledger/entry.ts';
import type { RulebookChange } from '../../ledger/rulebook-change.ts';
import { type ProposalRow, proposalFromRow } from './rulebook-rows.ts';

/** What the writer says to its database about the rulebook. */
export function rulebookStatements(db: Database) {
  return {
    proposal: db.prepare<[string], ProposalRow>('SELECT * FROM rulebook_proposals WHERE id = ?'),
    activeProposal: db.prepare<[], ProposalRow>("SELECT * FROM rulebook_proposals WHERE state = 'active'"),
    openProposals: db.prepare<[], ProposalRow>(
      "SELECT * FROM rulebook_proposals WHERE state IN ('submitted', 'partly-approved', 'approved', 'scheduled')",
    ),
    keepVersion: db.prepare<[string, string, string | null, string, string, number]>(
      'INSERT INTO rulebook_versions (digest, catalogue, parent, author, message, time) VALUES (?, ?, ?, ?, ?, ?) ' +
        'ON CONFLICT DO NOTHING',
    ),
    keepFile: db.prepare<[string, string, string]>('INSERT INTO rulebook_files (version, name, text) VALUES (?, ?, ?)'),
    version: db.prepare<[string], 1>('SELECT 1 FROM rulebook_versions WHERE digest = ?').pluck(),
    setProposal: db.prepare<[string, number, string, string, string]>(
      'INSERT INTO rulebook_proposals (id, revision, state, version, told) VALUES (?, ?, ?, ?, ?) ' +
        'ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, state = excluded.state, told = excluded.told',
    ),
  };
}
export type RulebookStatements = ReturnType<typeof rulebookStatements>;

/**
 * Why a change of the rulebook cannot follow what is written, asked inside the transaction that would write it: between a
 * question and its answer somebody else may have moved the same proposal, or made another version active. Null: it can, or
 * is about something else.
 */
export function rulebookRefused(statements: RulebookStatements, change: StateChange): string | null {
  if (change.kind !== 'rulebook') return null;
  const { proposal, version, replaces } = change;
  const row = statements.proposal.get(proposal.id);
  if ((row?.revision ?? 0) !== proposal.revision - 1) return 'the proposal has changed meanwhile';
  if (row !== undefined) {
    const before = proposalFromRow(row);
    if (before.version !== proposal.version) return 'a proposal is for one version';
    if (!leadsTo(before.state, proposal.state)) return `${before.state} does not lead to ${proposal.state}`;
  }
  if (version === null && statements.version.get(proposal.version) === undefined) return 'there is no such version';
  const active = statements.activeProposal.get();
  if (proposal.state === 'active' && replaces !== null && active?.version !== replaces)
    return 'another version has become active meanwhile';
  return null;
}

/** Time lapses what is open without being written: what follows from `lapsed` follows from there too. */
function leadsTo(before: ProposalState, after: ProposalState): boolean {
  const ways = (state: ProposalState) => Object.values(PROPOSAL_LIFE[state]);
  const from = [...ways(before), ...(PROPOSAL_LIFE[before].lapse === undefined ? [] : ways('lapsed'))];
  return from.some((way) => way.to.includes(after));
}

/** Writes such a change with the entry that tells of it. `rulebookRefused` was asked before, in the same transaction. */
export function applyRulebook(statements: RulebookStatements, { version, proposal }: RulebookChange): void {
  if (version !== null) {
    const { digest, catalogue, parent, author, message, time, files } = version;
    const kept = statements.keepVersion.run(digest, JSON.stringify(catalogue), parent, author, message, time);
    if (kept.changes === 1)
      for (const [name, text] of Object.entries(files)) statements.keepFile.run(digest, name, text);
  }
  if (proposal.state === 'active') displace(statements, proposal);
  write(statements, proposal);
}

/** One version is active, and what was compared with the one before was compared with the wrong one. */
function displace(statements: RulebookStatements, next: Proposal): void {
  const active = statements.activeProposal.get();
  if (active === undefined || active.id === next.id) return;
  // The same version again, such as at a restart from files: what is open stays open.
  const same = active.version === next.version;
  for (const row of same ? [] : statements.openProposals.all()) if (row.id !== next.id) move(statements, row, 'lapsed');
  move(statements, active, 'superseded');
}

function move(statements: RulebookStatements, row: ProposalRow, state: ProposalState): void {
  const proposal = proposalFromRow(row);
  write(statements, { ...proposal, state, revision: proposal.revision + 1 });
}

function write(statements: RulebookStatements, proposal: Proposal): void {
  const { id, revision, state, version } = proposal;
  statements.setProposal.run(id, revision, state, version, JSON.stringify(proposal));
}
