// config/fault.ts: what is wrong with a config, and where

/** One fault of a config. `line` and `column` count from 1; both are 0 where `file` is a flag and not a file. */
export type Fault = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
};

/** `file:line:column: message (hint)`, on one line, with nothing in it that a terminal would obey. */
export function formatFault(fault: Fault): string {
  const place = fault.line === 0 ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  return `${place}: ${fault.message}${fault.hint === undefined ? "" : ` (${fault.hint})`}`.replace(
    UNPRINTABLE,
    visible,
  );
}

// Control, bidirectional and line-breaking characters: a value from the file must not forge a line or move the cursor.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function visible(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
