// telemetry/table.ts: every metric there is, in one table; users' alerts and dashboards hold on to these names

/** Begins the name of every metric of this program. */
export const PREFIX = "parallel_run_";

/** Seconds. What a backend's answer takes. */
const ANSWER = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds. What we add ourselves: from tens of microseconds. */
const OURS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5];
/** Seconds. How long data takes to settle. */
const SETTLING = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/**
 * Name (without the prefix), type, labels, help, buckets in seconds. At most three labels; `route` always comes first,
 * because it is the one that is bounded by count.
 */
export const METRICS = {
  requests_total: {
    type: "counter",
    labels: ["route", "outcome", "reason"],
    help: "Client requests by outcome; each request has exactly one.",
  },
  differences_total: {
    type: "counter",
    labels: ["route", "where", "kind"],
    help: "Differences that remained after rules and rechecks, by place and kind.",
  },
  upstream_requests_total: {
    type: "counter",
    labels: ["route", "side", "code"],
    help: "Requests to legacy and to the candidate by status class, or by the reason of the failure.",
  },
  upstream_duration_seconds: {
    type: "histogram",
    labels: ["route", "side"],
    help: "Time until a side's whole response was received.",
    buckets: ANSWER,
  },
  upstream_first_byte_seconds: {
    type: "histogram",
    labels: ["route", "side"],
    help: "Time until the first byte of a side's response.",
    buckets: ANSWER,
  },
  proxy_overhead_seconds: {
    type: "histogram",
    labels: [],
    help: "Time a request spent in the proxy, without the time legacy took.",
    buckets: OURS,
  },
  findings: { type: "gauge", labels: ["route", "state"], help: "Findings by state." },
  readiness: { type: "gauge", labels: ["route"], help: "1 ready, 0 hold, -1 reject." },
  mismatch_rate_upper_bound: {
    type: "gauge",
    labels: ["route"],
    help: "Anytime-valid upper bound on the mismatch rate over distinct requests, 0 to 1.",
  },
  convergence_seconds: {
    type: "histogram",
    labels: ["route"],
    help: "Upper limit of the time until a transient difference disappeared; includes the wait for the recheck.",
    buckets: SETTLING,
  },
  routes_forgotten_total: {
    type: "counter",
    labels: [],
    help: "Learned routes that were removed because limits.maxRoutes other routes were served more recently.",
  },
  config_reload_failed: {
    type: "gauge",
    labels: [],
    help: "1 while the changed config file is invalid; the previous config stays in force.",
  },
  in_flight: { type: "gauge", labels: [], help: "Requests to the candidate in flight." },
  capture_bytes: { type: "gauge", labels: [], help: "Bytes held by captured bodies." },
  verify_queue: { type: "gauge", labels: [], help: "Exchanges waiting for verification." },
  verify_cpu_seconds_total: {
    type: "counter",
    labels: [],
    help: "CPU time of the comparer threads. What a replaced thread had not reported is not included.",
  },
  breaker_state: {
    type: "gauge",
    labels: ["state"],
    help: "1 for the state of the breaker: closed, open (no requests to the candidate), half_open (probes only).",
  },
  candidate_limit: {
    type: "gauge",
    labels: [],
    help: "Concurrency limit of requests to the candidate; below candidate.maxInFlight while the candidate is overloaded.",
  },
  shed_total: {
    type: "counter",
    labels: ["cause"],
    help: "Requests not shadowed because of overload, by the exhausted resource: in_flight, capture, event_loop, memory, verify.",
  },
  breaker_open: { type: "gauge", labels: [], help: "1 while the breaker is not closed." },
  verify_duration_seconds: {
    type: "histogram",
    labels: [],
    help: "Time from receiving both answers to the outcome, including queueing and rechecks.",
    buckets: OURS,
  },
  unconfirmed_total: {
    type: "counter",
    labels: ["route"],
    help: "Requests with differences that were classified by earlier rechecks of the same places, because recheck.perSecond was used up.",
  },
  recheck_total: {
    type: "counter",
    labels: ["route", "result"],
    help: "Requests with differences by the result of the recheck: mismatch, noise or transient; `unconfirmed` if no recheck decided and the place was never confirmed, `refused` if no recheck was made and the place was confirmed before.",
  },
  refused_requests_total: {
    type: "counter",
    labels: ["reason"],
    help: "Malformed or ambiguous requests that were refused before they were relayed; not counted in requests_total.",
  },
  store_lost_total: { type: "counter", labels: [], help: "Records that the store could not write." },
  samples_omitted_total: {
    type: "counter",
    labels: [],
    help: "Samples of findings that were not stored because redacting them would have taken too long.",
  },
  store_degraded: {
    type: "gauge",
    labels: [],
    help: "1 while the store cannot write to disk and keeps records in memory only.",
  },
  store_bytes: { type: "gauge", labels: [], help: "Size of the store." },
  shadow_share: {
    type: "gauge",
    labels: ["route"],
    help: "Share of a route's eligible requests that is shadowed now, 0 to 1, including runtime control.",
  },
  shadow_enabled: { type: "gauge", labels: [], help: "1 while shadowing is switched on, 0 while the switch is off." },
  shadow_off_until_timestamp_seconds: {
    type: "gauge",
    labels: [],
    help: "When shadowing that was switched off for a limited time is switched on again, in seconds since the epoch; otherwise 0.",
  },
  interference_ratio: {
    type: "gauge",
    labels: ["route", "bound"],
    help: "Ratio of legacy's latency, shadowed over unshadowed requests: estimate, lower and upper bound.",
  },
  mismatch_lines_suppressed_total: {
    type: "counter",
    labels: [],
    help: "Mismatch log lines that were not written because of log.mismatchesPerMinute.",
  },
  log_dropped_total: {
    type: "counter",
    labels: [],
    help: "Log lines dropped because the reader of standard output is too slow or has exited.",
  },
  build_info: { type: "gauge", labels: ["version", "node"], help: "Always 1; the labels are the running versions." },
} as const satisfies Record<string, Metric>;

/** One row of the table. */
export type Metric = {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
  readonly buckets?: readonly number[];
};

/** The name of a metric, without the prefix. */
export type MetricName = keyof typeof METRICS;

/** Names of the metrics of one type. */
export type NameOf<Type extends Metric["type"]> = {
  [Name in MetricName]: (typeof METRICS)[Name]["type"] extends Type ? Name : never;
}[MetricName];
