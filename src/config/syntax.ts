// config/syntax.ts: why a text is no YAML

import type { Document } from "yaml";

/** Where in the text, and what is wrong there. */
export type SyntaxFault = {
  readonly offset: number;
  readonly fault: { readonly message: string; readonly hint?: string };
};

/** The first error: one broken bracket makes many, and only the first is worth reading. */
export function syntaxFault({ errors, warnings }: Document.Parsed, text: string): SyntaxFault | undefined {
  const first = [...errors, ...warnings].toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  if (first === undefined) return undefined;
  const offset = first.pos[0];
  const because = (message: string, hint?: string) => ({ offset, fault: { message, ...(hint && { hint }) } });
  switch (first.code) {
    case "MULTIPLE_DOCS":
      return because("the file holds more than one YAML document", "a config is one document: remove the `---`");
    case "RESOURCE_EXHAUSTION":
      return because("this is nested too deeply");
    case "TAG_RESOLVE_FAILED":
      return because(`the tag ${first.message.replace(/^.*: /, "")} has no meaning here`, "write the plain value");
    default: {
      const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0]!;
      const reference = /[{[].*\$\{/.test(line) ? `inside of { } or [ ], put "\${NAME}" in quotes` : undefined;
      return because(`not YAML: ${first.message.replace(/\s+/g, " ")}`, reference);
    }
  }
}
