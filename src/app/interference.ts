// app/interference.ts: watches what shadowing does to legacy, and stops it where the config says so

import type { RuntimeSwitches } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import { createInterference, interferenceText } from "../evidence/index.ts";
import type { Answer } from "../model/answer.ts";
import type { Interference } from "../model/report.ts";
import type { Log } from "../telemetry/index.ts";

/** Compares the latency of legacy for shadowed and unshadowed requests. */
export type InterferenceWatch = {
  /** Legacy answered a request that was shadowed, or one that a fair draw left out. */
  readonly answered: (route: string, shadowed: boolean, legacy: Answer) => void;
  readonly read: () => readonly Interference[];
};

/** Switches shadowing of a route off where `interference.stop` is set and its limit is exceeded. */
export function watchInterference(
  config: () => Config,
  control: Pick<RuntimeSwitches, "change">,
  log: Log,
  now: () => number,
): InterferenceWatch {
  const book = createInterference(() => config().interference);

  async function stop(route: string, why: string): Promise<void> {
    const by = "interference";
    const at = now();
    book.restart(route, at);
    const done = await control.change({ route, to: { on: false, by, why, at }, by, why });
    if (!done.ok) log.error({ event: "interference", route, detail: done.detail });
  }

  return {
    answered(route, shadowed, legacy) {
      const found = book.note(route, shadowed, legacy, now());
      if (found === undefined) return;
      const stops = config().interference.stop;
      const why = interferenceText(found);
      log.warn({ event: "interference", ...found, stopped: stops }, why);
      if (stops) void stop(route, why);
    },
    read: book.read,
  };
}
