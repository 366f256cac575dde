// evidence/cookie-name.ts: cookies of one answer share the path of a difference: their names tell them apart

import type { Difference } from "../model/difference.ts";

/** ` cookie "theme"` for a difference in a cookie, which the comparison names in its note; empty for all others. */
export function cookieName({ where, path, note }: Difference): string {
  if (where !== "field" || path !== "set-cookie" || note === undefined) return "";
  const name = /^cookie "(?:[^"\\]|\\.)*"/.exec(note)?.[0];
  return name === undefined ? "" : ` ${name}`;
}
