// model/place.ts: a concrete place, and the general one that it belongs to

import { digestText } from "../lib/digest.ts";
import { remembering } from "../lib/memoize.ts";
import { isSecretSegment } from "../lib/path-token.ts";
import type { Difference, Kind, Where } from "./difference.ts";

/** A path without positions, and the positions that were taken out of it, outermost first. */
export type General = { readonly path: string; readonly positions: readonly string[] };

const VOLATILE =
  /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|\d{4}-\d\d(?:-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)?)$/i;

/** What stands for a random name once secrets are taken out of a path. */
const MARKED = /^\[token:[0-9a-f]{8}\]$/;

const isData = (name: string) => VOLATILE.test(name) || MARKED.test(name) || isSecretSegment(name);

/** A position for a name that is data: told apart by a digest, since the name may be a secret and this is stored. */
const positionOf = (name: string) => (/^\d+$/.test(name) ? name : digestText(name));

/**
 * `$.items[3].price` -> `$.items[*].price`. A member whose name is data (a number, a UUID, a long hash, a date,
 * a token) is a position too: an object with a thousand order numbers for names is one place, not a thousand.
 * Anything that is not a path of RFC 9535 (a status, a field's name) is itself.
 */
export function generalise(path: string): General {
  if (path.charCodeAt(0) !== 36 || !(path.includes("[") || LONG_NAME.test(path))) return { path, positions: [] };
  return generalised(path);
}

/** Shorter names are no tokens. */
const LONG_NAME = /\.[A-Za-z0-9_]{16}/;

/** A finding's places come again with every request that shows it. */
const generalised = remembering((path): General => {
  let general = "";
  const positions: string[] = [];
  for (const step of steps(path)) {
    const name = nameOf(step);
    if (step !== "$" && (name === undefined || isData(name))) {
      general += "[*]";
      positions.push(name === undefined ? step.slice(1, -1) : positionOf(name));
    } else general += step;
  }
  return { path: general, positions };
});

/** The general place of a difference: as {@link generalise} has it, and without the names that are a dictionary's keys. */
export function generalOf({ path, general }: Pick<Difference, "path" | "general">): General {
  return general === undefined ? generalise(path) : dictionaryPlace(`${path}\n${general}`);
}

const dictionaryPlace = remembering((both): General => {
  const [path = "", general = ""] = both.split("\n");
  const concrete = steps(path);
  let text = "";
  const positions: string[] = [];
  for (const [k, step] of steps(general).entries()) {
    const written = concrete[k] ?? step;
    const name = nameOf(written);
    if (step === "[*]" || (written !== "$" && (name === undefined || isData(name)))) {
      text += "[*]";
      positions.push(name === undefined ? written.slice(1, -1) : positionOf(name));
    } else text += step;
  }
  return { path: text, positions };
});

/** The steps of a normalized path as they are written, `$` first: `$`, `.items`, `[3]`, `['a.b']`. */
export function steps(path: string): string[] {
  const found: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 1; i < path.length; i++) {
    const char = path[i];
    if (quoted) {
      if (char === "\\") i += 1;
      else if (char === "'") quoted = false;
    } else if (char === "'") quoted = true;
    else if (char === "." || char === "[") {
      found.push(path.slice(start, i));
      start = i;
    }
  }
  found.push(path.slice(start));
  return found;
}

/** The member name that a step selects, unescaped; undefined for `$`, an index and `[*]`. */
export function nameOf(step: string): string | undefined {
  if (step.startsWith(".")) return step.slice(1);
  if (!step.startsWith("['")) return undefined;
  return step.slice(2, -2).replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex?: string, char?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return ESCAPES.get(char!) ?? char!;
  });
}

const ESCAPES = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
]);

/** The id of the finding that differences alike in these four belong to: short, stable over restarts and releases. */
export function findingId(route: string, where: Where, general: string, kind: Kind): string {
  return idOf(`${route}\n${where}\n${general}\n${kind}`);
}

const idOf = remembering((text) => digestText(text).slice(0, 12));

/** The finding for what differs at an accepted finding's place in another way than was accepted. */
export function besideId(finding: string): string {
  return idOf(`beside\n${finding}`);
}

/** The finding that a difference on a route belongs to, by route, place and kind. */
export function findingOf(route: string, difference: Difference): string {
  return findingId(route, difference.where, generalOf(difference).path, difference.kind);
}
