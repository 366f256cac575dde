// config/resolve.ts: what a file says, with what follows from it: routes inherit

import { type CompareRules, NO_RULES } from "../model/rules.ts";
import type { Config, RouteConfig } from "./config.ts";
import { DEFAULTS } from "./defaults.ts";
import type { Parsed } from "./schema.ts";

type ParsedRoute = Parsed["routes"][number];
type ParsedRules = Parsed["compare"];

/** Undefined as long as a URL is missing. */
export function resolve(parsed: Parsed): Config | undefined {
  const { legacy, candidate, legacyReplica, compare, routes, store, ...rest } = parsed;
  if (legacy.url === undefined || candidate.url === undefined) return undefined;
  if (legacyReplica !== undefined && legacyReplica.url === undefined) return undefined;
  return {
    ...rest,
    legacy: { ...legacy, url: legacy.url },
    candidate: { ...candidate, url: candidate.url },
    ...(legacyReplica?.url === undefined ? {} : { legacyReplica: { ...legacyReplica, url: legacyReplica.url } }),
    store: { ...store, kind: store.kind ?? (parsed.data === undefined ? "memory" : "sqlite") },
    compare: rules(compare, {}),
    routes: routes.map((route) => resolveRoute(route, parsed)),
  };
}

function resolveRoute(route: ParsedRoute, parsed: Parsed): RouteConfig {
  const { methods: _, caseSensitive: ______, ramp: __, file: ___, perSecond: ____, ...shadow } = parsed.shadow;
  const { openapi: _____, ...readiness } = parsed.readiness;
  return {
    match: route.match,
    readOnly: route.readOnly,
    shadow: { ...shadow, ...route.shadow },
    compare: rules(route.compare ?? {}, parsed.compare),
    candidate: candidateRequest(route.candidate, parsed.candidate),
    recheck: { lag: route.recheck?.lag ?? parsed.recheck.lag },
    readiness: {
      ...DEFAULTS.routeReadiness,
      ...readiness,
      ...route.readiness,
      latency: { ...readiness.latency, ...route.readiness?.latency },
    },
  };
}

/** A route's own prefixes and fields count before those for all routes. */
function candidateRequest(
  own: ParsedRoute["candidate"],
  { path, fields }: Parsed["candidate"],
): RouteConfig["candidate"] {
  const set = { ...fields.set, ...own?.fields?.set };
  const remove = [...new Set([...fields.remove, ...(own?.fields?.remove ?? [])])];
  return {
    path: [...(own?.path ?? []), ...path],
    fields: { set, remove: remove.filter((name) => !Object.hasOwn(set, name)) },
  };
}

/** A route's own rules stand before those for all routes, so that where the first counts it is the nearer one. */
function rules(own: ParsedRules, shared: ParsedRules): CompareRules {
  const both = <K extends "ignore" | "only" | "arrays" | "numbers" | "times" | "strings" | "json">(key: K) =>
    [...(own[key] ?? []), ...(shared[key] ?? [])] as unknown as CompareRules[K];
  return {
    ignore: both("ignore"),
    only: both("only"),
    arrays: both("arrays"),
    numbers: both("numbers"),
    times: both("times"),
    strings: both("strings"),
    json: both("json"),
    // Patches work one after the other, from the general to the particular.
    patch: {
      legacy: [...(shared.patch?.legacy ?? []), ...(own.patch?.legacy ?? [])],
      candidate: [...(shared.patch?.candidate ?? []), ...(own.patch?.candidate ?? [])],
    },
    fields: {
      compare: own.fields?.compare ?? shared.fields?.compare ?? NO_RULES.fields.compare,
      ignore: [...new Set([...(own.fields?.ignore ?? []), ...(shared.fields?.ignore ?? [])])],
    },
    mapOrigins: own.mapOrigins ?? shared.mapOrigins ?? NO_RULES.mapOrigins,
  };
}
