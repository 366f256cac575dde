// test/evidence/differences.ts: differences, looks and classifications by the short form

import { type Circumstances, classify, createNoiseBook, type Look, type Recheck } from "../../src/evidence/index.ts";
import type { Difference, Kind } from "../../src/model/difference.ts";

export const ROUTE = "GET /orders/{id}";

export function body(path: string, kind: Kind, legacy?: unknown, candidate?: unknown): Difference {
  return {
    where: "body",
    path,
    kind,
    ...(legacy === undefined ? {} : { legacy: JSON.stringify(legacy) }),
    ...(candidate === undefined ? {} : { candidate: JSON.stringify(candidate) }),
  };
}

export function status(legacy: number, candidate: number): Difference {
  return { where: "status", path: "", kind: "value", legacy: `${legacy}`, candidate: `${candidate}` };
}

export const time = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString();

/** A further look, in which by default both sides agree and have the status 200. */
export function look(wanted: Partial<Look> = {}): Look {
  return { legacyTwice: [], now: [], afterMs: 500, statuses: { legacy: 200, candidate: 200 }, ...wanted };
}

type More = Partial<Circumstances> & Pick<Recheck, "cut"> & { readonly book?: ReturnType<typeof createNoiseBook> };

/** The classification of a recheck that ran to its end, unless `cut` says otherwise. */
export function judge(first: readonly Difference[], looks: readonly Look[], more: More = {}) {
  const { book = createNoiseBook(), cut, ...circumstances } = more;
  return classify(first, { looks, ...(cut && { cut }) }, book, {
    route: ROUTE,
    at: 1000,
    written: false,
    lagMs: 0,
    ...circumstances,
  });
}

export const standings = (first: readonly Difference[], looks: readonly Look[], more: More = {}) =>
  judge(first, looks, more).map(({ standing }) => standing);
