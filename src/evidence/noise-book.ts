// evidence/noise-book.ts: where legacy differs from itself, how often, and what it then looks like

import type { JudgedDifference, Standing } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import type { Document } from "../model/document.ts";
import { generalOf } from "../model/place.ts";
import { fits, type Shape, shapeOf } from "./shape.ts";
import { wilsonLower } from "./wilson.ts";

export type NoiseSettings = {
  /** After so long an observation counts half, in milliseconds. */
  readonly halfLifeMs: number;
  /** The least that the lower end of a place's noise rate must be for it to explain a difference. */
  readonly leastRate: number;
  readonly routes: number;
  readonly placesPerRoute: number;
};

const NOISE: NoiseSettings = {
  halfLifeMs: 6 * 3_600_000,
  leastRate: 0.05,
  routes: 300,
  placesPerRoute: 200,
};

/**
 * `noise`: legacy differs there from itself, and looks like that. `shape_broken`: it does, and never looks like that.
 * `moving`: the sides differ there for a while, and agreed whenever they were asked again. `steady`: legacy was asked
 * twice about it, more than once, never differed, and the difference stood. `unknown`: nobody has asked enough.
 */
export type Explanation = "noise" | "shape_broken" | "moving" | "steady" | "unknown";

type NoisyPlace = {
  readonly route: string;
  /** `body $.items[*].at` */
  readonly place: string;
  /** The lower end of how often legacy disagrees with itself there, 0 to 1. */
  readonly rate: number;
  readonly shapes: readonly Shape[];
};

export type NoiseBook = {
  /** Legacy was asked twice, for a sample of all requests: its first answer against its second. */
  readonly observe: (route: string, legacyTwice: readonly Difference[], at: number) => void;
  /**
   * Legacy was asked twice because of these differences, and this is how they are classified now: what noise looks
   * like where there is some, and how often there was none. Called after each look, the sooner the better for those
   * that cannot be asked again; only the `last` of them says whether a difference settled or stood.
   */
  readonly learn: (
    route: string,
    judged: readonly JudgedDifference[],
    legacyTwice: readonly Difference[],
    at: number,
    last?: boolean,
  ) => void;
  /** Whether something is known of each of these: if not, it is worth to wait for what others' looks will teach. */
  readonly knows: (route: string, differences: readonly Difference[], at: number) => boolean;
  /** What is known of a difference without asking anyone. */
  readonly explains: (route: string, difference: Difference, at: number) => Explanation;
  /** The lower end of how often legacy disagrees with itself at this place; 0 where nothing is known. */
  readonly rate: (route: string, difference: Difference, at: number) => number;
  /** Whether legacy has been seen with a value of this shape there. */
  readonly allows: (route: string, difference: Difference) => boolean;
  readonly places: (at: number) => readonly NoisyPlace[];
  readonly changes: () => readonly Document[];
  /** Takes back what was kept. Pages that cannot be read are passed over, and counted. */
  readonly restore: (documents: readonly Document[]) => { readonly unreadable: number };
};

type Place = {
  at: number;
  /** The route's sampled double-asks in which it varied. */
  varied: number;
  /** Double-asks because of this place, and those in which it varied. */
  looked: number;
  confirmed: number;
  /** Differences there that were gone in the end, and that were not. */
  settled: number;
  stood: number;
  readonly shapes: Set<Shape>;
  readonly kinds: Set<Difference["kind"]>;
  /** Concrete positions at which it varied: `3` or `3/0`; `*` once they are too many to tell. */
  readonly positions: Set<string>;
};

type Page = { at: number; trials: number; readonly places: Map<string, Place>; dirty: boolean };

const SHAPES = 12;
const POSITIONS = 24;
/** z of a one-sided 95 % interval. */
const Z = 1.645;

export function createNoiseBook(overrides: Partial<NoiseSettings> = {}): NoiseBook {
  const settings = { ...NOISE, ...overrides };
  const pages = new Map<string, Page>();

  const fade = (since: number, at: number) => (at <= since ? 1 : 2 ** ((since - at) / settings.halfLifeMs));

  function pageOf(route: string, at: number): Page | undefined {
    const known = pages.get(route);
    if (known !== undefined) return known;
    if (pages.size >= settings.routes) return undefined;
    const page: Page = { at, trials: 0, places: new Map(), dirty: false };
    pages.set(route, page);
    return page;
  }

  /** Brings the place's counts to this moment; makes it when there is room, or something faded to make room. */
  function placeOf(page: Page, key: string, at: number): Place | undefined {
    const known = page.places.get(key);
    if (known !== undefined) {
      const left = fade(known.at, at);
      known.varied *= left;
      known.looked *= left;
      known.confirmed *= left;
      known.settled *= left;
      known.stood *= left;
      known.at = Math.max(known.at, at);
      return known;
    }
    if (page.places.size >= settings.placesPerRoute) {
      // Noise is remembered rather than its absence.
      const weight = (place: Place) => (place.varied + place.confirmed + place.settled) * fade(place.at, at);
      const [faintest, place] = [...page.places].reduce((a, b) => (weight(b[1]) < weight(a[1]) ? b : a));
      if (weight(place) > 0.1) return undefined;
      page.places.delete(faintest);
    }
    const place: Place = {
      at,
      varied: 0,
      looked: 0,
      confirmed: 0,
      settled: 0,
      stood: 0,
      shapes: new Set(),
      kinds: new Set(),
      positions: new Set(),
    };
    page.places.set(key, place);
    return place;
  }

  function note(page: Page, differences: readonly Difference[], at: number, sampled: boolean): void {
    const counted = new Set<string>();
    for (const difference of differences.slice(0, 500)) {
      const { key, position } = spot(difference);
      const place = placeOf(page, key, at);
      if (place === undefined) continue;
      if (sampled && !counted.has(key)) place.varied += 1;
      counted.add(key);
      place.kinds.add(difference.kind);
      if (position !== "") place.positions.add(place.positions.size < POSITIONS ? position : "*");
      for (const value of [difference.legacy, difference.candidate]) {
        if (place.shapes.size < SHAPES) place.shapes.add(shapeOf(value, difference.where));
      }
    }
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

  function known(route: string, difference: Difference): { page: Page; place: Place; position: string } | undefined {
    const page = pages.get(route);
    const { key, position } = spot(difference);
    const place = page?.places.get(key);
    return page === undefined || place === undefined ? undefined : { page, place, position };
  }

  function allows(place: Place, { where, kind, candidate }: Difference): boolean {
    if (kind === "order" || kind === "format") return place.kinds.has(kind);
    for (const shape of place.shapes) if (fits(candidate, shape, where)) return true;
    return false;
  }

  /**
   * Noise in one element says something of another only where elements are alike: members of records, seen to vary in
   * two of them. In a list of plain values each position is a place of its own.
   */
  function covers(place: Place, position: string, path: string): boolean {
    if (position === "" || place.positions.has(position) || place.positions.has("*")) return true;
    return place.positions.size >= 2 && !path.endsWith("]");
  }

  const book: NoiseBook = {
    observe: (route, legacyTwice, at) => {
      const page = pageOf(route, at);
      if (page === undefined) return;
      page.trials = page.trials * fade(page.at, at) + 1;
      page.at = Math.max(page.at, at);
      page.dirty = true;
      note(page, legacyTwice, at, true);
    },
    learn: (route, judged, legacyTwice, at, last = true) => {
      const page = pageOf(route, at);
      if (page === undefined) return;
      const asked = new Map<string, Set<Standing>>();
      for (const difference of judged.slice(0, 500)) {
        const { key } = spot(difference);
        asked.set(key, (asked.get(key) ?? new Set()).add(difference.standing));
      }
      const varied = legacyTwice.filter((difference) => asked.get(spot(difference).key)?.has("noise"));
      note(page, varied, at, false);
      const confirmed = new Set(varied.map((difference) => spot(difference).key));
      for (const [key, standings] of asked) {
        const place = placeOf(page, key, at);
        if (place === undefined) continue;
        place.looked += 1;
        if (confirmed.has(key)) place.confirmed += 1;
        if (last && standings.has("mismatch")) place.stood += 1;
        else if (last && standings.has("transient")) place.settled += 1;
        page.dirty = true;
      }
    },
    explains: (route, difference, at) => {
      const found = known(route, difference);
      if (found === undefined) return "unknown";
      const { page, place } = found;
      if (place.shapes.size > 0 && covers(place, found.position, difference.path)) {
        if (!allows(place, difference)) return "shape_broken";
        if (rateOf(page, place, at) >= settings.leastRate) return "noise";
      }
      const left = fade(place.at, at);
      if (place.stood * left >= 1.5) return "steady";
      return place.stood * left < 0.1 && place.settled * left >= 1.5 ? "moving" : "unknown";
    },
    knows: (route, differences, at) => differences.every((one) => book.explains(route, one, at) !== "unknown"),
    rate: (route, difference, at) => {
      const found = known(route, difference);
      if (found === undefined || !covers(found.place, found.position, difference.path)) return 0;
      return rateOf(found.page, found.place, at);
    },
    allows: (route, difference) => {
      const found = known(route, difference);
      return found !== undefined && allows(found.place, difference);
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
        const places = [...page.places].map(([key, { shapes, kinds, positions, ...counts }]) => ({
          key,
          ...counts,
          shapes: [...shapes],
          kinds: [...kinds],
          positions: [...positions],
        }));
        documents.push({ kind: "noise", key: route, value: { at: page.at, trials: page.trials, places } });
      }
      return documents;
    },
    restore: (documents) => {
      let unreadable = 0;
      for (const { kind, key, value } of documents) {
        if (kind !== "noise" || value === null || pages.size >= settings.routes) continue;
        if (!restorePage(pages, key, value)) unreadable += 1;
      }
      return { unreadable };
    },
  };
  return book;
}

type StoredPlace = { readonly key: string } & Pick<
  Place,
  "at" | "varied" | "looked" | "confirmed" | "settled" | "stood"
> & {
    readonly shapes: readonly Shape[];
    readonly kinds: readonly Difference["kind"][];
    readonly positions: readonly string[];
  };

/** False when the value has another shape than a page. */
function restorePage(pages: Map<string, Page>, route: string, value: unknown): boolean {
  const stored = value as Partial<{ at: number; trials: number; places: readonly StoredPlace[] }>;
  if (typeof stored !== "object" || typeof stored.at !== "number" || typeof stored.trials !== "number") return false;
  if (!Array.isArray(stored.places) || !stored.places.every(isStoredPlace)) return false;
  const places = new Map<string, Place>();
  for (const { key, shapes, kinds, positions, ...counts } of stored.places) {
    places.set(key, {
      ...counts,
      shapes: new Set(shapes),
      kinds: new Set(kinds),
      positions: new Set(positions),
    });
  }
  pages.set(route, { at: stored.at, trials: stored.trials, places, dirty: false });
  return true;
}

function isStoredPlace(value: unknown): value is StoredPlace {
  if (typeof value !== "object" || value === null) return false;
  const { key, at, varied, looked, confirmed, settled, stood, shapes, kinds, positions } = value as Partial<
    Record<keyof StoredPlace, unknown>
  >;
  return (
    typeof key === "string" &&
    [at, varied, looked, confirmed, settled, stood].every((one) => typeof one === "number") &&
    [shapes, kinds, positions].every((list) => Array.isArray(list) && list.every((one) => typeof one === "string"))
  );
}

function spot(difference: Difference): { readonly key: string; readonly position: string } {
  const general = generalOf(difference);
  return { key: `${difference.where} ${general.path}`, position: general.positions.join("/") };
}
