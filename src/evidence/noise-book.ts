// evidence/noise-book.ts: where legacy differs from itself, how often, and whether the candidate differs in the same way
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import { LRUCache } from "lru-cache";
import type { ClassifiedDifference, Standing, Undecided } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import type { Document } from "../model/document.ts";
import { generalOf } from "../model/place.ts";
import { cookieName } from "./cookie-name.ts";
import {
  addCandidateMove,
  addDisagreement,
  addFurther,
  addLegacyMove,
  addOwn,
  addOwnAtOnce,
  addPair,
  addRepeat,
  allowsShape,
  covers,
  createPlace,
  fadePlace,
  hasVaried,
  isBehind,
  isUnstable,
  objection,
  type Place,
} from "./noise-place.ts";
import { type Page, restorePage, storePage } from "./noise-store.ts";
import type { Shape } from "./shape.ts";
import { wilsonLower, wilsonUpper } from "./wilson.ts";

/** Limits and constants of noise. They have no config keys; tests override them. */
export type NoiseSettings = {
  /** After so long an observation counts half, in milliseconds. */
  readonly halfLifeMs: number;
  /** The least that the lower end of a place's noise rate must be for it to explain a difference. */
  readonly leastRate: number;
  /** The chance, for each test of a place, that it ever rejects a candidate which varies as legacy does. */
  readonly alpha: number;
  /** The most routes; above it the least recently used one is removed. */
  readonly routes: number;
  readonly placesPerRoute: number;
};

const NOISE: NoiseSettings = {
  halfLifeMs: 6 * 3_600_000,
  leastRate: 0.05,
  alpha: 1e-5,
  routes: 300,
  placesPerRoute: 200,
};

/**
 * What is known of a difference without a recheck.
 *
 * - `noise`: legacy differs there from itself, and nothing speaks against the candidate's value.
 * - `objection`: legacy does, and the candidate was shown not to vary as legacy does; `why`, for a person. `isBehind`: its
 *   value is one that legacy showed a while before.
 * - `shape`: legacy does, and never with a value of this form.
 * - `steady`: legacy was asked twice about it, more than once, and the difference stood.
 * - `moving`: the sides differ there for a while, and agreed whenever they were asked again.
 * - `doubtful`: legacy was seen to differ from itself there, and too seldom asked to say how often it does.
 * - `unknown`: too little was asked to say.
 */
export type Explanation =
  | { readonly is: "noise" | "shape" | "steady" | "moving" | "doubtful" | "unknown" }
  | { readonly is: "objection"; readonly why: string; readonly isBehind: boolean };

/** What a recheck of a difference would be for: to confirm it, to verify what is known of its place, or nothing new. */
export type Need = "confirm" | "verify" | "nothing";

/** One further look at both sides. */
export type Look = {
  /** Legacy's first answer against its answer now. */
  readonly legacyTwice: readonly Difference[];
  /** Where legacy was asked further times after the candidate: its answer now against each of those. */
  readonly between?: readonly (readonly Difference[])[];
  /** Both sides now. */
  readonly now: readonly Difference[];
  /** Milliseconds since the request came. */
  readonly afterMs: number;
  readonly statuses: { readonly legacy: number; readonly candidate: number };
};

/** What asking both sides again has seen. */
export type Recheck = {
  /** Those in which both sides gave comparable answers of the same status class as the first ones. */
  readonly looks: readonly Look[];
  /** Why it ended before it could decide; absent when it ran to its end. */
  readonly cut?: Undecided;
};

type NoisyPlace = {
  readonly route: string;
  /** `body $.items[*].at` */
  readonly place: string;
  /** The lower end of how often legacy disagrees with itself there, 0 to 1. */
  readonly rate: number;
  readonly shapes: readonly Shape[];
};

/** What is known of legacy's noise, per route and place. */
export type NoiseBook = {
  /**
   * Legacy was asked twice, for a sample of all requests: its first answer against its second, and against the
   * candidate's, where they were compared. Not for what was written a moment ago.
   */
  readonly observe: (
    route: string,
    legacyTwice: readonly Difference[],
    first: readonly Difference[] | undefined,
    at: number,
  ) => void;
  /**
   * Both sides of each comparison with differences, once, in any order. `resource`: which request it was, as a hash;
   * `askedAt`: when the client sent it; `spanMs`: how long both answers took; `at`: now.
   */
  readonly see: (
    route: string,
    differences: readonly Difference[],
    circumstances: {
      readonly at: number;
      readonly askedAt: number;
      readonly spanMs: number;
      readonly resource: number;
      readonly written: boolean;
    },
  ) => void;
  /** Both were asked again because of these differences, and this is how they are classified. Once for each recheck. */
  readonly learn: (
    route: string,
    differences: readonly ClassifiedDifference[],
    recheck: Recheck,
    circumstances: { readonly at: number; readonly written: boolean },
  ) => void;
  readonly explains: (route: string, difference: Difference, at: number) => Explanation;
  readonly need: (route: string, differences: readonly Difference[], at: number) => Need;
  /**
   * How much a further sample of this route is wanted beyond the usual share: `much` while next to nothing is known of it, or
   * little of a place that was seen to vary.
   */
  readonly wantsSample: (route: string) => "much" | "little" | "no";
  /** The lower end of how often legacy disagrees with itself at this place; 0 where nothing is known. */
  readonly rate: (route: string, difference: Difference, at: number) => number;
  /** Whether legacy has been seen with a value of this shape there. */
  readonly allows: (route: string, difference: Difference) => boolean;
  /** Whether the candidate was shown to change its answers there more often than legacy does. */
  readonly unstable: (route: string, difference: Difference) => boolean;
  /** Both asked again because of a difference there: how often the candidate alone, and legacy alone, then said something else. */
  readonly changedAlone: (
    route: string,
    difference: Difference,
  ) => { readonly candidate: number; readonly legacy: number };
  /** How many pairs of legacy's own answers agreed there; 0 where it was ever seen to vary. */
  readonly steadyPairs: (route: string, difference: Difference, at: number) => number;
  readonly places: (at: number) => readonly NoisyPlace[];
  readonly changes: () => readonly Document[];
  /** Takes back what was kept. What cannot be read is left out, and counted. */
  readonly restore: (documents: readonly Document[]) => { readonly unreadable: number };
};

/** z of a one-sided 95 % interval. */
const Z = 1.645;
/** Requests of a new route that are sampled, and after a place was first seen to vary: so many show what it is like. */
const EAGER = 24;
/** The first of these, which show whether anything varies at all. */
const FIRST = 4;
/** Rechecks of a place that varies until the candidate's values are known well enough. */
const WELL_LOOKED = 48;
/** Differences of one comparison that are taken in. */
const MOST = 500;
/** Legacy's answers to one request this far apart, in milliseconds, tell how it varies; further apart the data may have moved. */
const SAME_MOMENT_MS = 5000;
const REMEMBERED = 2000;

/** No knowledge yet. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a closure whose methods share one state
export function createNoiseBook(overrides: Partial<NoiseSettings> = {}): NoiseBook {
  const settings = { ...NOISE, ...overrides };
  /** Routes whose page was given up, for the store. */
  const left = new Set<string>();
  const pages = new LRUCache<string, Page>({ max: settings.routes, dispose: (_, route) => left.add(route) });
  /** Both sides' last values by place and request. */
  const before = new Map<string, { readonly legacy: string; readonly candidate?: string; readonly askedAt: number }>();

  const fade = (since: number, at: number) => (at <= since ? 1 : 2 ** ((since - at) / settings.halfLifeMs));

  function pageOf(route: string, at: number): Page {
    const known = pages.get(route);
    if (known !== undefined) return known;
    const page: Page = { at, trials: 0, eager: EAGER, places: new Map(), dirty: false };
    pages.set(route, page);
    return page;
  }

  /** Applies decay to the place's counts up to now. Creates the place if there is capacity, or after removing a decayed one. */
  function placeOf(page: Page, key: string, at: number): Place | undefined {
    const known = page.places.get(key);
    if (known !== undefined) {
      fadePlace(known, fade(known.at, at), at);
      return known;
    }
    if (page.places.size >= settings.placesPerRoute) {
      // Noise is remembered rather than its absence.
      const weight = (place: Place) => (place.varied + place.confirmed + place.settled) * fade(place.at, at);
      const [faintest, place] = [...page.places].reduce((a, b) => (weight(b[1]) < weight(a[1]) ? b : a));
      if (weight(place) > 0.1) return undefined;
      page.places.delete(faintest);
    }
    const place = createPlace(at, settings.alpha);
    page.places.set(key, place);
    return place;
  }

  /**
   * @param isAtOnce legacy was asked twice at once, whatever the candidate answered
   * @returns the places at which legacy differed from itself.
   */
  function note(page: Page, differences: readonly Difference[], at: number, isAtOnce: boolean): ReadonlySet<string> {
    const noted = new Set<string>();
    for (const difference of differences.slice(0, MOST)) {
      const { key, position } = spot(difference);
      const place = placeOf(page, key, at);
      if (place === undefined) continue;
      if (!hasVaried(place)) page.eager = Math.max(page.eager, EAGER);
      addOwn(place, difference, position);
      addFurther(place, difference);
      if (isAtOnce) addOwnAtOnce(place, difference);
      noted.add(key);
    }
    return noted;
  }

  /** Zero until it has been seen at least twice of late: once may be a write. */
  function rateOf(page: Page, place: Place, at: number): number {
    const left = fade(place.at, at);
    if ((place.varied + place.confirmed) * left < 1.5) return 0;
    const trials = page.trials * fade(page.at, at);
    const sampled = wilsonLower(Math.min(place.varied * left, trials), trials, Z);
    const asked = wilsonLower(Math.min(place.confirmed, place.looked) * left, place.looked * left, Z);
    return Math.max(sampled, asked);
  }

  /**
   * Whether legacy was seen to change its answer here, and may well do so as often as noise does, for all that is known;
   * unless the candidate changes its own far more often.
   */
  function mayVary(page: Page, place: Place, position: string, difference: Difference, at: number): boolean {
    const left = fade(place.at, at);
    const { plus: legacyOnly, minus: candidateOnly } = place.tests.repeats;
    const isVarying = (place.varied + place.confirmed) * left >= 0.1 && covers(place, position, difference);
    if (!isVarying && legacyOnly * left < 0.1) return false;
    if (candidateOnly >= 3 + 8 * Math.max(legacyOnly, place.confirmed, place.varied)) return false;
    const trials = page.trials * fade(page.at, at);
    const sampled = wilsonUpper(Math.min(place.varied * left, trials), trials, Z);
    const own = Math.min(Math.max(place.confirmed, legacyOnly), place.looked);
    const asked = wilsonUpper(own * left, place.looked * left, Z);
    return Math.min(sampled, asked) >= settings.leastRate;
  }

  function known(route: string, difference: Difference): { page: Page; place: Place; position: string } | undefined {
    const page = pages.get(route);
    const { key, position } = spot(difference);
    const place = page?.places.get(key);
    return page === undefined || place === undefined ? undefined : { page, place, position };
  }

  /**
   * The same request was asked before: whether both sides' values go up and down or only up; and, if it was a moment ago,
   * whether legacy said the same here.
   */
  function compareWithBefore(page: Page, difference: Difference, resource: number, askedAt: number): void {
    const { legacy, candidate } = difference;
    if (legacy === undefined || legacy.length > 256 || difference.kind !== "value") return;
    const { key, position } = spot(difference);
    const id = `${resource} ${difference.path} ${key}`;
    const last = before.get(id);
    // A recheck delays the classification: exchanges are seen in another order than they were asked in.
    if (last !== undefined && askedAt < last.askedAt) return;
    before.delete(id);
    const isKept = candidate !== undefined && candidate.length <= 256;
    before.set(id, { legacy, askedAt, ...(isKept && { candidate }) });
    if (before.size > REMEMBERED) before.delete(before.keys().next().value!);
    if (last === undefined) return;
    const isSameMoment = askedAt - last.askedAt <= SAME_MOMENT_MS;
    const place = isSameMoment ? placeOf(page, key, askedAt) : page.places.get(key);
    if (place === undefined) return;
    addCandidateMove(place, last.candidate, candidate, difference);
    if (!isSameMoment) {
      addLegacyMove(place, last.legacy, legacy, difference);
      return;
    }
    place.looked += 1;
    if (last.legacy === legacy) return;
    place.confirmed += 1;
    addOwn(place, { ...difference, legacy: last.legacy, candidate: legacy }, position);
  }

  const book: NoiseBook = {
    observe: (route, legacyTwice, first, at) => {
      const page = pageOf(route, at);
      page.trials = page.trials * fade(page.at, at) + 1;
      page.at = Math.max(page.at, at);
      page.eager = Math.max(0, page.eager - 1);
      page.dirty = true;
      const [varying, differing] = [byPlace(legacyTwice), byPlace(first ?? [])];
      for (const key of first === undefined ? [] : new Set([...varying.keys(), ...differing.keys()])) {
        const place = page.places.get(key);
        if (place === undefined || !hasVaried(place)) continue;
        addDisagreement(place, countOf(differing.get(key)), countOf(varying.get(key)));
      }
      for (const key of note(page, legacyTwice, at, true)) {
        const place = page.places.get(key); // it may have been removed meanwhile
        if (place !== undefined) place.varied += 1;
      }
    },
    see: (route, differences, { at, askedAt, spanMs, resource, written }) => {
      const page = pages.get(route);
      if (page === undefined) return;
      for (const [key, here] of byPlace(differences)) {
        if (!written) for (const difference of here) compareWithBefore(page, difference, resource, askedAt);
        const place = page.places.get(key);
        if (place === undefined || !hasVaried(place)) continue;
        fadePlace(place, fade(place.at, at), at);
        addPair(place, here, at, spanMs, rateOf(page, place, at));
        page.dirty = true;
      }
    },
    learn: (route, differences, { looks, cut }, { at, written }) => {
      if (looks.length === 0) return;
      const page = pageOf(route, at);
      const asked = byPlace(differences) as ReadonlyMap<string, readonly ClassifiedDifference[]>;
      const isNoise = (key: string) => asked.get(key)?.some(({ standing }) => standing === "noise") === true;
      // That legacy differs from its first answer may be why the sides differed: the data moved. Not so a moment later.
      const pairs = looks.flatMap(({ legacyTwice, between = [] }) => [
        { own: legacyTwice.filter((one) => isNoise(spot(one).key)), isAtOnce: false },
        ...between.map((own) => ({
          own: own.filter((one) => !written || isNoise(spot(one).key)),
          isAtOnce: true,
        })),
      ]);
      const varied = pairs.map(({ own, isAtOnce }) => note(page, own, at, isAtOnce));
      for (const [key, here] of asked) {
        const place = placeOf(page, key, at);
        if (place === undefined) continue;
        // The first look alone: all of them together would count one odd answer as many times.
        if (!written) repeated(place, key, here, looks[0]!);
        place.rechecks += 1;
        place.looked += pairs.length;
        place.confirmed += varied.filter((keys) => keys.has(key)).length;
        const standings = new Set<Standing>(here.map(({ standing }) => standing));
        if (cut === undefined && standings.has("mismatch")) place.stood += 1;
        else if (cut === undefined && standings.has("transient")) place.settled += 1;
        page.dirty = true;
      }
    },
    explains: (route, difference, at) => {
      const found = known(route, difference);
      if (found === undefined) return UNKNOWN;
      const { page, place } = found;
      if (hasVaried(place) && covers(place, found.position, difference)) {
        if (!allowsShape(place, difference)) return { is: "shape" };
        const why = objection(place, difference);
        if (why !== undefined) return { is: "objection", why, isBehind: isBehind(place, difference) };
        if (rateOf(page, place, at) >= settings.leastRate) return { is: "noise" };
      }
      const left = fade(place.at, at);
      const [stood, settled] = [place.stood * left, place.settled * left];
      if (stood >= 1.5 && settled <= stood / 10) return { is: "steady" };
      if (mayVary(page, place, found.position, difference, at)) return { is: "doubtful" };
      return stood < 0.1 && settled >= 1.5 ? { is: "moving" } : UNKNOWN;
    },
    need: (route, differences, at) => {
      let need: Need = "nothing";
      for (const difference of differences) {
        const { is } = book.explains(route, difference, at);
        if (is === "unknown" || is === "shape" || is === "doubtful") return "confirm";
        const place = known(route, difference)!.place;
        if (is === "noise" && place.rechecks < WELL_LOOKED) need = "verify";
      }
      return need;
    },
    wantsSample: (route) => {
      const page = pages.get(route);
      if (page === undefined) return "much";
      if (page.eager <= 0) return "no";
      return page.trials < FIRST || [...page.places.values()].some(hasVaried) ? "much" : "little";
    },
    rate: (route, difference, at) => {
      const found = known(route, difference);
      if (found === undefined || !covers(found.place, found.position, difference)) return 0;
      return rateOf(found.page, found.place, at);
    },
    allows: (route, difference) => {
      const found = known(route, difference);
      return found !== undefined && allowsShape(found.place, difference);
    },
    unstable: (route, difference) => {
      const found = known(route, difference);
      return found !== undefined && isUnstable(found.place);
    },
    changedAlone: (route, difference) => {
      const { plus = 0, minus = 0 } = known(route, difference)?.place.tests.repeats ?? {};
      return { candidate: minus, legacy: plus };
    },
    steadyPairs: (route, difference, at) => {
      const page = pages.get(route);
      if (page === undefined) return 0;
      const trials = page.trials * fade(page.at, at);
      const { key, position } = spot(difference);
      const place = page.places.get(key);
      if (place === undefined) return trials;
      return hasVaried(place) && covers(place, position, difference) ? 0 : trials + place.looked * fade(place.at, at);
    },
    places: (at) =>
      [...pages].flatMap(([route, page]) =>
        [...page.places].map(([place, what]) => ({
          route,
          place,
          rate: rateOf(page, what, at),
          shapes: [...what.shapes],
        })),
      ),
    changes: () => {
      const documents: Document[] = [];
      for (const [route, page] of pages) {
        if (!page.dirty) continue;
        page.dirty = false;
        documents.push({ kind: "noise", key: route, value: storePage(page) });
      }
      for (const route of left) if (!pages.has(route)) documents.push({ kind: "noise", key: route, value: null });
      left.clear();
      return documents;
    },
    restore: (documents) => {
      let unreadable = 0;
      for (const { kind, key, value } of documents) {
        if (kind !== "noise" || value === null || pages.size >= settings.routes) continue;
        const page = restorePage(value, settings.alpha);
        if (page === undefined) unreadable += 1;
        else pages.set(key, page);
      }
      return { unreadable };
    },
  };
  return book;
}

const UNKNOWN: Explanation = { is: "unknown" };

/** Both sides were asked again: which of them changed what it says at this place. */
function repeated(place: Place, key: string, here: readonly Difference[], look: Look): void {
  const isHere = (difference: Difference) => spot(difference).key === key;
  const legacyNow = look.legacyTwice.filter(isHere);
  const now = look.now.filter(isHere);
  const changed = candidateChanged(here, now, legacyNow);
  if (changed !== undefined) addRepeat(place, legacyNow.length > 0, changed);
  for (const difference of here) {
    const other = now.find(({ path }) => path === difference.path);
    if (other !== undefined) addCandidateMove(place, difference.candidate, other.candidate, difference);
  }
}

/** Undefined: that cannot be said, because the candidate has nothing of its own here. */
function candidateChanged(
  here: readonly Difference[],
  now: readonly Difference[],
  legacyNow: readonly Difference[],
): boolean | undefined {
  // Of a body that is too large to keep no value is known.
  if (here.every(({ kind, candidate }) => kind !== "missing" && candidate === undefined)) return undefined;
  if (here.every(({ path, kind }) => path.endsWith("]") && (kind === "missing" || kind === "extra"))) {
    // Elements have other positions now: what the candidate alone has is known by its value.
    const own = here.filter(({ kind }) => kind === "extra");
    const still = new Set(now.map(({ candidate }) => candidate));
    return own.length === 0 ? undefined : own.some(({ candidate }) => !still.has(candidate));
  }
  const [candidates, legacies] = [now, legacyNow].map((all) => new Map(all.map((one) => [one.path, one])));
  return here.some((difference) => {
    const other = candidates!.get(difference.path);
    if (other !== undefined) return other.candidate !== difference.candidate;
    // Both agree there now, so the candidate says what legacy says now.
    const legacy = legacies!.get(difference.path);
    return (legacy === undefined ? difference.legacy : legacy.candidate) !== difference.candidate;
  });
}

/** Those alike that are not listed are counted, too. */
const countOf = (differences: readonly Difference[] = []) =>
  differences.reduce((sum, { alike = 0 }) => sum + 1 + alike, 0);

function byPlace<D extends Difference>(differences: readonly D[]): Map<string, D[]> {
  const places = new Map<string, D[]>();
  for (const difference of differences.slice(0, MOST)) {
    const { key } = spot(difference);
    const here = places.get(key);
    if (here === undefined) places.set(key, [difference]);
    else here.push(difference);
  }
  return places;
}

function spot(difference: Difference): { readonly key: string; readonly position: string } {
  const general = generalOf(difference);
  return { key: `${difference.where} ${general.path}${cookieName(difference)}`, position: general.positions.join("/") };
}
