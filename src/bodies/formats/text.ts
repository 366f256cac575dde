// bodies/formats/text.ts: text as the list of its lines

import { linesOf, textFrom } from "../lines.ts";
import type { Reader } from "../reader.ts";
import { ANY_INDEX, type Redaction, type Rewriter, type Standing } from "../redaction.ts";

/** Line ends have no weight. */
export const readText: Reader = ({ bytes }) => ({ document: linesOf(textFrom(bytes)) });

/** Hides lines at a secret place, and then what the rest looks like. */
export const rewriteText: Rewriter = ({ bytes }, redaction, at) =>
  anyValue(withoutSecretLines(textFrom(bytes), redaction, at), redaction, at);

/** Text of no known type. It may be one JSON document or several, cut or not, so places in either are hidden. */
export const anyValue = (text: string, { value, places }: Redaction, at: Standing): string =>
  value(text, places.both(at, places.step(at, ANY_INDEX)));

function withoutSecretLines(text: string, { places, mark }: Redaction, at: Standing): string {
  if (at.length === 0) return text;
  return text
    .split(/(\r\n|\r|\n)/)
    .map((line, i) => (i % 2 === 0 && line !== "" && places.secret(places.step(at, i / 2)) ? mark(line) : line))
    .join("");
}
