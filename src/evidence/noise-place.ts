// evidence/noise-place.ts: what is known of one place of a route: how legacy varies there, and whether the candidate varies likewise
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import type { Difference } from "../model/difference.ts";
import { addCodePairs, addOwnCodes, type CodeShares, createCodeShares, shareObjection } from "./code-shares.ts";
import { hashOf, type Measured, measure } from "./measure.ts";
import { fits, type Shape, shapeOf } from "./shape.ts";
import { addSign, createSignTest, fadeSigns, type Side, type SignTest } from "./sign-test.ts";

/**
 * Paired tests of a place where legacy varies. The hypothesis of each is that the candidate answers as legacy asked once
 * more would: then both are equally likely to be the larger, the missing, the new one, and the sign is as often plus
 * as minus.
 *
 * - `presence`: plus where the candidate has more than legacy, minus where it lacks more.
 * - `offset`: plus where the candidate's number or time is larger, by more than legacy differs from itself.
 * - `size`: the same of the magnitude, as a ratio: finds a factor where the sign of the values changes.
 * - `novelty`: plus where the candidate's value is one that legacy never shows, minus where legacy's is.
 * - `repeats`: both asked twice: plus where only legacy changed its value, minus where only the candidate did.
 * - `constancy`: plus where only legacy's value is another than in the difference before, minus where only the candidate's is.
 * - `disagreement`: legacy asked twice: plus where the candidate differs from legacy in more elements than legacy from
 *   itself, minus where it differs in fewer.
 * - `lag`: plus where the candidate shows what legacy showed a while before, minus where legacy shows what the candidate did.
 */
export const TESTS = {
  presence: ["plus", "minus"],
  offset: ["plus", "minus"],
  size: ["plus", "minus"],
  novelty: ["plus"],
  repeats: ["plus", "minus"],
  constancy: ["plus"],
  disagreement: ["plus"],
  lag: ["plus"],
} as const satisfies Record<string, readonly Side[]>;

/** The name of one of the tests of the candidate's values at a noisy place. */
export type TestName = keyof typeof TESTS;

/** What is kept over a restart. Counts fade with time. */
export type PlaceCounts = {
  at: number;
  /** The route's sampled requests that legacy was asked twice for and in which it varied here. */
  varied: number;
  /** Pairs of legacy's answers that were asked for because of this place, and those in which it varied. */
  looked: number;
  confirmed: number;
  /** Rechecks because of this place. */
  rechecks: number;
  /** Differences here that were gone in the end, and that were not. */
  settled: number;
  stood: number;
  /** Legacy's number or time asked again: how often it was larger, and smaller; and the candidate's likewise. */
  legacyUp: number;
  legacyDown: number;
  candidateUp: number;
  candidateDown: number;
};

/** What is counted at one place of a route. */
export type Place = PlaceCounts & {
  /** The chance that one test ever rejects a candidate which varies as legacy does. */
  readonly alpha: number;
  readonly shapes: Set<Shape>;
  readonly kinds: Set<Difference["kind"]>;
  /** Concrete positions at which it varied: `3` or `3/0`; `*` once they are too many to tell. */
  readonly positions: Set<string>;
  readonly tests: Record<TestName, SignTest>;
  /** By how much legacy's number or time differed from its own, the last so many, and the logarithm of the ratio. */
  readonly own: number[];
  readonly ownRatio: number[];
  /**
   * Values that legacy has shown, as hashes, with how often, while they are few enough to tell one that it never shows.
   * Not kept over a restart.
   */
  readonly shown: Map<number, number>;
  /** How many values those are in all. */
  shownTotal: number;
  /** Where they are a few codes: how often each side shows each of them. Not kept over a restart. */
  readonly shares: CodeShares;
  /** Pairs of which it is not yet known whether legacy shows the candidate's value elsewhere. */
  readonly pending: {
    readonly at: number;
    readonly legacy: readonly number[];
    readonly candidate: readonly number[];
  }[];
  lastPair: number;
  /** When each side last showed a value, by its hash: the most recent ones. Not kept over a restart. */
  readonly legacyAt: Map<number, number>;
  readonly candidateAt: Map<number, number>;
  /** How long after legacy the candidate showed the same value, the first time that it did, in milliseconds; 0: never. */
  lagMs: number;
  /** Each side's values in the difference before, as one hash. Not kept over a restart. */
  lastLegacy: number;
  lastCandidate: number;
};

const SHAPES = 12;
const POSITIONS = 24;
const KEPT = 16;
const SHOWN = 256;
const PENDING = 64;
/** Values of each side of which it is known when they were last shown. */
const DATED = 256;
/** Both sides may show a value this long after each other because each asks elsewhere at its own time. */
const LEAST_LAG_MS = 1000;
/** Delays up to so many times as long, or as short, are the same lag. */
const LAG_SPREAD = 1.5;
/** So long a value of the candidate's has to be shown by legacy, too, before it counts as one that legacy never shows. */
const PENDING_MS = 3000;
/** Values that legacy must have shown before anything is called new. */
const LEAST_SHOWN = 12;
/** Two clocks, and the rounding of either to whole seconds. */
const CLOCK_SLACK_MS = 2000;
/** Of a place with fewer different values than this a number is a code rather than a quantity. */
const CODES = 6;
/** A place without counts. @param alpha the chance that its tests ever reject a good candidate */
export function createPlace(at: number, alpha: number): Place {
  return {
    alpha,
    at,
    varied: 0,
    looked: 0,
    confirmed: 0,
    rechecks: 0,
    settled: 0,
    stood: 0,
    legacyUp: 0,
    legacyDown: 0,
    candidateUp: 0,
    candidateDown: 0,
    shapes: new Set(),
    kinds: new Set(),
    positions: new Set(),
    tests: {
      presence: createSignTest(),
      offset: createSignTest(),
      size: createSignTest(),
      novelty: createSignTest(),
      repeats: createSignTest(),
      constancy: createSignTest(),
      disagreement: createSignTest(),
      lag: createSignTest(),
    },
    own: [],
    ownRatio: [],
    shown: new Map(),
    shownTotal: 0,
    shares: createCodeShares(),
    pending: [],
    lastPair: 0,
    legacyAt: new Map(),
    candidateAt: new Map(),
    lagMs: 0,
    lastLegacy: 0,
    lastCandidate: 0,
  };
}

const FADING = [
  "varied",
  "looked",
  "confirmed",
  "rechecks",
  "settled",
  "stood",
  "legacyUp",
  "legacyDown",
  "candidateUp",
  "candidateDown",
] as const;

/** Multiplies the counts by `factor` (0 to 1), so that old observations lose weight. */
export function fadePlace(place: Place, factor: number, at: number): void {
  if (factor < 1) {
    for (const name of FADING) place[name] *= factor;
    for (const test of Object.values(place.tests)) fadeSigns(test, factor);
  }
  place.at = Math.max(place.at, at);
}

/** Whether legacy was ever seen to differ from itself here. */
export const hasVaried = (place: Place): boolean => place.shapes.size > 0;

/** Legacy differed from itself here: both values are its own. @param position of the element, or empty */
export function addOwn(place: Place, difference: Difference, position: string): void {
  const { where, kind, legacy, candidate } = difference;
  place.kinds.add(kind);
  if (position !== "") place.positions.add(place.positions.size < POSITIONS ? position : "*");
  for (const value of [legacy, candidate]) addShape(place, shapeOf(value, where));
  if (kind === "order") return;
  const [first, second] = [measure(legacy, where), measure(candidate, where)];
  if (first === undefined || second === undefined || first.kind !== second.kind) return;
  if (second.value > first.value) place.legacyUp += 1;
  else place.legacyDown += 1;
  push(place.own, Math.abs(second.value - first.value));
  const ratio = logRatio(second.value, first.value);
  if (ratio !== undefined) push(place.ownRatio, Math.abs(ratio));
}

/**
 * A value of an answer of legacy's that is compared with no answer of the candidate's. Those of the others are counted by
 * {@link addPair}: counted twice, none of them would look like one that legacy showed only once.
 */
export function addFurther(place: Place, { kind, candidate }: Difference): void {
  if (kind !== "order" && candidate !== undefined) addShown(place, hashOf(candidate));
}

/** Legacy was asked twice at once, whatever the candidate answered, and differed from itself here. */
export function addOwnAtOnce(place: Place, { kind, legacy, candidate }: Difference): void {
  if (kind !== "order" && legacy !== undefined && candidate !== undefined) {
    addOwnCodes(place.shares, hashOf(legacy), hashOf(candidate));
  }
}

/** How often legacy must differ from itself for the same pair of values, seen again, to be no repetition of one answer. */
const AT_ONCE = 0.2;

/**
 * One comparison's differences here, of a place where legacy varies.
 * @param spanMs how long both answers took: clocks may differ by as much
 * @param rate the lower end of how often legacy differs from itself here when it is asked twice, 0 to 1
 */
export function addPair(
  place: Place,
  differences: readonly Difference[],
  at: number,
  spanMs: number,
  rate: number,
): void {
  // Of another order both texts are indexes in legacy's order: they are not the values of either side.
  if (differences.some(({ kind }) => kind === "order")) return;
  const pair = hashOf(differences.map(({ legacy, candidate }) => `${legacy}\n${candidate}`).join("\n"));
  const { where } = differences[0]!;
  for (const { legacy } of differences) if (legacy !== undefined) addShape(place, shapeOf(legacy, where));
  settlePending(place, at);
  const legacy = differences.flatMap((one) => (one.legacy === undefined ? [] : [hashOf(one.legacy)]));
  const candidate = differences.flatMap((one) => (one.candidate === undefined ? [] : [hashOf(one.candidate)]));
  for (const value of legacy) addShown(place, value);
  const times = ({ alike = 0 }: Difference) => 1 + alike;
  add(
    place,
    "presence",
    differences.reduce(
      (sum, one) => sum + times(one) * (Number(one.kind === "extra") - Number(one.kind === "missing")),
      0,
    ),
  );
  if (pair !== place.lastPair || rate >= AT_ONCE) addCodes(place, differences);
  // Two caches that answer with the same values again are no further evidence.
  if (pair === place.lastPair) return;
  place.lastPair = pair;
  addConstancy(place, legacy, candidate);
  addLag(place, differences, at);
  if (place.pending.length < PENDING) place.pending.push({ at, legacy, candidate });
  let offset = 0;
  let size = 0;
  for (const difference of differences) {
    const [l, c] = [measure(difference.legacy, where), measure(difference.candidate, where)];
    if (l === undefined || c === undefined || l.kind !== c.kind) continue;
    const [larger, bigger] = signsOf(place, l, c, spanMs);
    offset += larger;
    size += bigger;
  }
  add(place, "offset", Math.sign(offset));
  add(place, "size", Math.sign(size));
}

function addCodes(place: Place, differences: readonly Difference[]): void {
  const pairs = differences.flatMap(({ legacy, candidate }) =>
    legacy === undefined || candidate === undefined ? [] : [{ legacy: hashOf(legacy), candidate: hashOf(candidate) }],
  );
  addCodePairs(place.shares, pairs, place.alpha);
}

function addConstancy(place: Place, legacy: readonly number[], candidate: readonly number[]): void {
  const [l, c] = [hashOf(legacy.join()), hashOf(candidate.join())];
  if (legacy.length > 0 && candidate.length > 0 && place.lastLegacy !== 0) {
    add(place, "constancy", Number(l !== place.lastLegacy) - Number(c !== place.lastCandidate));
  }
  place.lastLegacy = l;
  place.lastCandidate = c;
}

/**
 * A cache that is not refreshed, or a replica: the candidate shows what legacy showed, always about as long before. Two
 * sides that draw their values in the same way show what the other showed equally often. Of values that only grow nothing can be
 * said: uptimes of processes of which one was started later look the same.
 */
function addLag(place: Place, differences: readonly Difference[], at: number): void {
  const both = differences.flatMap(({ legacy, candidate }) =>
    legacy === undefined || candidate === undefined ? [] : [[hashOf(legacy), hashOf(candidate)] as const],
  );
  if (!isUndirected(place) && !isGrowing(place)) {
    let behind = 0;
    for (const [legacy, candidate] of both) {
      behind += Number(isLag(place, place.legacyAt.get(candidate), at));
      behind -= Number(isLag(place, place.candidateAt.get(legacy), at));
    }
    add(place, "lag", Math.sign(behind));
  }
  for (const [legacy, candidate] of both) {
    date(place.legacyAt, legacy, at);
    date(place.candidateAt, candidate, at);
  }
}

/** Whether a value that the other side last showed `then` is shown with the lag that was seen first. */
function isLag(place: Place, then: number | undefined, at: number): boolean {
  if (then === undefined || at - then < LEAST_LAG_MS) return false;
  const lag = at - then;
  if (place.lagMs === 0) place.lagMs = lag;
  return lag <= place.lagMs * LAG_SPREAD && lag >= place.lagMs / LAG_SPREAD;
}

function date(dated: Map<number, number>, value: number, at: number): void {
  dated.delete(value);
  dated.set(value, at);
  if (dated.size > DATED) dated.delete(dated.keys().next().value!);
}

/** Which of the two is larger, and which the larger magnitude, by more than legacy differs from itself; else 0. */
function signsOf(place: Place, legacy: Measured, candidate: Measured, spanMs: number): [number, number] {
  const difference = candidate.value - legacy.value;
  if (legacy.kind === "time") {
    if (place.own.length === 0) return [0, 0];
    const own = Math.max(highest(place.own), CLOCK_SLACK_MS + spanMs);
    return [Math.abs(difference) > own ? Math.sign(difference) : 0, 0];
  }
  if (isCode(place) || place.own.length < 4 || isUndirected(place) || isGrowing(place)) return [0, 0];
  const ratio = logRatio(candidate.value, legacy.value);
  const bigger = ratio !== undefined && Math.abs(ratio) > highest(place.ownRatio) ? Math.sign(ratio) : 0;
  return [Math.abs(difference) > highest(place.own) ? Math.sign(difference) : 0, bigger];
}

/** Pairs old enough: does legacy show the candidate's value elsewhere, and its own? */
function settlePending(place: Place, at: number): void {
  while (place.pending.length > 0 && at - place.pending[0]!.at >= PENDING_MS) {
    const { legacy, candidate } = place.pending.shift()!;
    if (!tellsNew(place) || isUndirected(place) || isGrowing(place)) continue;
    const fresh = candidate.filter((value) => !place.shown.has(value)).length;
    // Elements of one list may share a value, such as the time or the id of the request: shown many times, by one answer.
    const inAnswer = (value: number) => legacy.reduce((count, other) => count + Number(other === value), 0);
    const once = legacy.filter((value) => (place.shown.get(value) ?? 0) <= inAnswer(value)).length;
    add(place, "novelty", Math.sign(fresh - once));
  }
}

/** Legacy was asked twice for a sampled request: in how many elements the candidate differs from it, and it from itself. */
export function addDisagreement(place: Place, differing: number, varying: number): void {
  if (!isUndirected(place) && !isGrowing(place)) add(place, "disagreement", Math.sign(differing - varying));
}

/** Both were asked again: whether legacy changed what it says here, and whether the candidate did. */
export function addRepeat(place: Place, legacyChanged: boolean, candidateChanged: boolean): void {
  add(place, "repeats", Number(legacyChanged) - Number(candidateChanged));
}

/** The candidate's number or time now, and before, for the same request. */
export function addCandidateMove(place: Place, before: string | undefined, now: string | undefined, of: Difference) {
  const direction = directionOf(before, now, of);
  if (direction > 0) place.candidateUp += 1;
  else if (direction < 0) place.candidateDown += 1;
}

/** Legacy's number or time now, and long before, for the same request. */
export function addLegacyMove(place: Place, before: string | undefined, now: string | undefined, of: Difference) {
  const direction = directionOf(before, now, of);
  if (direction > 0) place.legacyUp += 1;
  else if (direction < 0) place.legacyDown += 1;
}

function directionOf(before: string | undefined, now: string | undefined, { where }: Difference): number {
  const [first, second] = [measure(before, where), measure(now, where)];
  return first === undefined || second === undefined ? 0 : Math.sign(second.value - first.value);
}

function add(place: Place, name: TestName, sign: number): void {
  addSign(place.tests[name], sign, TESTS[name], place.alpha);
}

/** Why a value is not one that a second legacy would have given, in words that follow `VARIES_HERE`; undefined when nothing speaks against it. */
export function objection(place: Place, difference: Difference): string | undefined {
  const { where, kind, legacy, candidate } = difference;
  const { presence, offset, size, novelty, repeats, constancy, disagreement } = place.tests;
  if (repeats.rejected === "plus") return "only legacy's value changes when both are asked again";
  // Servers in turn may by chance show one side the same for long: asked again, it would say another.
  if (constancy.rejected !== undefined && repeats.plus >= 2 && repeats.plus > 4 * repeats.minus) {
    return "the candidate says the same each time";
  }
  if (presence.rejected === "minus" && kind === "missing") return "the candidate lacks it more often";
  if (presence.rejected === "plus" && kind === "extra") return "the candidate has it more often";
  if (novelty.rejected !== undefined && candidate !== undefined && isNew(place, candidate)) {
    return "the candidate's value is one that legacy never shows";
  }
  if (legacy !== undefined && candidate !== undefined && isCode(place)) {
    const why = shareObjection(place.shares, hashOf(legacy), hashOf(candidate));
    if (why !== undefined) return why;
  }
  const [l, c] = [measure(legacy, where), measure(candidate, where)];
  if (l !== undefined && c !== undefined) {
    const larger = c.value > l.value ? "plus" : "minus";
    const bigger = Math.abs(c.value) > Math.abs(l.value) ? "plus" : "minus";
    if (offset.rejected === larger)
      return `the candidate's value is systematically ${larger === "plus" ? "more" : "less"}`;
    if (size.rejected === bigger)
      return `the candidate's value is systematically ${bigger === "plus" ? "larger" : "smaller"}`;
  }
  if (isBehind(place, difference))
    return `the candidate shows what legacy showed some ${Math.round(place.lagMs / 1000)} s before`;
  if (disagreement.rejected !== undefined)
    return "the candidate differs from legacy more often than legacy from itself";
  return undefined;
}

/** Whether the candidate was shown to be behind legacy, and this value is one that legacy showed before. */
export function isBehind({ tests, legacyAt, candidateAt }: Place, { legacy, candidate }: Difference): boolean {
  if (tests.lag.rejected === undefined || legacy === undefined || candidate === undefined) return false;
  return legacyAt.has(hashOf(candidate)) && !candidateAt.has(hashOf(legacy));
}

/** Whether the candidate was shown to change its answer here more often than legacy does. */
export const isUnstable = (place: Place): boolean => place.tests.repeats.rejected === "minus";

/** Whether legacy has been seen with a value of this shape here. */
export function allowsShape(place: Place, { where, kind, candidate }: Difference): boolean {
  if (kind === "order" || kind === "format") return place.kinds.has(kind);
  for (const shape of place.shapes) if (fits(candidate, shape, where)) return true;
  return false;
}

/**
 * Noise in one element says something of another only where elements are alike: members of records, seen to vary in two
 * of them, or which elements a list has. In a list of plain values each position is a place of its own.
 */
export function covers(place: Place, position: string, { path, kind }: Difference): boolean {
  if (position === "" || place.positions.has(position) || place.positions.has("*")) return true;
  if (path.endsWith("]") && kind !== "missing" && kind !== "extra") return false;
  return place.positions.size >= 2;
}

/**
 * Both sides' values only grow: two counters of which each counts its own requests, or two clocks. How far they are
 * apart says nothing then: a candidate that sees a tenth of the traffic counts a tenth.
 */
function isGrowing(place: Place): boolean {
  const { legacyUp, legacyDown, candidateUp, candidateDown } = place;
  return legacyUp >= 3 && legacyDown <= legacyUp * 0.02 && candidateUp >= 1 && candidateDown <= candidateUp * 0.02;
}

/** Legacy's values are numbers or times, and too few were seen of both sides to say whether they only grow. */
function isUndirected({ own, legacyUp, legacyDown, candidateUp, candidateDown }: Place): boolean {
  return own.length > 0 && (legacyUp + legacyDown < 6 || candidateUp + candidateDown < 3);
}

/** Few values, each shown again and again. */
const isCode = ({ shown, shownTotal }: Place) => shown.size < CODES && shownTotal > CODES * 3;
/** Legacy's values are known, and few enough for another to be one that it never shows. */
const tellsNew = ({ shown, shownTotal }: Place) => shownTotal >= LEAST_SHOWN && shown.size < SHOWN;
const isNew = (place: Place, value: string) => tellsNew(place) && !place.shown.has(hashOf(value));

/** What legacy's own differences hardly ever exceed: the second largest of the last ones. */
function highest(own: readonly number[]): number {
  return own.length < 3 ? Math.max(0, ...own) : [...own].sort((a, b) => b - a)[1]!;
}

function addShape(place: Place, shape: Shape): void {
  if (place.shapes.size < SHAPES) place.shapes.add(shape);
}

function addShown(place: Place, value: number): void {
  if (place.shown.size >= SHOWN) return;
  place.shown.set(value, (place.shown.get(value) ?? 0) + 1);
  place.shownTotal += 1;
}

function push<T>(ring: T[], value: T): void {
  ring.push(value);
  if (ring.length > KEPT) ring.shift();
}

const logOf = (value: number) => Math.log(Math.abs(value));

function logRatio(one: number, other: number): number | undefined {
  const ratio = logOf(one) - logOf(other);
  return Number.isFinite(ratio) ? ratio : undefined;
}
