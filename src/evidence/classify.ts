// evidence/classify.ts: a difference and its recheck -> mismatch, noise, transient or unconfirmed, place by place
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import type { ClassifiedDifference, Undecided } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import { generalOf } from "../model/place.ts";
import { VARIES_HERE } from "../model/varying.ts";
import { cookieName } from "./cookie-name.ts";
import type { Look, NoiseBook, Recheck } from "./noise-book.ts";
import { fits, shapeOf } from "./shape.ts";

/** What a classification depends on besides the answers: route, time, recent writes and permitted lag. */
export type Circumstances = {
  readonly route: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether the resource was written through the proxy a moment before it was asked. */
  readonly written: boolean;
  /** How long the candidate may be behind legacy on this route, in milliseconds; 0: not at all. */
  readonly lagMs: number;
};

type Known = Pick<NoiseBook, "explains" | "rate" | "allows" | "unstable" | "steadyPairs" | "changedAlone">;

/** Where legacy varies in so large a share of so many elements, it is no chance that it stood still in another. */
const NEARLY_ALL = { of: 20, share: 0.95 };
/** From this rate on a place varies nearly always: that legacy did not vary just now is chance. */
const USUALLY = 0.5;
/**
 * Pairs of legacy's own answers that must have agreed at a place before a recheck that was cut short counts. A place that
 * shows one of two values at random agrees six times in a row once in 64 times, and then the candidate must have
 * repeated itself as well. Where it did not, a place that changes every fifth time would do as much: it agrees 16
 * times in a row once in 36 times.
 */
const ENOUGH_PAIRS = { stands: 6, unstable: 16 };
/**
 * What each difference of the first comparison is, by the table of DESIGN section 5. L1 and C1 are the first answers, L2
 * and C2 the second.
 *
 * - A difference in status class is a mismatch, unless legacy itself shows the candidate's status.
 * - Without a recheck that decides: what is known of its place, or `unconfirmed`.
 * - Legacy changed meanwhile (L1 != L2): `transient` where both agree now, or one follows the other; else `noise` while
 *   the candidate's value has a form that legacy's has and no test of the place speaks against it; else `mismatch`.
 * - Legacy stood still (L1 = L2) and both agree now: `transient` where the resource was written lately, or the candidate
 *   may lag and settled in that time; else `mismatch` with the hint `unstable`.
 * - Legacy stood still and it still differs: `mismatch`.
 * - Where legacy is known to vary, that it stood still just now is chance: `noise` as above.
 */
export function classify(
  first: readonly Difference[],
  recheck: Recheck,
  book: Known,
  circumstances: Circumstances,
): ClassifiedDifference[] {
  const { looks } = recheck;
  const last = looks.at(-1);
  if (last === undefined) return first.map((difference) => unasked(difference, recheck, book, circumstances));
  const seen = {
    recheck,
    first: index(first),
    moved: index(looks.flatMap(({ legacyTwice, between = [] }) => [...legacyTwice, ...between.flat()])),
    now: index(last.now),
    pairs: looks.reduce((sum, { between }) => sum + 1 + (between?.length ?? 0), 0),
  };
  return first.map((difference) => {
    if (isOfClass(difference)) return byStatus(difference, seen, book, circumstances);
    const still = standsIn(difference, seen.now, seen.moved);
    const moved = variedAt(difference, seen);
    return moved.length > 0
      ? legacyChanged(difference, still, moved, seen, book, circumstances)
      : legacyStood(difference, still, seen, book, circumstances);
  });
}

type Seen = {
  readonly recheck: Recheck;
  readonly first: Index;
  /** Legacy against itself, in all looks. */
  readonly moved: Index;
  /** Both sides at the last look. */
  readonly now: Index;
  /** How many pairs of legacy's own answers were compared. */
  readonly pairs: number;
};

/** No recheck decided anything. */
function unasked(difference: Difference, { cut }: Recheck, book: Known, circumstances: Circumstances) {
  const { route, at, written, lagMs } = circumstances;
  const known = book.explains(route, difference, at);
  if (known.is === "objection") return mismatch(difference, VARIES_HERE + known.why);
  if (known.is === "noise") return isOpaque(difference) ? opaque(difference) : noise(difference);
  if (known.is === "steady") return mismatch(difference);
  if (known.is === "moving" && (written || lagMs > 0)) return transient(difference);
  return unconfirmed(difference, cut ?? "budget");
}

function byStatus(
  difference: Difference,
  { recheck: { looks, cut }, moved, pairs }: Seen,
  book: Known,
  { route, at }: Circumstances,
): ClassifiedDifference {
  const known = book.explains(route, difference, at);
  const legacyShowsIt =
    looks.some(({ statuses }) => `${statuses.legacy}` === difference.candidate) ||
    moved.all.some(({ where, candidate }) => where === "status" && candidate === difference.candidate);
  if (known.is === "objection") return mismatch(difference, VARIES_HERE + known.why);
  if (known.is === "noise" || legacyShowsIt) return noise(difference);
  const isSteady = looks.every(({ statuses }) => `${statuses.legacy}` === difference.legacy);
  const changed = looks.some(
    ({ statuses }) => statusClass(`${statuses.candidate}`) !== statusClass(difference.candidate),
  );
  if (!isSteady || !changed) return mismatch(difference);
  // Legacy may fail at random as well. Whether it does shows when it is asked often enough, or has failed alone before.
  const alone = book.changedAlone(route, difference);
  const isLegacyToo = alone.legacy >= 0.1 && alone.candidate < 3 + 8 * alone.legacy;
  const isAskedOften = pairs + book.steadyPairs(route, difference, at) >= ENOUGH_PAIRS.unstable;
  if (isLegacyToo) return unconfirmed(difference, "samples");
  return cut === undefined || isAskedOften ? unstable(difference) : unconfirmed(difference, cut);
}

function legacyChanged(
  difference: Difference,
  still: Difference | undefined,
  moved: readonly Difference[],
  { recheck: { looks } }: Seen,
  book: Known,
  { route, at, written }: Circumstances,
): ClassifiedDifference {
  const known = book.explains(route, difference, at);
  // The candidate has what legacy says now: being late is not held against it.
  const isCaughtUp = known.is === "objection" && known.isBehind && still === undefined;
  if (known.is === "objection" && !isCaughtUp) return mismatch(difference, VARIES_HERE + known.why);
  if (still === undefined) {
    // Two clocks may say the same for once.
    const isUsual = known.is === "noise" && book.rate(route, difference, at) >= USUALLY;
    return isUsual && !isOpaque(difference) ? noise(difference) : transient(difference);
  }
  if (isOpaque(difference)) return opaque(difference);
  if (!holdsShape(difference, moved) && !book.allows(route, difference)) {
    return mismatch(difference, `${VARIES_HERE}not with a value of this form`);
  }
  if (follows(difference, still, looks)) return transient(difference);
  if (!written || known.is === "noise" || isNewEachTime(difference)) return noise(difference);
  return known.is === "steady" ? mismatch(difference) : transient(difference);
}

function legacyStood(
  difference: Difference,
  still: Difference | undefined,
  { recheck: { looks, cut }, moved, pairs }: Seen,
  book: Known,
  { route, at, written, lagMs }: Circumstances,
): ClassifiedDifference {
  const known = book.explains(route, difference, at);
  const varies = looks.some(({ now }, i) => {
    const then = i === looks.length - 1 ? still : standsIn(difference, index(now), moved);
    return then === undefined || then.path !== difference.path || spelling(then) !== spelling(difference);
  });
  if (known.is === "objection") return mismatch(difference, VARIES_HERE + known.why);
  if (known.is === "noise" && !isOpaque(difference)) {
    return varies && book.unstable(route, difference) ? unstable(difference) : noise(difference);
  }
  if (still === undefined && (written || settledWithin(looks, lagMs))) return transient(difference);
  if (known.is === "doubtful") return unconfirmed(difference, "samples");
  const wanted = varies ? ENOUGH_PAIRS.unstable : ENOUGH_PAIRS.stands;
  const allPairs = pairs + book.steadyPairs(route, difference, at);
  // Legacy showed other elements in the same list: whether it has as many of them each time shows only in many pairs.
  const isEnough =
    known.is === "steady" ||
    (isInVaryingList(difference, moved) ? allPairs >= ENOUGH_PAIRS.unstable : cut === undefined || allPairs >= wanted);
  const mayStillSettle = lagMs > 0 && cut !== undefined && looks.at(-1)!.afterMs < lagMs && known.is !== "steady";
  if (!isEnough || mayStillSettle) return unconfirmed(difference, cut ?? "samples");
  return varies ? unstable(difference) : mismatch(difference);
}

/** The candidate's value; of cookies without the time at which they end, which is another each time for the same lifetime. */
function spelling({ where, path, candidate }: Difference): string | undefined {
  return where === "field" && path.startsWith("set-cookie") ? candidate?.replace(HTTP_DATES, "") : candidate;
}

const HTTP_DATES = /[A-Z][a-z]{2}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT/g;

/** Whether both sides agreed before the lag had passed, as far as the looks can tell. */
function settledWithin(looks: readonly Look[], lagMs: number): boolean {
  if (lagMs <= 0) return false;
  const previous = looks.at(-2);
  return looks.at(-1)!.afterMs <= lagMs || previous === undefined || previous.afterMs < lagMs;
}

const unconfirmed = (difference: Difference, undecided: Undecided): ClassifiedDifference => ({
  ...difference,
  standing: "unconfirmed",
  undecided,
});
const noise = (difference: Difference): ClassifiedDifference => ({ ...difference, standing: "noise" });
const transient = (difference: Difference): ClassifiedDifference => ({ ...difference, standing: "transient" });
const unstable = (difference: Difference): ClassifiedDifference => ({
  ...difference,
  standing: "mismatch",
  hint: "unstable",
});

/** @param why beside the values, unless something is said there already */
function mismatch(difference: Difference, why?: string): ClassifiedDifference {
  return why === undefined || difference.note !== undefined
    ? { ...difference, standing: "mismatch" }
    : { ...difference, note: why, standing: "mismatch" };
}

/** Legacy's own body varies, and of neither side is anything known but its bytes: that hides whatever else is wrong. */
const opaque = (difference: Difference) => unconfirmed(difference, "opaque");

/** A whole body of which only its length and a hash, or that its bytes differ, is known. */
function isOpaque({ where, path, kind, legacy, candidate }: Difference): boolean {
  return where === "body" && path === "$" && kind === "value" && legacy === undefined && candidate === undefined;
}

const statusClass = (status: string | undefined) => Math.trunc(Number(status) / 100);

const isOfClass = ({ where, legacy, candidate }: Difference) =>
  where === "status" && statusClass(legacy) !== statusClass(candidate);

function isNewEachTime({ where, legacy }: Difference): boolean {
  return /^(?:iso_|epoch_|http_date|uuid|hex|token)/.test(shapeOf(legacy, where));
}

/** Whether one side now says what the other said before, or the candidate what legacy said at an earlier look. */
function follows(before: Difference, after: Difference, looks: readonly Look[]): boolean {
  if (before.path !== after.path) return false;
  if (after.legacy !== undefined && after.legacy === before.candidate) return true;
  if (after.candidate === undefined) return false;
  if (after.candidate === before.legacy) return true;
  const isHere = ({ where, path }: Difference) => where === before.where && path === before.path;
  return looks.slice(0, -1).some(({ legacyTwice }) => legacyTwice.find(isHere)?.candidate === after.candidate);
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
    const place = exactKey(difference);
    if (!exact.has(place)) exact.set(place, difference);
    const key = generalKey(difference);
    const alike = general.get(key);
    if (alike === undefined) general.set(key, [difference]);
    else alike.push(difference);
  }
  return { exact, general, all };
}

const exactKey = (one: Difference) => `${one.where} ${one.path}${cookieName(one)}`;
const generalKey = (one: Difference) => `${one.where} ${generalOf(one).path} ${one.kind}`;

/**
 * The difference that shows it still there: at the very place, above or below it; or at the same place of another
 * element, if the list has shifted meanwhile or legacy did not change there (then it is the candidate that wanders).
 */
function standsIn(difference: Difference, now: Index, moved: Index): Difference | undefined {
  const { where, path } = difference;
  const exact = now.exact.get(exactKey(difference));
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

/**
 * How legacy differed from itself at this place: there, or above it; or in which elements a list has; or at the same
 * member of two other elements, unless it did so in nearly all of those that differ. What moves below it does not excuse it.
 */
function variedAt(difference: Difference, { first, moved }: Seen): readonly Difference[] {
  const here = moved.exact.get(exactKey(difference)) ?? above(difference, moved);
  if (here !== undefined) return [here];
  // Where legacy has other elements each time, their order says nothing.
  if (difference.kind === "order") return moved.all.filter((own) => isElementOf(own, difference));
  if (!difference.path.includes("[")) return [];
  const isOneSided = difference.kind === "missing" || difference.kind === "extra";
  if (difference.path.endsWith("]")) {
    return isOneSided
      ? ["missing", "extra"].flatMap(
          (kind) => moved.general.get(generalKey({ ...difference, kind } as Difference)) ?? [],
        )
      : [];
  }
  const alike = moved.general.get(generalKey(difference)) ?? [];
  if (new Set(alike.map(({ path }) => path)).size < 2) return [];
  const differing = first.general.get(generalKey(difference))!;
  const varying = differing.filter(({ where, path }) => moved.exact.has(`${where} ${path}`));
  return varying.length >= NEARLY_ALL.of && varying.length >= differing.length * NEARLY_ALL.share ? [] : alike;
}

/** An element that only one side has, of a list whose elements, or their order, legacy was seen to change. */
function isInVaryingList(difference: Difference, moved: Index): boolean {
  const { where, kind, path } = difference;
  if ((kind !== "missing" && kind !== "extra") || !path.endsWith("]")) return false;
  const list = generalOf({ ...difference, path: parent(path) }).path;
  return moved.all.some(
    (own) =>
      own.where === where &&
      (own.kind === "order"
        ? generalOf(own).path === list
        : own.path.endsWith("]") && generalOf({ ...own, path: parent(own.path) }).path === list),
  );
}

function holdsShape(difference: Difference, moved: readonly Difference[]): boolean {
  const { where, path, kind, legacy, candidate } = difference;
  if (kind === "order" && moved.some((own) => isElementOf(own, difference))) return true;
  if (kind === "order" || kind === "format") return moved.some((own) => own.kind === kind);
  const isBelow = (own: Difference) => isUnder(path, own.path);
  // Above the place only what legacy had there first is known, and that the whole of it can be gone.
  if (candidate === undefined && moved.some((own) => isBelow(own) && own.kind === "missing")) return true;
  const seen = moved.flatMap((own) => (isBelow(own) ? [legacy] : [own.legacy, own.candidate]));
  return seen.some((value) => fits(candidate, shapeOf(value, where), where));
}

/** Whether a difference says that this very list has other elements: one of them, or all. */
const isElementOf = ({ where, path, kind }: Difference, list: Difference) =>
  where === list.where &&
  kind !== "order" &&
  (path === list.path || (path.endsWith("]") && parent(path) === list.path));

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
