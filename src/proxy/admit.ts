// proxy/admit.ts: may this request be shadowed? The one place that decides what the candidate ever sees

import type { Fields } from "../model/fields.ts";
import type { SkippedReason } from "../model/outcome.ts";
import type { Breaker } from "./breaker.ts";
import type { Budget } from "./capture.ts";
import type { Concurrency } from "./concurrency.ts";
import type { Incoming } from "./incoming.ts";
import type { ShadowOptions, StickyBy } from "./options.ts";
import type { Rate } from "./rate.ts";
import type { Route } from "./routes.ts";
import { position, stickyKey } from "./sample.ts";

/** The switch at runtime: read anew for each request, so that off is off at once. */
export type ShadowControl = {
  readonly on: boolean;
  /** Multiplies with the configured share, 0 to 1. */
  readonly share: number;
  /** By route template. */
  readonly routes: ReadonlyMap<string, { readonly on?: boolean; readonly share?: number }>;
  /** Only these users: a field's or a cookie's value, from a list if there is one; the share is then per user. */
  readonly cohort?: { readonly by: StickyBy; readonly values?: ReadonlySet<string> };
};

export const FULL_CONTROL: ShadowControl = { on: true, share: 1, routes: new Map() };

/** What the decision rests on, beside the request itself. */
export type AdmitState = {
  readonly shadow: ShadowOptions;
  readonly breaker: Breaker;
  readonly concurrency: Concurrency;
  readonly rate: Rate;
  /** How late our event loop runs, in milliseconds. */
  readonly lag: () => number;
  readonly budget: Budget;
  readonly candidateInFlight: () => number;
};

/** A client notices a quarter of a second; shadowing goes before that. */
const MAX_LAG_MS = 250;

/** Methods that may be configured to be shadowed: reads, by RFC 9110. Others take a route that says `readOnly`. */
const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Why the request is not shadowed, or `undefined` when it is. Asks the breaker and the rate last: their yes is taken from a budget. */
export function refuseShadow(
  id: string,
  incoming: Incoming,
  route: Route,
  control: ShadowControl,
  state: AdmitState,
): SkippedReason | undefined {
  const { method } = incoming;
  if (incoming.marked) return "loop";
  if (!route.readOnly && !(READS.has(method) && state.shadow.methods.includes(method))) return "method";
  if (route.off) return "route";
  const own = control.routes.get(route.name);
  if (!control.on || own?.on === false) return "off";
  const share = (route.sample ?? state.shadow.sample) * control.share * (own?.share ?? 1);
  if (!sampled(id, incoming.fields, share, control, state.shadow.stickyBy)) return "sampled_out";
  if (incoming.length !== undefined && incoming.length > state.shadow.maxRequestBody) return "body_too_large";
  if (state.candidateInFlight() >= state.concurrency.limit()) return "overload";
  if (state.budget.used >= state.budget.limit || state.lag() > (state.shadow.maxLag ?? MAX_LAG_MS)) return "overload";
  const now = performance.now();
  if (!state.breaker.allow(now)) return "breaker";
  if (state.rate(now)) return undefined;
  state.breaker.record(undefined, now);
  return "overload";
}

function sampled(id: string, fields: Fields, share: number, control: ShadowControl, sticky?: StickyBy): boolean {
  const { cohort } = control;
  let key: string | undefined;
  if (cohort !== undefined) {
    key = stickyKey(fields, cohort.by);
    if (key === undefined || cohort.values?.has(key) === false) return false;
  } else if (sticky !== undefined) key = stickyKey(fields, sticky);
  if (share >= 1) return true;
  return share > 0 && position(key ?? id) < share;
}
