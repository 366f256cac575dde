// proxy/admission/switches.ts: the runtime switches as the proxy reads them for each request

import type { Control, Switch } from "../../model/control.ts";
import type { ShadowControl, SwitchState } from "./share.ts";

/** `off` for everything wins; a route's share and cohort win over those of everything. */
export function shadowControlOf(control: Control): ShadowControl {
  const { everything } = control;
  return {
    ...(everything && stateOf(everything)),
    on: everything?.on ?? true,
    routes: new Map(control.routes.map((one) => [one.route, stateOf(one.switch)])),
  };
}

function stateOf({ on, share, cohort, at }: Switch): SwitchState {
  return {
    on,
    ...(on && { at }),
    ...(share !== undefined && { share }),
    ...(cohort && {
      cohort: {
        by: cohort.by,
        ...(cohort.values && { values: new Set(cohort.values) }),
        ...(cohort.share !== undefined && { share: cohort.share }),
      },
    }),
  };
}
