/** What the store keeps of rulebook versions and their proposals. */
export const RULEBOOK_TABLES = `
  -- Versions are immutable. digest: over files and catalogue; checked whenever one is read.
  CREATE TABLE rulebook_versions (
    digest TEXT PRIMARY KEY, catalogue TEXT NOT NULL, parent TEXT, author TEXT NOT NULL, message TEXT NOT NULL,
    time INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE rulebook_files (
    version TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (version, name)
  ) STRICT;
  CREATE TRIGGER rulebook_versions_no_update BEFORE UPDATE ON rulebook_versions BEGIN SELECT RAISE(ABORT, 'versions never change'); END;
  CREATE TRIGGER rulebook_versions_no_delete BEFORE DELETE ON rulebook_versions BEGIN SELECT RAISE(ABORT, 'versions never change'); END;
  CREATE TRIGGER rulebook_files_no_update BEFORE UPDATE ON rulebook_files BEGIN SELECT RAISE(ABORT, 'versions never change'); END;
  CREATE TRIGGER rulebook_files_no_delete BEFORE DELETE ON rulebook_files BEGIN SELECT RAISE(ABORT, 'versions never change'); END;

  -- told: the proposal as JSON; state, version and revision repeat what it says. One is active at most.
  CREATE TABLE rulebook_proposals (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, state TEXT NOT NULL, version TEXT NOT NULL, told TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX rulebook_active ON rulebook_proposals (state) WHERE state = 'active';
  CREATE INDEX rulebook_open ON rulebook_proposals (state) WHERE state IN ('submitted', 'partly-approved', 'approved', 'scheduled');

  -- What the log says of the rulebook is asked at each start.
  CREATE INDEX entries_rulebook ON entries (idx) WHERE kind = 'rulebook';
`;
