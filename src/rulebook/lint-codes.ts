/** `error`: the version cannot be submitted. `warning`: it can, and somebody should look. `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

interface LintCode {
  readonly severity: Severity;
  readonly means: string;
  /** What helps. */
  readonly remedy: string;
}

/** Everything that can be said of a version's files. Closed: each appears in a test and in docs/lint.md. */
export const LINT_CODES = {
  'file/unreadable': error(
    'a file is missing, or is not one of a rulebook',
    'Add the file, or take the other one away.',
  ),
  'file/expected-only': error('expected decisions stand beside no page', 'Name the file after a page of an agreement.'),
  'text/unseen': error(
    'a character that cannot be seen, or that turns text round, so that a page reads otherwise than it is',
    'Delete the character and write the cell anew.',
  ),
  'csv/quote': error('quotes do not pair', 'Quote the whole cell and double each quote inside it.'),
  'csv/size': error('a file, line, cell, or number of rows is too large', 'Divide the page, or shorten the cell.'),
  'csv/columns': error('a row has too few or too many cells', 'Write seven cells; quote one that holds a comma.'),
  'page/header': error('the header is not the one that pages have', 'Copy the header from another page.'),
  'page/first-row': error('the row that names the page is missing', 'Write it as the first row below the header.'),
  'page/name': error('the page row names another page', 'Write the name of the file.'),
  'page/owner': error('nobody answers for the page', 'Write owner=… in the page row.'),
  'page/review': error('the page has no day of review', 'Write review=YYYY-MM-DD in the page row.'),
  'page/setting': error('the page row says something unknown', 'Write owner=… and review=… and nothing else.'),
  'page/duplicate': error('the page row says a thing twice', 'Keep one of the two.'),
  'page/agreement': error('the page belongs to no agreement and no partner', 'Name the file after the agreement.'),
  'page/deny-only': error('a page above agreements allows something', 'Allow it on the page of an agreement.'),
  'page/more-flaws': error('the page has more mistakes than are listed', 'Mend those that are listed first.'),
  'safe/unknown': error('the row belongs to none of the Five Safes', 'Write one of the five names.'),
  'id/shape': error('the id has another form', 'Write a capital letter, then capitals, digits and hyphens.'),
  'id/duplicate': error('the id is used twice', 'Give the later row another id.'),
  'who/unknown': error('nobody is called that', 'Write anyone, a role of roles.csv, or a party of the agreement.'),
  'who/wildcard': error('"anyone" would be allowed to ask', 'Name a role or a partner.'),
  'what/unknown': error('there is no such dataset under the agreement', 'Write a dataset of the agreement.'),
  'what/field': error('the row needs a field and has none, or may have none and has one', 'See the guide: what.'),
  'what/level': error('the output level is missing or does not belong here', 'Write (hit) or (records).'),
  'condition/unknown': error('the catalogue has no such condition or limit', 'See the catalogue for those it has.'),
  'condition/argument': error('what stands behind ":" is not right', 'See the catalogue for what may stand there.'),
  'condition/bound': error('the bound is missing or not right', 'Write <= and a number with its unit.'),
  'condition/safe': error('the condition belongs to another Safe', 'Move it to a row of that Safe.'),
  'condition/too-many': error('the row has too many conditions', 'Divide the row, or leave out what others imply.'),
  'limit/missing': error('records are released without a limit', 'Write rows<=number.'),
  'limit/place': error('a limit stands where none counts', 'Move it to an allow row of outputs.'),
  'verdict/unknown': error('the verdict is neither allow nor deny', 'Write allow or deny.'),
  'then/unknown': error('the catalogue has no such treatment or term', 'See the catalogue for those it has.'),
  'then/empty': error('something is said where nothing is done', 'Write -.'),
  'then/treatment': error('the treatment does not suit the field', 'Choose one for the type of the field.'),
  'treatment/overlap': error('two treatments could meet on one field', 'Name different partners in the two rows.'),
  'roles/shape': error('a row of roles.csv is not understood', 'Write a role and the roles it includes, or -.'),
  'roles/cycle': error('a role includes itself', 'Take one step of the circle away.'),
  'roles/depth': error('roles include each other too deep, or there are too many', 'Let roles include fewer others.'),
  'model/unknown': error('the model is not the one whose behaviour is proven', 'Take model.conf as it was delivered.'),
  'expected/shape': error('a row of expected decisions is not understood', 'See the guide: expected decisions.'),
  'expected/decision': error('an expected decision does not come true', 'Mend the rule, or what is expected of it.'),
  'expected/missing': error('a page has no expected decisions', 'Write the table beside the page.'),
  'expected/uncovered': error(
    'no expected decision is decided by the rule',
    'Add a row to the expected decisions in which this rule decides.',
  ),
  'expected/allowed': error(
    'somebody whom no row mentions is not refused',
    'Tell the operator: the rules do not hold.',
  ),
  'row/duplicate': warning('the row says the same as another', 'Delete one of the two.'),
  'row/shadowed': warning('another row does all that this one does', 'Delete the row, or narrow the other one.'),
  'row/contradicted': warning('a deny row always refuses what this row allows', 'Delete or narrow one of the two.'),
  'row/unreachable': warning('the row can never apply', 'Mend the parts that exclude each other, or delete the row.'),
  'who/wide': warning(
    'the row is for every party of the agreement, those who only hold data and those who join later included',
    'Name the partners that the agreement means.',
  ),
  'field/withheld': note('fields are named on no row, so they never leave', 'Nothing, if that is meant.'),
  'name/nobody': warning('the registry knows nobody who has this in force', 'Check the name, or have it entered.'),
  'name/expired': warning('the agreement or its projects no longer carry this', 'Renew it, or take the row away.'),
  'review/60-days': warning('the page lapses within 60 days', 'Review the page and set a later day.'),
  'review/30-days': warning('the page lapses within 30 days', 'Review the page and set a later day.'),
  'review/7-days': warning('the page lapses within a week', 'Review the page and set a later day.'),
  'review/lapsed': warning(
    'the day of review is over; the rules of an agreement are then out of force, deny rows above stay in force',
    'Review the page and set a later day.',
  ),
} as const satisfies Readonly<Record<string, LintCode>>;
export type FlawCode = keyof typeof LINT_CODES;
export const FLAW_CODES = Object.keys(LINT_CODES) as readonly FlawCode[];

function error(means: string, remedy: string): LintCode {
  return { severity: 'error', means, remedy };
}

function warning(means: string, remedy: string): LintCode {
  return { severity: 'warning', means, remedy };
}

function note(means: string, remedy: string): LintCode {
  return { severity: 'note', means, remedy };
}
