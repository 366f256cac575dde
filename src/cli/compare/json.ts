// cli/compare/json.ts: a comparison as one line of JSON, its values as they were written

import type { Result } from "../../compare/index.ts";
import type { Difference } from "../../model/difference.ts";

/** `{"outcome":"mismatch","differences":[{"where":"body","path":"$.a","kind":"value","legacy":1.0,"candidate":2}]}` */
export function asJson({ differences, approximate, notes }: Result): string {
  const outcome = differences.length === 0 ? "match" : "mismatch";
  const members = [`"outcome":"${outcome}"`, `"differences":[${differences.map(one).join(",")}]`];
  if (approximate) members.push('"approximate":true');
  if (notes !== undefined) members.push(`"notes":${JSON.stringify(notes)}`);
  return `{${members.join(",")}}\n`;
}

function one({ where, path, kind, legacy, candidate, note }: Difference): string {
  const members = [`"where":"${where}"`, `"path":${JSON.stringify(path)}`, `"kind":"${kind}"`];
  if (legacy !== undefined) members.push(`"legacy":${legacy}`);
  if (candidate !== undefined) members.push(`"candidate":${candidate}`);
  if (note !== undefined) members.push(`"note":${JSON.stringify(note)}`);
  return escaped(`{${members.join(",")}}`);
}

/** What a terminal would act on, or what would turn the direction of reading. */
const ACTIVE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

/** A value as it was written, on one line: whitespace between tokens goes, hidden characters in strings are escaped. */
function escaped(json: string): string {
  let text = "";
  let quoted = false;
  let from = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code <= SPACE) {
      text += json.slice(from, i);
      from = i + 1;
    }
  }
  return (text + json.slice(from)).replace(ACTIVE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];
