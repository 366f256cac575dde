// proxy/admission/sampling.ts: deterministic sampling, so that one request or one user is always in or always out

import { type Fields, fieldValue, fieldValues } from "../../model/fields.ts";
import type { StickyBy } from "../options.ts";

/** Maps a key to [0, 1), evenly: FNV-1a, then the finaliser of MurmurHash3, since FNV alone is uneven in its high bits. */
export function position(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** What a request is recognised by, if it has it. */
export function stickyKey(fields: Fields, by: StickyBy): string | undefined {
  if ("field" in by) return fieldValue(fields, by.field);
  for (const line of fieldValues(fields, "cookie")) {
    for (const pair of line.split(";")) {
      const at = pair.indexOf("=");
      if (at > 0 && pair.slice(0, at).trim() === by.cookie) return pair.slice(at + 1).trim();
    }
  }
  return undefined;
}
