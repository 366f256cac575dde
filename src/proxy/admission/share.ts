// proxy/admission/share.ts: which share of a route's eligible requests is shadowed now, and who is in it

import type { Fields } from "../../model/fields.ts";
import type { RampOptions, ShadowOptions, StickyBy } from "../options.ts";
import type { Route } from "./routes.ts";
import { position, stickyKey } from "./sampling.ts";

/** A switch, as it is in force. What it does not say is left to the next one, and at last to the options. */
export type SwitchState = {
  readonly on?: boolean;
  /** In place of the configured share, 0 to 1. */
  readonly share?: number;
  readonly cohort?: CohortState;
  /** When it was set on, in milliseconds since the epoch: a ramp begins anew there. */
  readonly at?: number;
};

/** Whose field or cookie has one of these values, or falls into a share of all values. It narrows; the share within it stands. */
export type CohortState = {
  readonly by: StickyBy;
  readonly values?: ReadonlySet<string>;
  readonly share?: number;
};

/** The switches at runtime: read anew for each request, so that off is off at once. */
export type ShadowControl = SwitchState & {
  readonly on: boolean;
  /** By route template. */
  readonly routes: ReadonlyMap<string, SwitchState>;
};

/** Times are milliseconds since the epoch. */
export type Clock = { readonly started: number; readonly now: () => number };

/**
 * The share before anything is held out: the route's switch, else the switch of everything, else what is configured, on
 * its ramp.
 */
function shareOf(route: Route, control: ShadowControl, shadow: ShadowOptions, clock: Clock): number {
  const own = control.routes.get(route.name);
  const set = own?.share ?? control.share;
  if (set !== undefined) return set;
  const sample = route.sample ?? shadow.sample;
  if (shadow.ramp === undefined) return sample;
  const since = Math.max(clock.started, own?.at ?? control.at ?? clock.started);
  return ramped(sample, shadow.ramp, clock.now() - since);
}

/** From `from` to `sample` in a straight line over `over`, and never past it. */
export function ramped(sample: number, { from, over }: RampOptions, elapsed: number): number {
  const start = Math.min(from, sample);
  return Math.min(sample, start + (sample - start) * Math.min(1, Math.max(0, elapsed / over)));
}

/**
 * Whether a request is in the sample. `held_out`: it is not, by a draw that has nothing to do with who sent it or what it
 * asks; such requests may be compared with those that are in.
 */
export function draw(
  id: string,
  fields: Fields,
  route: Route,
  control: ShadowControl,
  shadow: ShadowOptions,
  clock: Clock,
): "in" | "out" | "held_out" {
  const cohort = control.routes.get(route.name)?.cohort ?? control.cohort;
  if (cohort !== undefined && !belongs(stickyKey(fields, cohort.by), cohort)) return "out";
  const by = route.by ?? shadow.stickyBy ?? "id";
  const key = by === "id" ? undefined : stickyKey(fields, by);
  const values = route.values ?? shadow.values;
  if (values !== undefined && values.size > 0 && (key === undefined || !values.has(key))) return "out";

  const share = shareOf(route, control, shadow, clock);
  const holdout = shadow.holdout ?? 0;
  if (share >= 1 && holdout === 0) return "in";
  if (share <= 0) return "out";
  if (key === undefined) return position(id) < Math.min(share, 1 - holdout) ? "in" : "held_out";
  if (position(key) >= share) return "out";
  return holdout > 0 && position(`held out ${id}`) < holdout ? "held_out" : "in";
}

function belongs(key: string | undefined, { values, share }: CohortState): boolean {
  if (key === undefined) return false;
  return values?.has(key) === true || (share !== undefined && position(key) < share);
}

/** The share of a route's eligible requests, of those in its cohort if one is listed, that is shadowed now; 0 to 1. */
export function effectiveShare(route: Route, control: ShadowControl, shadow: ShadowOptions, clock: Clock): number {
  const own = control.routes.get(route.name);
  if (!control.on || own?.on === false || (route.off ?? shadow.off)) return 0;
  const cohort = own?.cohort ?? control.cohort;
  const within = cohort !== undefined && cohort.values === undefined ? (cohort.share ?? 1) : 1;
  const share = shareOf(route, control, shadow, clock);
  const holdout = shadow.holdout ?? 0;
  const sticky = (route.by ?? shadow.stickyBy ?? "id") !== "id";
  return within * (sticky ? share * (1 - holdout) : Math.min(share, 1 - holdout));
}
