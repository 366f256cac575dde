// proxy/switches.ts: the runtime switches as the proxy reads them for each request

import type { Control, Switch } from "../model/control.ts";
import type { ShadowControl } from "./admit.ts";

/** `off` for everything wins; a route's share and cohort win over those of everything. */
export function shadowControlOf(control: Control): ShadowControl {
  const { everything } = control;
  return {
    on: everything?.on ?? true,
    share: everything?.share ?? 1,
    routes: new Map(control.routes.map((one) => [one.route, routeOf(one.switch)])),
    ...cohortOf(everything),
  };
}

function routeOf(one: Switch): { readonly on: boolean; readonly share?: number } {
  return { on: one.on, ...(one.share !== undefined && { share: one.share }) };
}

function cohortOf(one: Switch | undefined): Pick<ShadowControl, "cohort"> {
  if (one?.cohort === undefined) return {};
  const { by, values } = one.cohort;
  return { cohort: { by, ...(values && { values: new Set(values) }) } };
}
