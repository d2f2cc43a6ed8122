/** Exit codes of commands that only tell officers what stands. */
export const READING_EXITS = [
  ['0', 'told, be it that there is nothing'],
  ['1', 'refused: this is for compliance officers and auditors'],
  ['2', 'the command line is wrong'],
  ['3', 'a fault: the gateway cannot be reached or cannot answer'],
] as const;
