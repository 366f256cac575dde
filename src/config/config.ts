// config/config.ts: a config that has been read: trusted, complete, in plain numbers

import type { CompareRules } from "../model/rules.ts";
import type { RoutePattern } from "./route-pattern.ts";
import type { Parsed } from "./schema.ts";

type Plain<T> = T extends readonly (infer E)[]
  ? readonly Plain<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;
type WithUrl<T> = Plain<Omit<T, "url">> & {
  /** An origin, `http://legacy:8080`. */
  readonly url: string;
};

/** What a route is shadowed by. */
type RouteShadow = Plain<Omit<Parsed["shadow"], "methods" | "caseSensitive" | "ramp" | "file" | "perSecond">> & {
  /** The route's own budget, beside the one for all. */
  readonly perSecond?: number;
};

/** What makes a route ready. */
type ReadinessConfig = Plain<Omit<Parsed["readiness"], "openapi">>;

/** A declared route, with what it inherits. Of several that match a request the most specific counts. */
export type RouteConfig = {
  readonly match: RoutePattern;
  readonly readOnly: boolean;
  readonly shadow: RouteShadow;
  readonly compare: CompareRules;
  readonly recheck: Pick<Parsed["recheck"], "lag">;
  /** How the candidate's copy differs from the client's request. */
  readonly candidate: Pick<WithUrl<Parsed["candidate"]>, "path" | "fields">;
  readonly readiness: ReadinessConfig & {
    /** Whether the whole waits for this route. */
    readonly counts: boolean;
  };
};

/**
 * The keys are those of the file. Durations are milliseconds, sizes bytes, shares 0 to 1; field names are in lower case;
 * file names are as written, relative to whatever the opener of the config says. What each key means is its description
 * in the schema.
 */
export type Config = Plain<
  Omit<Parsed, "legacy" | "candidate" | "legacyReplica" | "compare" | "routes" | "store" | "readiness">
> & {
  readonly legacy: WithUrl<Parsed["legacy"]>;
  readonly candidate: WithUrl<Parsed["candidate"]>;
  readonly legacyReplica?: WithUrl<NonNullable<Parsed["legacyReplica"]>>;
  readonly store: Plain<Parsed["store"]> & { readonly kind: "sqlite" | "memory" };
  readonly readiness: ReadinessConfig & { readonly openapi?: string };
  /** For routes that are not declared. */
  readonly compare: CompareRules;
  readonly routes: readonly RouteConfig[];
};
