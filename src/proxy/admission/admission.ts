// proxy/admission/admission.ts: may this request be shadowed? The one place that decides what the candidate ever sees

import type { SkippedReason } from "../../model/outcome.ts";
import type { ShadowOptions } from "../options.ts";
import type { Incoming } from "../server/request.ts";
import type { Budget } from "../shadow/body-recorder.ts";
import type { Breaker } from "./breaker.ts";
import type { Concurrency } from "./concurrency.ts";
import type { Shed } from "./load-shedding.ts";
import { overridesMethod, replacedPaths } from "./method-override.ts";
import type { Found, Route } from "./routes.ts";
import { type Clock, draw, type ShadowControl } from "./share.ts";
import type { Rate } from "./token-bucket.ts";

/** What the decision rests on, beside the request itself. */
export type AdmitState = {
  readonly shadow: ShadowOptions;
  /** Whether the candidate answers such requests already; all of them unless set. */
  readonly serves?: ((method: string, path: string) => boolean) | undefined;
  /** Whether a route with `shadow: off` names the path, in any spelling. */
  readonly forbids: (method: string, path: string) => boolean;
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly concurrency: Concurrency;
  readonly rate: Rate;
  /** How late our event loop keeps running, in milliseconds. */
  readonly lag: () => number;
  /** How large this process is, in bytes. */
  readonly memory: () => number;
  readonly budget: Budget;
  readonly candidateInFlight: () => number;
  /** Whether one more exchange would be reconciled. */
  readonly hasCapacity: (route: string) => boolean;
  readonly shed: Shed;
};

/** Methods that may be configured to be shadowed: reads, by RFC 9110. Others take a route that says `readOnly`. */
const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether requests of a method are shadowed on this route, if nothing else is in the way. */
export function eligible(method: string, route: Route, { methods }: ShadowOptions): boolean {
  return route.readOnly || (READS.has(method) && methods.includes(method));
}

/**
 * Why the request is not shadowed, or `undefined` when it is. `held_out` is a `sampled_out` that would have been shadowed but
 * for a fair draw. Asks the breaker and the rates last: their yes is taken from a budget.
 */
export function refuseShadow(
  id: string,
  incoming: Incoming,
  { route, spelling }: Pick<Found, "route" | "spelling">,
  control: ShadowControl,
  state: AdmitState,
): SkippedReason | "held_out" | undefined {
  const { shadow } = state;
  if (incoming.marked) return "loop";
  if (!eligible(incoming.method, route, shadow)) return "method";
  if (spelling === "ambiguous" && !READS.has(incoming.method)) return "method";
  if (overridesMethod(incoming.target, incoming.fields)) return "method";
  if (state.serves !== undefined && !state.serves(incoming.method, pathOf(incoming.target))) return "route";
  const forbidden = spelling === "forbidden" || replacesPath(incoming, state);
  if (forbidden || (route.off ?? shadow.off)) return shadow.off ? "off" : "route";
  if (!control.on || control.routes.get(route.name)?.on === false) return "off";
  const drawn = draw(id, incoming.fields, route, control, shadow, state.clock);
  if (drawn === "out") return "sampled_out";
  const tooLarge = incoming.length !== undefined && incoming.length > (route.maxRequestBody ?? shadow.maxRequestBody);
  const now = performance.now();
  const busy = overloaded(state, route);
  if (drawn === "held_out") {
    return tooLarge || busy !== undefined || state.breaker.state(now) !== "closed" ? "sampled_out" : "held_out";
  }
  if (tooLarge) return "body_too_large";
  if (busy !== undefined) {
    state.shed[busy]++;
    return "overload";
  }
  if (!state.breaker.allow(now)) return "breaker";
  if ((route.rate === undefined || route.rate(now)) && state.rate(now)) return undefined;
  state.breaker.record(undefined, now);
  return "sampled_out"; // by so many a second, which is what someone asked for, and no overload
}

function replacesPath({ method, fields }: Incoming, state: AdmitState): boolean {
  return replacedPaths(fields).some((path) => state.forbids(method, path));
}

function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query < 0 ? target : target.slice(0, query);
}

/** What there is too much of, if anything: shadowing goes first, long before clients feel it. */
function overloaded(state: AdmitState, route: Route): keyof Shed | undefined {
  const { shadow, budget } = state;
  if (state.candidateInFlight() >= state.concurrency.limit()) return "in_flight";
  if (budget.used >= budget.limit) return "capture";
  if (state.lag() > shadow.maxLag) return "event_loop";
  if (state.memory() > shadow.maxMemory) return "memory";
  if (!state.hasCapacity(route.name)) return "verify";
  return undefined;
}
