// evidence/classify.ts: a difference that was asked again -> mismatch, noise or transient, place by place

import type { JudgedDifference, Standing } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import { generalOf } from "../model/place.ts";
import type { Explanation, NoiseBook } from "./noise-book.ts";
import { fits, shapeOf } from "./shape.ts";

/** One further look at both sides: legacy's first answer against its answer now, and both sides now. */
export type Look = { readonly legacyTwice: readonly Difference[]; readonly now: readonly Difference[] };

/** From this rate on a place varies nearly always: that legacy did not vary just now is chance. */
const USUALLY = 0.5;

/**
 * What each difference of the first comparison is. Without looks: what the noise book knows of its place (noise, or
 * data that moves and has always settled), and a mismatch where it knows nothing. With them:
 *
 * - both sides agree there now: `transient`, or `noise` where the book knows the place to vary nearly always;
 * - it still differs, and legacy differs there from its own first answer: `noise` while the candidate's value has a
 *   shape that legacy's has, else `mismatch`: a timestamp may change, and may not become `NaN`, null or nothing. But
 *   `transient` where the one says what the other said before (they follow each other), or the resource was written
 *   and the value is none that is new each time (a time, an id, a token);
 * - it still differs and legacy stood still: `mismatch`, unless the book knows the place to vary nearly always. Where
 *   the candidate changed its own answer meanwhile, that is hinted, and a place known as noisy may do so.
 *
 * @param at milliseconds since the epoch
 * @param written whether the resource was written through the proxy a moment ago
 */
export function classify(
  route: string,
  first: readonly Difference[],
  looks: readonly Look[],
  book: Pick<NoiseBook, "explains" | "rate" | "allows">,
  at: number,
  written = false,
): JudgedDifference[] {
  const last = looks.at(-1);
  const now = last === undefined ? undefined : index(last.now);
  const moved = index(looks.flatMap(({ legacyTwice }) => legacyTwice));
  return first.map((difference) => {
    const known = book.explains(route, difference, at);
    if (now === undefined) return { ...difference, standing: UNASKED[known] };
    const still = standsIn(difference, now, moved);
    const rate = known === "noise" ? book.rate(route, difference, at) : 0;
    // Two clocks may say the same for once.
    if (still === undefined) return { ...difference, standing: rate >= USUALLY ? "noise" : "transient" };
    const legacyThen = variedAt(difference, moved);
    if (legacyThen !== undefined) {
      if (!holdsShape(difference, legacyThen) && !book.allows(route, difference)) {
        return { ...difference, standing: "mismatch" };
      }
      const moves = follows(difference, still) || (written && known !== "noise" && !isNewEachTime(difference));
      return { ...difference, standing: moves ? "transient" : "noise" };
    }
    const varies = still.candidate !== difference.candidate || still.path !== difference.path;
    if (rate >= USUALLY || (rate > 0 && varies)) return { ...difference, standing: "noise" };
    return { ...difference, standing: "mismatch", ...(varies ? { hint: "unstable" as const } : {}) };
  });
}

/** What a difference is taken for that could not be asked again. */
const UNASKED: Readonly<Record<Explanation, Standing>> = {
  noise: "noise",
  moving: "transient",
  shape_broken: "mismatch",
  steady: "mismatch",
  unknown: "mismatch",
};

function isNewEachTime({ where, legacy }: Difference): boolean {
  return /^(?:iso_|epoch_|http_date|uuid|hex|token)/.test(shapeOf(legacy, where));
}

/** Whether one side now says what the other said before. */
function follows(before: Difference, after: Difference): boolean {
  if (before.path !== after.path) return false;
  const lags = after.candidate !== undefined && after.candidate === before.legacy;
  return lags || (after.legacy !== undefined && after.legacy === before.candidate);
}

/** Differences by their exact and by their general place. */
type Index = {
  readonly exact: ReadonlyMap<string, Difference>;
  readonly general: ReadonlyMap<string, readonly Difference[]>;
  readonly all: readonly Difference[];
};

function index(all: readonly Difference[]): Index {
  const exact = new Map<string, Difference>();
  const general = new Map<string, Difference[]>();
  for (const difference of all) {
    const place = `${difference.where} ${difference.path}`;
    if (!exact.has(place)) exact.set(place, difference);
    const key = generalKey(difference);
    const alike = general.get(key);
    if (alike === undefined) general.set(key, [difference]);
    else alike.push(difference);
  }
  return { exact, general, all };
}

const generalKey = (one: Difference) => `${one.where} ${generalOf(one).path} ${one.kind}`;

/**
 * The difference that shows it still there: at the very place, above or below it; or at the same place of another
 * element, if the list has shifted meanwhile or legacy did not change there (then it is the candidate that wanders).
 */
function standsIn(difference: Difference, now: Index, moved: Index): Difference | undefined {
  const { where, path } = difference;
  const exact = now.exact.get(`${where} ${path}`);
  if (exact !== undefined) return exact;
  const near = above(difference, now) ?? now.all.find((other) => other.where === where && isUnder(other.path, path));
  if (near !== undefined) return near;
  if (!path.includes("[")) return undefined;
  const alike = now.general.get(generalKey(difference)) ?? [];
  const same = alike.find(
    ({ legacy, candidate }) => legacy === difference.legacy && candidate === difference.candidate,
  );
  const shifted = moved.all.some(
    (other) =>
      other.where === where &&
      (other.kind === "order"
        ? isUnder(path, other.path)
        : other.path.endsWith("]") && isUnder(path, parent(other.path))),
  );
  if (shifted) return same ?? alike[0];
  return alike.find((other) => !moved.exact.has(`${where} ${other.path}`));
}

/** How legacy differed from itself at this place: there, or above it. What moves below it does not excuse it. */
function variedAt(difference: Difference, moved: Index): Difference | undefined {
  return moved.exact.get(`${difference.where} ${difference.path}`) ?? above(difference, moved);
}

function holdsShape(difference: Difference, legacyThen: Difference): boolean {
  const { where, path, kind, legacy, candidate } = difference;
  if (kind === "order" || kind === "format") return legacyThen.kind === kind;
  // Above the place only what legacy had there first is known, and that the whole of it can be gone.
  const seen = legacyThen.path === path ? [legacyThen.legacy, legacyThen.candidate] : [legacy];
  if (legacyThen.path !== path && legacyThen.kind === "missing" && candidate === undefined) return true;
  return seen.some((value) => fits(candidate, shapeOf(value, where), where));
}

/** The difference at the nearest place above. */
function above({ where, path }: Difference, among: Index): Difference | undefined {
  if (where !== "body") return undefined;
  for (let at = parent(path); at !== ""; at = parent(at)) {
    const found = among.exact.get(`body ${at}`);
    if (found !== undefined && found.kind !== "order") return found;
  }
  return undefined;
}

function isUnder(path: string, top: string): boolean {
  return path.length > top.length && path.startsWith(top) && (path[top.length] === "." || path[top.length] === "[");
}

/** The path without its last step; empty for `$`. */
function parent(path: string): string {
  if (path.length <= 1) return "";
  if (!path.endsWith("']")) return path.slice(0, Math.max(path.lastIndexOf("."), path.lastIndexOf("[")));
  // A quoted name may hold dots and brackets: its opening is the last `['` that no backslash hides.
  const start = path.lastIndexOf("['");
  return path.slice(0, start);
}
