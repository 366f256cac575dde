// evidence/noise-store.ts: what is known of a route's noise, as a document that is kept over a restart

import { createPlace, type Place, type PlaceCounts, TESTS, type TestName } from "./noise-place.ts";
import type { Signs, SignTest } from "./sign-test.ts";

/** What is known of a route. */
export type Page = {
  at: number;
  /** Sampled requests for which legacy was asked twice. */
  trials: number;
  /** This many more requests are sampled regardless of the configured share. */
  eager: number;
  readonly places: Map<string, Place>;
  dirty: boolean;
};

type StoredPlace = PlaceCounts & {
  readonly key: string;
  readonly shapes: readonly string[];
  readonly kinds: readonly string[];
  readonly positions: readonly string[];
  readonly tests: Record<TestName, Place["tests"][TestName]>;
  readonly own: readonly number[];
  readonly ownRatio: readonly number[];
};

/** A route's page as it is stored. */
export function storePage({ at, trials, eager, places }: Page): unknown {
  return {
    at,
    trials,
    eager,
    places: [...places].map(([key, place]): StoredPlace => {
      // Which values were shown is not written down: they may be secrets.
      const {
        alpha,
        shapes,
        kinds,
        positions,
        shown,
        shownTotal,
        shares,
        pending,
        lastPair,
        legacyAt,
        candidateAt,
        lagMs,
        lastLegacy,
        lastCandidate,
        ...counts
      } = place;
      return { key, ...counts, shapes: [...shapes], kinds: [...kinds], positions: [...positions] };
    }),
  };
}

/** Undefined for what is no such document. Parts that it lacks count as nothing seen. */
export function restorePage(value: unknown, alpha: number): Page | undefined {
  const stored = value as Partial<{ at: number; trials: number; eager: number; places: readonly StoredPlace[] }>;
  const { at, trials, places } = stored;
  if (!isCount(trials) || typeof at !== "number" || !Array.isArray(places)) return undefined;
  const page: Page = { at, trials, eager: isCount(stored.eager) ? stored.eager : 0, places: new Map(), dirty: false };
  for (const one of places as readonly Partial<StoredPlace>[]) {
    if (one === null || typeof one !== "object" || typeof one.key !== "string") return undefined;
    const place = createPlace(at, alpha);
    for (const [name, held] of Object.entries(place)) {
      const kept = one[name as keyof StoredPlace];
      if (!MADE_ANEW.has(name) && typeof held === "number" && isCount(kept)) Object.assign(place, { [name]: kept });
    }
    for (const name of ["shapes", "kinds", "positions"] as const) {
      for (const text of list(one[name])) if (typeof text === "string") (place[name] as Set<string>).add(text);
    }
    for (const name of ["own", "ownRatio"] as const) place[name].push(...list(one[name]).filter(isCount));
    for (const name of Object.keys(TESTS) as TestName[]) {
      const test = one.tests?.[name];
      if (isSigns(test)) Object.assign(place.tests[name], signTestOf(test));
    }
    page.places.set(one.key, place);
  }
  return page;
}

/** Numbers of a place that are not kept. */
const MADE_ANEW: ReadonlySet<string> = new Set([
  "alpha",
  "shownTotal",
  "lastPair",
  "lagMs",
  "lastLegacy",
  "lastCandidate",
]);

function signTestOf({ plus, minus, rejected, share, recent }: SignTest): SignTest {
  const isSide = rejected === "plus" || rejected === "minus";
  return isSide && isCount(share) && isSigns(recent)
    ? { plus, minus, rejected, share, recent: { plus: recent.plus, minus: recent.minus } }
    : { plus, minus };
}

const isSigns = (value: Signs | null | undefined): value is Signs => isCount(value?.plus) && isCount(value?.minus);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isCount = (value: unknown): value is number => typeof value === "number" && value >= 0 && Number.isFinite(value);
