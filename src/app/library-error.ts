// app/library-error.ts: what the library's functions throw when they cannot use what they were given

import type { InputFault } from "../model/library.ts";

/**
 * Thrown by `compare` and `compareValues` when a rule, an option, a response or a value is not usable; never because of what
 * the bytes of a body are. Its message has one line for each fault: `path: message (hint)`.
 */
export class CompareError extends TypeError {
  override readonly name = "CompareError";
  /** Everything that is wrong, at least one. */
  readonly faults: readonly InputFault[];

  /** @param options `cause`: what a getter threw */
  constructor(faults: readonly InputFault[], options?: { readonly cause?: unknown }) {
    super(faults.map(lineOf).join("\n"), options);
    this.faults = faults;
  }
}

function lineOf({ path, message, hint }: InputFault): string {
  return `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`.replace(UNPRINTABLE, escaped);
}

// Control, bidirectional and line-breaking characters: a value must not forge a line of the message.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
