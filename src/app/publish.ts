// app/publish.ts: gauges that live in the rooms, read at each scrape

import type { Gauges } from "../evidence/index.ts";
import { FINDING_STATES, type Interference } from "../model/report.ts";
import type { RunningProxy } from "../proxy/index.ts";
import type { Store } from "../store/index.ts";
import type { Reading, Telemetry } from "../telemetry/index.ts";

const VERDICTS = { ready: 1, hold: 0, reject: -1 } as const;

export type Sources = {
  readonly proxy: RunningProxy;
  readonly gauges: () => Gauges;
  readonly store: Store;
  /** Samples that were not kept, for want of time to redact them. */
  readonly samplesOmitted: () => number;
  /** Exchanges waiting for verification. */
  readonly queue: () => number;
  /** Processor time that comparing has taken, in milliseconds. */
  readonly comparing: () => number;
  /** Whether shadowing is on at all, by config and switch. */
  readonly on: () => boolean;
  /** When a switch-off ends by itself, in milliseconds since the epoch. Undefined: it is on, or off without an end. */
  readonly offUntil: () => number | undefined;
  /** Whether the config file that changed last is refused. */
  readonly reloadRefused: () => boolean;
  readonly interference: () => readonly Interference[];
};

/** Has what lives in the rooms read at each scrape. */
export function publish(telemetry: Telemetry, sources: Sources): void {
  const { proxy, gauges, store, queue, comparing, on, offUntil, reloadRefused, interference } = sources;
  telemetry.publish("in_flight", () => proxy.gauges().candidateInFlight);
  telemetry.publish("routes_forgotten_total", () => proxy.gauges().forgottenRoutes);
  telemetry.publish("capture_bytes", () => proxy.gauges().captureBytes);
  // Nothing probes a candidate that is switched off, so that the breaker would seem open for as long as that lasts.
  telemetry.publish("breaker_open", () => (on() && proxy.gauges().breaker !== "closed" ? 1 : 0));
  telemetry.publish("breaker_state", () => {
    const now = proxy.gauges().breaker;
    return (["closed", "open", "half_open"] as const).map((state) => [[state], state === now ? 1 : 0]);
  });
  telemetry.publish("candidate_limit", () => proxy.gauges().candidateLimit);
  telemetry.publish("shed_total", () => Object.entries(proxy.gauges().shed).map(([cause, count]) => [[cause], count]));
  telemetry.publish("shadow_enabled", () => (on() ? 1 : 0));
  telemetry.publish("shadow_off_until_timestamp_seconds", () => (offUntil() ?? 0) / 1000);
  telemetry.publish("config_reload_failed", () => (reloadRefused() ? 1 : 0));
  telemetry.publish("shadow_share", () => [...proxy.shares()].map(([route, share]) => [[route], share]));
  telemetry.publish("interference_ratio", () =>
    interference().flatMap(({ route, ratio, low, high }) =>
      Object.entries({ estimate: ratio, low, high }).flatMap(([bound, value]): Reading[] =>
        value === undefined ? [] : [[[route, bound], value]],
      ),
    ),
  );
  telemetry.publish("verify_queue", queue);
  telemetry.publish("verify_cpu_seconds_total", () => comparing() / 1000);
  telemetry.publish("store_bytes", () => store.stats().bytes);
  telemetry.publish("store_degraded", () => (store.stats().state === "ok" ? 0 : 1));
  telemetry.publish("store_lost_total", () => {
    const { samples, documents, audit } = store.stats().lost;
    return samples + documents + audit;
  });
  telemetry.publish("samples_omitted_total", sources.samplesOmitted);
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
