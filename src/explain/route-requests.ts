// explain/route-requests.ts: the features of all compared requests of a route: what a finding's requests are held against

import { type Asked, type Feature, featuresOf } from "./features.ts";
import { addCount, type Count, restoreCounts, type StoredCounts, storeCounts } from "./requests.ts";

/** Of one route in one epoch, in bounded memory. */
export type RouteRequests = {
  /** Comparisons, and distinct requests among them. */
  readonly compared: Count;
  /** How many requests had a feature. Whatever is in here was counted from the first comparison on. */
  readonly features: Map<string, Count>;
  /** Values that a name has, or none: they are too many, or secret, or there was no room. */
  readonly values: Map<string, Set<string> | undefined>;
  /** There was no room for a name or a value once: from then on none is let in, because its count would not be whole. */
  full: boolean;
  /** Requests that showed findings, by their keys: to see whether they show them again. */
  readonly watched: Map<string, Set<string>>;
};

const FEATURES = 256;
const VALUES = 12;
const WATCHED = 64;
/** Findings of one request that are watched. */
const FINDINGS = 16;

export const createRouteRequests = (): RouteRequests => ({
  compared: { all: 0, distinct: 0 },
  features: new Map(),
  values: new Map(),
  full: false,
  watched: new Map(),
});

/**
 * Counts a compared request.
 * @param isNew whether the request is a distinct one that was not compared before
 * @returns the names under which its features are counted
 */
export function addCompared(route: RouteRequests, asked: Asked, isNew: boolean): readonly string[] {
  route.compared.all += 1;
  if (isNew) route.compared.distinct += 1;
  const names: string[] = [];
  let redacted: ReadonlyMap<string, string | undefined> | undefined;
  for (const { name, value } of featuresOf(asked)) {
    if (admit(route, name)) names.push(name);
    if (value === undefined) continue;
    const full = `${name}=${value}`;
    if (route.features.has(full)) {
      names.push(full);
      continue;
    }
    if (route.values.has(name) && route.values.get(name) === undefined) continue;
    redacted ??= valuesOf(featuresOf({ target: asked.redacted(), fields: asked.fields }));
    if (admitValue(route, name, value, redacted.get(name))) names.push(full);
  }
  for (const name of names) addCount(route.features, name, isNew);
  return names;
}

const valuesOf = (features: readonly Feature[]) => new Map(features.map(({ name, value }) => [name, value]));

function admit(route: RouteRequests, name: string): boolean {
  if (route.features.has(name)) return true;
  if (route.features.size >= FEATURES) route.full = true;
  return !route.full;
}

function admitValue(route: RouteRequests, name: string, value: string, redacted: string | undefined): boolean {
  const known = route.values.get(name) ?? new Set();
  if (route.full || redacted !== value || known.size >= VALUES || !admit(route, `${name}=${value}`)) {
    // Secret, or as many as there are requests: no value of this name says anything.
    for (const one of known) route.features.delete(`${name}=${one}`);
    route.values.set(name, undefined);
    return false;
  }
  known.add(value);
  route.values.set(name, known);
  return true;
}

/** Notes that a request showed a finding. */
export function watch(route: RouteRequests, key: string, finding: string): void {
  const known = route.watched.get(key);
  if (known !== undefined) {
    if (known.size < FINDINGS) known.add(finding);
  } else if (route.watched.size < WATCHED) route.watched.set(key, new Set([finding]));
}

export type StoredRouteRequests = {
  readonly compared: Count;
  readonly features: StoredCounts;
  readonly values: readonly (readonly [string, readonly string[] | null])[];
  readonly full: boolean;
  readonly watched: readonly (readonly [string, readonly string[]])[];
};

export const storeRouteRequests = ({
  compared,
  features,
  values,
  full,
  watched,
}: RouteRequests): StoredRouteRequests => ({
  compared: { ...compared },
  features: storeCounts(features),
  values: [...values].map(([name, some]) => [name, some === undefined ? null : [...some]]),
  full,
  watched: [...watched].map(([key, findings]) => [key, [...findings]]),
});

export const restoreRouteRequests = (stored: StoredRouteRequests): RouteRequests => ({
  compared: { ...stored.compared },
  features: restoreCounts(stored.features),
  values: new Map(stored.values.map(([name, some]) => [name, some === null ? undefined : new Set(some)])),
  full: stored.full,
  watched: new Map(stored.watched.map(([key, findings]) => [key, new Set(findings)])),
});
