// explain/route-requests.ts: all compared requests of a route: what a finding's requests are held against

import {
  type Asked,
  createFeatures,
  type Feature,
  type Features,
  featuresOf,
  restoreFeatures,
  type StoredFeatures,
  storeFeatures,
} from "./features.ts";
import type { Count } from "./requests.ts";

/** Of one route in one epoch, in bounded memory. */
export type RouteRequests = {
  /** Comparisons, and distinct requests among them. */
  readonly compared: Count;
  readonly features: Features;
  /** Requests that showed findings, by their keys: to see whether they show them again. */
  readonly watched: Map<string, Set<string>>;
};

const WATCHED = 64;
/** Findings of one request that are watched. */
const FINDINGS = 16;

/** No requests of the route yet. */
export const createRouteRequests = (): RouteRequests => ({
  compared: { all: 0, distinct: 0 },
  features: createFeatures(),
  watched: new Map(),
});

/**
 * Counts a compared request.
 * @param isNew whether the request is a distinct one that was not compared before
 * @returns its features
 */
export function addCompared(route: RouteRequests, asked: Asked, isNew: boolean): readonly Feature[] {
  const features = featuresOf(route.features, asked);
  const distinct = isNew ? 1 : 0;
  route.compared.all += 1;
  route.compared.distinct += distinct;
  for (const feature of features) {
    feature.all += 1;
    feature.distinct += distinct;
  }
  return features;
}

/** Notes that a request showed a finding. */
export function watch(route: RouteRequests, key: string, finding: string): void {
  const known = route.watched.get(key);
  if (known !== undefined) {
    if (known.size < FINDINGS) known.add(finding);
  } else if (route.watched.size < WATCHED) route.watched.set(key, new Set([finding]));
}

/** A route's requests as they are stored. */
export type StoredRouteRequests = {
  readonly compared: Count;
  readonly features: StoredFeatures;
  readonly watched: readonly (readonly [string, readonly string[]])[];
};

/** The route's requests as they are stored. */
export const storeRouteRequests = ({ compared, features, watched }: RouteRequests): StoredRouteRequests => ({
  compared: { ...compared },
  features: storeFeatures(features),
  watched: [...watched].map(([key, findings]) => [key, [...findings]]),
});

/** The route's requests of what was stored. */
export const restoreRouteRequests = (stored: StoredRouteRequests): RouteRequests => ({
  compared: { ...stored.compared },
  features: restoreFeatures(stored.features),
  watched: new Map(stored.watched.map(([key, findings]) => [key, new Set(findings)])),
});
