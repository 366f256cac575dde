// app/publish.ts: the metrics that other parts keep, read at each scrape

import type { Gauges } from "../evidence/index.ts";
import { FINDING_STATES } from "../model/report.ts";
import type { RunningProxy } from "../proxy/index.ts";
import type { Store, StoreWriter } from "../store/index.ts";
import type { Reading, Telemetry } from "../telemetry/index.ts";
import type { Comparer, Verifier } from "../verify/index.ts";
import type { InterferenceWatch } from "./interference.ts";
import type { RefusedReload } from "./reload.ts";
import type { ShadowSwitch } from "./shadow-switch.ts";

const VERDICTS = { ready: 1, hold: 0, reject: -1 } as const;

/** The parts whose numbers are read at each scrape. */
export type Sources = {
  readonly proxy: RunningProxy;
  readonly gauges: () => Gauges;
  readonly store: Store;
  readonly keeper: Pick<StoreWriter, "omitted">;
  readonly verifier: Pick<Verifier, "stats">;
  readonly comparer: Pick<Comparer, "stats">;
  readonly shadowing: Pick<ShadowSwitch, "isOn" | "offUntil">;
  readonly refused: Pick<RefusedReload, "text">;
  readonly interference: Pick<InterferenceWatch, "read">;
};

/** Registers the numbers that the parts keep themselves, to be read at each scrape. */
export function publish(telemetry: Telemetry, sources: Sources): void {
  const { proxy, gauges, store, keeper, verifier, comparer, shadowing, refused, interference } = sources;
  telemetry.publish("in_flight", () => proxy.gauges().candidateInFlight);
  telemetry.publish("routes_forgotten_total", () => proxy.gauges().forgottenRoutes);
  telemetry.publish("capture_bytes", () => proxy.gauges().captureBytes);
  // While shadowing is off nothing probes the candidate, so an open breaker would stay open until it is on again.
  telemetry.publish("breaker_open", () => (shadowing.isOn() && proxy.gauges().breaker !== "closed" ? 1 : 0));
  telemetry.publish("breaker_state", () => {
    const now = proxy.gauges().breaker;
    return (["closed", "open", "half_open"] as const).map((state) => [[state], state === now ? 1 : 0]);
  });
  telemetry.publish("candidate_limit", () => proxy.gauges().candidateLimit);
  telemetry.publish("shed_total", () => Object.entries(proxy.gauges().shed).map(([cause, count]) => [[cause], count]));
  telemetry.publish("shadow_enabled", () => (shadowing.isOn() ? 1 : 0));
  telemetry.publish("shadow_off_until_timestamp_seconds", () => (shadowing.offUntil() ?? 0) / 1000);
  telemetry.publish("config_reload_failed", () => (refused.text() !== undefined ? 1 : 0));
  telemetry.publish("shadow_share", () => [...proxy.shares()].map(([route, share]) => [[route], share]));
  telemetry.publish("interference_ratio", () =>
    interference
      .read()
      .flatMap(({ route, ratio, low, high }) =>
        Object.entries({ estimate: ratio, low, high }).flatMap(([bound, value]): Reading[] =>
          value === undefined ? [] : [[[route, bound], value]],
        ),
      ),
  );
  telemetry.publish("verify_queue", () => verifier.stats().pending);
  telemetry.publish("verify_cpu_seconds_total", () => comparer.stats().cpuMs / 1000);
  telemetry.publish("store_bytes", () => store.stats().bytes);
  telemetry.publish("store_degraded", () => (store.stats().state === "ok" ? 0 : 1));
  telemetry.publish("store_lost_total", () => {
    const { samples, documents, audit } = store.stats().lost;
    return samples + documents + audit;
  });
  telemetry.publish("samples_omitted_total", keeper.omitted);
  telemetry.publish("readiness", () =>
    gauges().routes.map(({ route, readiness }) => [[route], VERDICTS[readiness.verdict]]),
  );
  telemetry.publish("mismatch_rate_upper_bound", () =>
    gauges().routes.map(({ route, readiness }) => [[route], readiness.upper]),
  );
  telemetry.publish("findings", () => {
    const counts = new Map<string, number>();
    const { findings, routes } = gauges();
    for (const { route } of routes) for (const state of FINDING_STATES) counts.set(`${state} ${route}`, 0);
    for (const { route, state } of findings)
      counts.set(`${state} ${route}`, (counts.get(`${state} ${route}`) ?? 0) + 1);
    return [...counts].map(([key, count]) => {
      const space = key.indexOf(" ");
      return [[key.slice(space + 1), key.slice(0, space)], count];
    });
  });
}
